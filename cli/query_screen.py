"""What `query` shows: an answer, or the tables that there are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from cli.words import counted, printable
from tiktok_lake.formats import EXACT, is_id
from tiktok_lake.query import Answer
from tiktok_lake.sources import LakeFile
from tiktok_lake.tables import TABLES
from tiktok_lake.views import ABOUT as VIEW_ABOUT
from tiktok_lake.views import VIEWS

_LONGEST_CELL: Final = 80
_MEGABYTE: Final = 1_000_000
_NUMBERS: Final = (int, float)
_NARROWEST: Final = 12
"""Characters below which text in a column is not folded: what is narrower is no longer read."""
_GAP: Final = 2

type Listed = Mapping[str, Sequence[LakeFile]]


def answer_document(answer: Answer) -> dict[str, Any]:
    """The answer for a script: ids as text."""
    return {
        "columns": [{"name": name, "type": kind} for name, kind in answer.columns],
        "rows": [
            {name: _exact(name, value) for (name, _), value in zip(answer.columns, row, strict=True)}
            for row in answer.rows
        ],
        "more": answer.more,
    }


class AnswerPicture:
    """A line for each row where the columns fit beside each other, else a line for each value."""

    def __init__(self, answer: Answer) -> None:
        self._names = [printable(name) for name, _ in answer.columns]
        self._rows = [[_cell(value) for value in row] for row in answer.rows]
        self._right = [
            any(isinstance(row[number], _NUMBERS) for row in answer.rows) for number in range(len(self._names))
        ]
        self._whole = [
            right or any(isinstance(row[number], datetime) for row in answer.rows)
            for number, right in enumerate(self._right)
        ]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        widest = [self._longest(number) for number in range(len(self._names))]
        widths = [self._narrowest(number, widest[number]) for number in range(len(self._names))]
        spare = options.max_width - sum(widths) - _GAP * (len(widths) - 1)
        if spare >= 0:
            # Those that lack least are served first, and what they leave is for the others.
            lacking = sorted(range(len(widths)), key=lambda number: widest[number] - widths[number])
            for served, number in enumerate(lacking):
                more = min(widest[number] - widths[number], spare // (len(lacking) - served))
                widths[number] += more
                spare -= more
            yield self._table(widths)
            return
        for number, row in enumerate(self._rows, 1):
            yield Text(f"row {number:,}", style="dim")
            lines = Table.grid(padding=(0, _GAP))
            lines.add_column(no_wrap=True, style="bold")
            lines.add_column(overflow="fold")
            for name, cell in zip(self._names, row, strict=True):
                lines.add_row(Text(name), cell)
            yield lines

    def _longest(self, number: int) -> int:
        return max(cell_len(self._names[number]), *(row[number].cell_len for row in self._rows), 1)

    def _narrowest(self, number: int, longest: int) -> int:
        """Characters that a column takes at least: names, numbers and times are not folded."""
        return longest if self._whole[number] else min(longest, max(cell_len(self._names[number]), _NARROWEST))

    def _table(self, widths: Sequence[int]) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name, right, width in zip(self._names, self._right, widths, strict=True):
            table.add_column(Text(name), justify="right" if right else "left", overflow="fold", width=width)
        for row in self._rows:
            table.add_row(*row)
        return table


def answer_screen(answer: Answer) -> list[RenderableType]:
    """The answer for a person."""
    count = f"{counted(len(answer.rows), 'row')}{' and more' if answer.more else ''}"
    return [AnswerPicture(answer), Text(count, style="dim")]


def tables_document(listed: Listed) -> dict[str, Any]:
    """What there is for a script."""
    return {
        "tables": [
            {
                "table": name,
                "files": len(files),
                "bytes": sum(each.size for each in files),
                "first_day": files[0].day if files else None,
                "last_day": files[-1].day if files else None,
                "columns": [{"name": each.name, "type": str(each.type)} for each in TABLES[name].columns],
            }
            for name, files in listed.items()
        ],
        "views": list(VIEWS),
    }


def tables_screen(listed: Listed) -> Table:
    """What there is for a person."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in (("table", "left"), ("files", "right"), ("MB", "right"), ("days", "left"), ("rows are", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for name, files in listed.items():
        days = f"{files[0].day} … {files[-1].day}" if files else "-"
        size = f"{sum(each.size for each in files) / _MEGABYTE:,.1f}"
        table.add_row(name, f"{len(files):,}", size, days, TABLES[name].about)
    for view in VIEWS:
        table.add_row(view, "", "", "", VIEW_ABOUT[view].split(".")[0] + ".")
    return table


def _cell(value: Any) -> Text:
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, datetime):
        return Text(f"{value:%Y-%m-%d %H:%M:%S}")
    if isinstance(value, float):
        return Text(f"{value:.6g}")
    text = printable(" ".join(str(value).split()))
    return Text(text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…")


def _exact(name: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and (is_id(name) or abs(value) > EXACT):
        return str(value)
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='milliseconds')}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_exact("", each) for each in value]
    if isinstance(value, dict):
        return {key: _exact(str(key), each) for key, each in value.items()}
    return value
