"""A person's SQL over the row store: read, one statement, with nothing but tables and views of the row store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec

from tiktok_collector.errors import InvalidRequest
from tiktok_lake.engine import engine
from tiktok_lake.formats import Format, write
from tiktok_lake.reading import OpenLake
from tiktok_lake.tables import TABLES
from tiktok_lake.views import VIEWS

_MOST_WORDS: Final = 400
_KNOWN: Final = {name.lower(): name for name in (*TABLES, *VIEWS)}
_OURS: Final = frozenset({"", "main"})
"""Schemas: DuckDB's own have others."""


class WrongQuery(InvalidRequest):
    """The SQL cannot be answered; the message says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A SELECT, and the tables and views that it names."""

    sql: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows for a screen: the columns' names and types, the rows, and whether there are more than these."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Any, ...]]
    more: bool


def asked(sql: str) -> Question:
    """What a person asks for.

    Raises:
        WrongQuery: it is no SQL, more than one statement, none that only reads, or names an unknown table.
    """
    with engine() as connection:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise WrongQuery("A query is one SELECT: nothing else is taken, since the row store is only read.")
            text = _without_end(connection, statements[0].query)
            (tree,) = connection.execute("SELECT json_serialize_sql($1::VARCHAR)", [text]).fetchone() or ("{}",)
        except duckdb.Error as error:
            raise WrongQuery(in_a_sentence(error)) from error
    named = _tables_in(msgspec.json.decode(tree))
    if unknown := sorted(name for name in named if name.lower() not in _KNOWN):
        raise WrongQuery(f"There is no table {unknown[0]}: {_offered()}")
    return Question(text, tuple(sorted({_KNOWN[name.lower()] for name in named})))


def _without_end(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """One statement without the semicolon that ends it, and without the comments behind that."""
    for at in (number for number, sign in enumerate(sql) if sign == ";"):
        if _statements(connection, sql[:at]) == 1 and _statements(connection, sql[at:]) == 0:
            return sql[:at]
    return sql


def _statements(connection: duckdb.DuckDBPyConnection, sql: str) -> int | None:
    """How many there are; None where it is no SQL, such as one half of a text."""
    try:
        return len(connection.extract_statements(sql))
    except duckdb.Error:
        return None


def _tables_in(tree: Any) -> set[str]:
    """The tables that a parsed query names, without those that it makes itself under other names than ours."""
    named, made = set(), set()
    parts = [tree]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if part.get("type") == "BASE_TABLE" and part.get("schema_name") in _OURS:
                named.add(str(part["table_name"]))
            made |= {str(each["key"]).lower() for each in part.get("cte_map", {}).get("map", ())}
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    return {name for name in named if name.lower() in _KNOWN or name.lower() not in made}


def prepared(lake: OpenLake, question: Question, folder: Path | None = None) -> None:
    """Makes the tables known that the question names, and locks the connection; into `folder` it may write.

    Raises:
        LakeEmpty: there are no rows at all.
        CollectorError: as `OpenLake.files`.
    """
    lake.create_views(question.names)
    lake.lock(folder)


def answered(lake: OpenLake, question: Question, most: int) -> Answer:
    """At most so many rows of the answer, in order.

    Raises:
        WrongQuery: the SQL does not fit to the tables, or fails on a row.
        CollectorError: as `reading.opened`.
    """
    with _in_words(lake):
        result = lake.connection.execute(f"SELECT * FROM (\n{question.sql}\n) LIMIT {most + 1}")
        columns = tuple((each[0], str(each[1])) for each in result.description or ())
        rows = result.fetchall()
    return Answer(columns, rows[:most], len(rows) > most)


def written(lake: OpenLake, question: Question, path: Path, form: Format, *, plain: bool = False) -> int:
    """Writes the whole answer into a file of the folder that `prepared` took; returns its rows.

    Raises as `answered`.
    """
    with _in_words(lake):
        return write(lake.connection, question.sql, path, form, plain=plain)


@contextmanager
def _in_words(lake: OpenLake) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        lake.source.explain(error)
        raise WrongQuery(in_a_sentence(error)) from error


def in_a_sentence(error: duckdb.Error) -> str:
    """What DuckDB says is wrong, without its picture of the place."""
    said = " ".join(str(error).split("\n\nLINE")[0].split())
    return f"The query cannot be answered: {said[:_MOST_WORDS]}"


def _offered() -> str:
    return f"there are {', '.join(TABLES)}, and the views {', '.join(VIEWS)}."
