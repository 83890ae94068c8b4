"""What `query` shows: an answer, or the tables that there are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from cli.words import counted, printable
from tiktok_lake.query import Answer
from tiktok_lake.sharing.formats import EXACT, is_id
from tiktok_lake.sources import LakeFile
from tiktok_lake.tables import TABLES
from tiktok_lake.views import ABOUT as VIEW_ABOUT
from tiktok_lake.views import VIEWS

_LONGEST_CELL: Final = 80
_MEGABYTE: Final = 1_000_000
_NUMBERS: Final = (int, float)

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


def answer_screen(answer: Answer) -> list[Table | str]:
    """The answer for a person."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, (name, _) in enumerate(answer.columns):
        right = any(isinstance(row[number], _NUMBERS) for row in answer.rows)
        table.add_column(Text(printable(name)), justify="right" if right else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(_cell(value) for value in row))
    return [table, Text(f"{counted(len(answer.rows), 'row')}{' and more' if answer.more else ''}", style="dim")]  # type: ignore[list-item]


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
