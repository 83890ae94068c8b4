"""How delimited text is written: its delimiter, and whether its first row names the columns."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tiktok_lake.imports.reading.options import ReadingOptions
from tiktok_lake.imports.reading.problems import UnusableFile

_DELIMITERS: Final = (",", "\t", ";", "|")
_HEAD: Final = 256 * 1024
_ROWS: Final = 50
_VALUE: Final = re.compile(
    r"\s*([-+]?[\d.,\s]+[KMB%]?|https?://.*|\d{4}-\d\d?-\d\d?.*|@\S+|True|False|\[.*\]|\{.*\})\s*", re.DOTALL
)
"""What stands in cells and names no column."""


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How to split a text; `names` are the columns'."""

    delimiter: str
    header: bool
    names: tuple[str, ...]


def dialect_of(path: Path, options: ReadingOptions) -> Dialect:
    """The dialect of a UTF-8 file, as `options` say or as its first rows show.

    Raises:
        UnusableFile: there is no row in it.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    text = head.decode("utf-8", "ignore")
    if len(head) == _HEAD:
        text = text[: text.rfind("\n") + 1] or text
    delimiter = options.delimiter or _delimiter_of(text)
    rows = split(text, delimiter)
    if not rows:
        raise UnusableFile("The file has no row.")
    if options.header is not None:
        return Dialect(delimiter=delimiter, header=False, names=column_names(options.header))
    if _names_columns(rows[0]):
        return Dialect(delimiter=delimiter, header=True, names=column_names(rows[0]))
    width = max(map(len, rows))
    return Dialect(delimiter=delimiter, header=False, names=column_names([""] * width))


def split(text: str, delimiter: str) -> list[list[str]]:
    """The first rows of a text, without empty ones."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(row):
                rows.append(row)
            if len(rows) == _ROWS:
                break
    except csv.Error:
        return rows or [text.split("\n", 1)[0].split(delimiter)]
    return rows


def _delimiter_of(text: str) -> str:
    """The one that splits most rows into as many cells as the first, more than one; a comma if none does."""

    def fit(delimiter: str) -> tuple[int, int]:
        rows = split(text, delimiter)
        if not rows or len(rows[0]) < 2:  # noqa: PLR2004
            return (0, 0)
        return (100 * sum(len(row) == len(rows[0]) for row in rows) // len(rows), len(rows[0]))

    return max(_DELIMITERS, key=fit)


def _names_columns(row: Sequence[str]) -> bool:
    """Whether the row is a header: nearly no cell is a number, an address, a day, a list; most are filled."""
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and not any(_VALUE.fullmatch(cell) for cell in filled) and 2 * len(filled) >= len(row)


def column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Names that tell columns apart, also where case does not count: `id`, `ID` become `id`, `ID_2`."""
    taken: set[str] = {"_line"}
    names = []
    for number, cell in enumerate(cells, start=1):
        base = " ".join(cell.split()) or f"column_{number}"
        name, count = base, 1
        while name.lower() in taken:
            count += 1
            name = f"{base}_{count}"
        taken.add(name.lower())
        names.append(name)
    return tuple(names)
