"""A list of accounts as researchers keep it: a CSV with or without a header, or one name in each line."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from tiktok_collector.study.handles import normalise_handle
from tiktok_collector.study_file.problems import InvalidStudy, Problem

COLUMNS: Final = ("username", "account", "handle", "url")
"""What the column of names may be called; the first of these that is there is read."""
MAX_BYTES: Final = 10_000_000
MAX_ROWS: Final = 100_000
MAX_LINES: Final = 500_000
"""Empty ones too."""
_DELIMITERS: Final = ",;\t"


@dataclass(frozen=True)
class AccountList:
    """Usernames, normalised, each once; `warnings` name the rows that were not used and say why."""

    usernames: tuple[str, ...]
    warnings: tuple[str, ...]


class _Row(NamedTuple):
    number: int
    cells: list[str]


def read_account_list(file: str, content: bytes) -> AccountList:
    """The accounts of the list called `file`. Rows are counted from 1, the header and empty ones included.

    Raises:
        InvalidStudy: it is too long, not UTF-8 or not CSV, or no row has a usable name.
    """
    if len(content) > MAX_BYTES:
        _refuse(file, 1, f"the file has {len(content)} bytes, and at most {MAX_BYTES} are read; keep only the names")
    if (lines := content.count(b"\n") + content.count(b"\r")) > MAX_LINES:
        _refuse(file, 1, f"the file has {lines} lines, and at most {MAX_LINES} are read; leave out empty ones")
    rows = list(islice(_rows(file, _text(file, content)), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        _refuse(
            file, rows[MAX_ROWS].number, f"this is row {MAX_ROWS + 1}, and at most {MAX_ROWS} are read; leave some out"
        )
    column, rows, warnings = _column(file, rows)
    first_rows: dict[str, int] = {}
    for number, cells in rows:
        try:
            name = normalise_handle(cells[column] if column < len(cells) else "")
        except ValueError as error:
            warnings.append(f"{file}, row {number}: {error}; the row is left out.")
            continue
        if (first := first_rows.setdefault(name, number)) != number:
            warnings.append(f"{file}, row {number}: {name!r} is in row {first} already; it is taken once.")
    if not first_rows:
        _refuse(file, 1, "there is no usable account name in it; write one in each line, such as @name")
    return AccountList(tuple(first_rows), tuple(warnings))


def _text(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        _refuse(file, line, f"the byte 0x{byte:02x} is not UTF-8; save the list as CSV in UTF-8", error)
        raise


def _rows(file: str, text: str) -> Iterator[_Row]:
    """The rows that say something."""
    # Comments become empty rows before quotes are looked at: what is written in them is not CSV.
    lines = ["\n" if line.lstrip().startswith("#") else line for line in io.StringIO(text, newline="")]
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
            if any(cell.strip() for cell in cells):
                yield _Row(number, cells)
    except csv.Error as error:
        _refuse(file, number + 1, f"the row is not CSV ({error}); see whether its quotes are closed", error)


def _column(file: str, rows: list[_Row]) -> tuple[int, list[_Row], list[str]]:
    """Which column has the names, the rows without the header, and a warning if the column was a guess."""
    header = [cell.strip().lower() for cell in rows[0].cells] if rows else []
    for name in COLUMNS:
        if name in header:
            return header.index(name), rows[1:], []
    if len(header) > 1:
        guess = f"{file}, row {rows[0].number}: no column is called {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}"
        return 0, rows, [f"{guess}; the first one is taken."]
    return 0, rows, []


def _refuse(file: str, line: int, message: str, cause: Exception | None = None) -> None:
    raise InvalidStudy([Problem(line, "", message, file)]) from cause
