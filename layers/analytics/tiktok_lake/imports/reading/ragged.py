"""Irregular delimited text, row by row: quotes that do not end, rows of another width, headers in the middle."""

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

import msgspec

from tiktok_lake.imports.reading.dialect import Dialect, column_names
from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.reading.problems import UnusableFile

_LONGEST: Final = 1024 * 1024
"""Characters of a row; DuckDB takes two megabytes."""
_MOST_LINES: Final = 2_000
"""Of one row: a caption has fewer, and a quote that does not end swallows the rest of the file."""
_MOST_UNCLOSED: Final = 1_000
"""Each costs the reading of all the lines that it might have swallowed."""
_SHOWN: Final = 2_000


class Regular(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: the names of all columns; and what was not, as line, reason and text."""

    columns: tuple[str, ...]
    rejected: list[tuple[int, str, str]]
    notes: tuple[str, ...]


class _Record(msgspec.Struct, frozen=True):
    line: int
    text: str
    cells: list[str] | None
    """None where the text is no row; then `reason` says why."""
    reason: str = ""


def regularised(path: Path, target: Path, dialect: Dialect, limits: ReadingLimits) -> Regular:
    """Writes the rows of `path` to `target`: comma, no header, the line first, then every column of the file.

    A row that names columns again begins a part of its own: what follows is filed under these names.

    Raises:
        UnusableFile: it has too many columns, or too many quotes that do not end.
    """
    parts = _Parts(dialect, limits)
    rejected: list[tuple[int, str, str]] = []
    with path.open(encoding="utf-8", newline="") as lines, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for record in _records(lines, dialect.delimiter):
            if record.cells is not None and parts.named_by(record.cells, record.line):
                continue
            row, reason = parts.row(record.cells) if record.cells is not None else (None, record.reason)
            if row is None:
                rejected.append((record.line, reason, record.text[:_SHOWN]))
            else:
                writer.writerow([record.line, *row])
    if len(parts.columns) > len(dialect.names):
        _widened(target, len(parts.columns))
    return Regular(columns=tuple(parts.columns), rejected=rejected, notes=tuple(parts.notes))


class _Parts:
    """The columns of a file whose header may be said again, or anew."""

    def __init__(self, dialect: Dialect, limits: ReadingLimits) -> None:
        self.columns = list(dialect.names)
        self.notes: list[str] = []
        self._limits = limits
        self._header = dialect.header
        self._first = dialect.header
        self._current = list(dialect.names)
        self._places = list(range(len(self.columns)))
        self._seen = {name.lower(): place for place, name in enumerate(self.columns)}

    def named_by(self, cells: list[str], line: int) -> bool:
        """Whether the row names columns; then the rows after it are of these."""
        if self._first:
            self._first = False
            return True
        again = _header(cells, self._current) if self._header else None
        if again is None:
            return False
        if again != self._current:
            self.notes.append(f"Line {line} names columns anew ({len(again)} of them).")
        self._current, self._places = again, [self._place(name) for name in again]
        if len(self.columns) > self._limits.columns:
            raise UnusableFile(f"The file has more than {self._limits.columns:,} columns.")
        return True

    def row(self, cells: list[str]) -> tuple[list[str] | None, str]:
        """The cells under all columns; or None and why it is no row."""
        while len(cells) > len(self._places) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(self._places):
            return None, f"{len(cells)} cells, where there are {len(self._places)} columns"
        row = [""] * len(self.columns)
        for place, cell in zip(self._places, cells, strict=True):
            row[place] = cell
        return row, ""

    def _place(self, name: str) -> int:
        if name.lower() not in self._seen:
            self._seen[name.lower()] = len(self.columns)
            self.columns.append(name)
        return self._seen[name.lower()]


def _header(cells: list[str], current: list[str]) -> list[str] | None:
    """The names, if the row names columns again: half of those before are among its cells."""
    again = list(column_names(cells))
    known = {name.lower() for name in current}
    alike = sum(name.lower() in known for name in again)
    return again if alike > 1 and 2 * alike >= len(current) else None


def _widened(target: Path, width: int) -> None:
    """Rows that were written before a later header named more columns get these, empty."""
    wide = target.with_suffix(".wide")
    with target.open(encoding="utf-8", newline="") as file, wide.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for row in csv.reader(file):
            writer.writerow([*row, *[""] * (width + 1 - len(row))])
    wide.replace(target)


class _Lines:
    """Lines with their numbers, some of which may be handed back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[tuple[int, str]] = deque()
        self._number = 0
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._back:
            number, line = self._back.popleft()
        else:
            line = self._file.readline(_LONGEST)
            if not line:
                raise StopIteration
            self._number += 1
            number = self._number
        self.taken.append((number, line))
        if len(self.taken) > _MOST_LINES:
            raise csv.Error("a row of too many lines")
        return line

    def hand_back(self, lines: list[tuple[int, str]]) -> None:
        self._back.extendleft(reversed(lines))


def _records(file: TextIO, delimiter: str) -> Iterator[_Record]:
    lines, unclosed = _Lines(file), 0
    before = csv.field_size_limit(_LONGEST)
    try:
        while True:
            lines.taken = []
            try:
                # Strict: a text after the closing quote means that this quote was to open another cell.
                cells = next(csv.reader(lines, delimiter=delimiter, strict=True), None)
            except csv.Error:
                cells = None
            taken = lines.taken
            if not taken:
                return
            text = "".join(line for _, line in taken)
            if cells is None or len(text) > _LONGEST:
                unclosed += 1
                if unclosed > _MOST_UNCLOSED:
                    raise UnusableFile(f"More than {_MOST_UNCLOSED:,} rows hold a quotation mark that is not closed.")
                lines.hand_back(taken[1:])
                reason = "a quotation mark is not closed" if '"' in taken[0][1] else "a row that is too long"
                yield _Record(taken[0][0], taken[0][1], None, reason)
            elif any(cells):
                yield _Record(taken[0][0], text, cells)
    finally:
        csv.field_size_limit(before)
