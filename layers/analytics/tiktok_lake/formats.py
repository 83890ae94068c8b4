"""Results written into files: CSV that a spreadsheet can open, JSON with ids as text, Parquet as it is."""

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

import duckdb

from tiktok_lake.engine import identifier, quoted


class Format(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"
    JSON = "json"
    PARQUET = "parquet"


BOM: Final = "\ufeff"
"""At the beginning of a file; without it a spreadsheet takes UTF-8 for something else."""
_NEEDS_NO_QUOTES: Final = re.compile(r"[\w ]+")
_WHOLE: Final = re.compile(r"(U?(BIG|HUGE|SMALL|TINY)?INT(EGER)?|DECIMAL\(\d+,0\))")
EXACT: Final = 9_007_199_254_740_991
"""The largest whole number up to which JSON's readers are exact."""
_DIGITS: Final = 15
"""Of whole numbers that a spreadsheet keeps."""
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S.%gZ"
# What a spreadsheet takes for a formula, in full width, too; the mark itself, so that it can be taken away again; and
# long numbers, whose last digits it would change.
_UNSAFE: Final = r"^[=+\-@\t\r\n''\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[0-9]{16,}$"

type Columns = Sequence[tuple[str, str]]


def columns_of(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    """Name and type of each column of a SELECT, no name twice. Raises duckdb.Error where it is wrong."""
    found = connection.execute(f"DESCRIBE (SELECT * FROM (\n{sql}\n))").fetchall()
    return [(str(row[0]), str(row[1])) for row in found]


def write(
    connection: duckdb.DuckDBPyConnection, sql: str, path: Path, form: Format, *, plain: bool = False, head: bool = True
) -> int:
    """Writes the rows of a SELECT into a new file; returns how many. Raises duckdb.Error where it is wrong.

    Args:
        connection: Reads what the SELECT names and may write the file.
        sql: The SELECT.
        path: The file, which is replaced.
        form: How.
        plain: Of CSV: for programs, without the marks that keep a spreadsheet from changing cells.
        head: Of CSV: whether the file begins with the columns' names.
    """
    columns = columns_of(connection, sql)
    names = [name for name, _ in columns]
    if form is Format.CSV and head and not plain and _NEEDS_NO_QUOTES.fullmatch(names[0]):
        names[0] = BOM + names[0]
    shown = ", ".join(
        f"{_shown(name, kind, form, plain=plain)} AS {identifier(written)}"
        for (name, kind), written in zip(columns, names, strict=True)
    )
    # A join may give two columns of one name, of which the first would be written for both.
    rows = f"(\n{sql}\n) AS answer ({', '.join(identifier(name) for name, _ in columns)})"
    connection.execute(f"COPY (SELECT {shown} FROM {rows}) TO {quoted(str(path))} ({_options(form, head=head)})")
    (count,) = connection.fetchone() or (0,)
    return int(count)


def is_id(name: str) -> bool:
    """Whether a column of whole numbers holds ids, by its name."""
    return name.lower() == "id" or name.lower().endswith("_id")


def _options(form: Format, *, head: bool) -> str:
    match form:
        case Format.CSV:
            return rf"FORMAT csv, HEADER {str(head).lower()}, NEW_LINE '\r\n'"
        case Format.PARQUET:
            return "FORMAT parquet, COMPRESSION zstd"
        case _:
            return f"FORMAT json, ARRAY {str(form is Format.JSON).lower()}"


def _shown(name: str, kind: str, form: Format, *, plain: bool) -> str:
    value = identifier(name)
    if form is Format.PARQUET:
        return value
    if kind == "TIMESTAMP":
        return f"strftime({value}, {quoted(_MOMENT)})"
    if form is Format.CSV:
        return _cell(value, name, kind, plain=plain)
    return _json(value, name, kind)


def _cell(value: str, name: str, kind: str, *, plain: bool) -> str:
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")) or kind == "JSON":
        text = f"CAST(to_json({value}) AS VARCHAR)"
        return text if plain else _marked(text)
    if plain:
        return value
    if _WHOLE.fullmatch(kind):
        text = f"CAST({value} AS VARCHAR)"
        long = "true" if is_id(name) else f"length({text}) > {_DIGITS}"
        return f"CASE WHEN {long} THEN '''' || {text} ELSE {text} END"
    return _marked(value) if kind == "VARCHAR" else value


def _marked(text: str) -> str:
    return f"CASE WHEN regexp_matches({text}, '{_UNSAFE}') THEN '''' || {text} ELSE {text} END"


def _json(value: str, name: str, kind: str) -> str:
    if _WHOLE.fullmatch(kind):
        text = f"CAST({value} AS VARCHAR)"
        if is_id(name):
            return text
        beyond = f"{value} NOT BETWEEN -{EXACT} AND {EXACT}"
        return f"CASE WHEN {beyond} THEN to_json({text}) ELSE to_json({value}) END"
    if kind in {"DOUBLE", "FLOAT"}:
        return f"CASE WHEN isfinite({value}) THEN {value} END"
    return value
