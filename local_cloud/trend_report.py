"""The closing tables of trends: the top of each kind, two countries side by side, and what is missing."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import batched, groupby, zip_longest
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from local_cloud.progress import counted, visible
from local_cloud.study_report import print_sentences
from local_cloud.trend_results import TOP, TrendLine, TrendResults, TrendTop
from tiktok_collector.lake.keys import trend_summary_key
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, TrendSource
from tiktok_collector.trend_lists.summary import Movement
from tiktok_collector.trends.report import TrendGap

_WIDTH: Final = 100
_SIDE_BY_SIDE: Final = 2
_LETTERS: Final = {
    TrendSource.CREATIVE_CENTER: "C",
    TrendSource.CREATIVE_CENTER_LEGACY: "L",
    TrendSource.BUSINESS_API: "B",
}
_UNCHANGED: Final = "\u2013"
_NOTHING: Final = ("", "", "", "")


def print_trends(console: Console, results: TrendResults, gaps: Sequence[TrendGap]) -> None:
    """A table a kind, at most 100 columns wide; then what is missing, a line each.

    A rank has the letter of its source before it, `C1 B3`; movement and days are those of the source that ranks the
    trend best: `new`, `▲2` and `▼2` with the places, or a dash where nothing has changed.
    """
    if results.tops:
        console.print(_heading(results), highlight=False, soft_wrap=True)
    else:
        console.print(f"  No list of trends was had on {results.day}.", highlight=False, soft_wrap=True)
    for _, of_kind in groupby(results.tops, key=lambda top: top.kind):
        for tops in batched(of_kind, _SIDE_BY_SIDE, strict=False):
            console.print(_table(tops, width=min(_WIDTH, console.width)))
    if results.more:
        also = f"{counted(results.more, 'more list')} in {trend_summary_key(results.day.isoformat())}"
        console.print(f"  [dim]{also}[/dim]", highlight=False, soft_wrap=True)
    print_sentences(console, [*map(_missing, gaps), *results.notes])


def _heading(results: TrendResults) -> str:
    used = {source for top in results.tops for line in top.lines for source in line.ranks}
    sources = ", ".join(f"{_LETTERS[source]} {source}" for source in TrendSource if source in used)
    return f"  Trends of {results.day}, the top {TOP} of {sources}; {_comparison(results.compared_with)}"


def _comparison(days: Iterable[date | None]) -> str:
    earlier = sorted({day for day in days if day is not None})
    if not earlier:
        return "first day: nothing to compare with"
    compared = "compared with " + " and ".join(map(str, earlier))
    return compared + ("; no movement: the list's first day" if None in days else "")


def _table(tops: Sequence[TrendTop], *, width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, width=width if len(tops) > 1 else width // _SIDE_BY_SIDE)
    for top in tops:
        table.add_column("rank", no_wrap=True)
        table.add_column(_title(top), no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column("", no_wrap=True)
        table.add_column("days", justify="right", no_wrap=True)
    for lines in zip_longest(*(top.lines for top in tops)):
        table.add_row(*(cell for line in lines for cell in (_cells(line) if line else _NOTHING)))
    return table


def _title(top: TrendTop) -> str:
    where = "all countries" if top.country == ALL_COUNTRIES else top.country
    over = [f"{top.period} d"] if top.period else []
    industry = [visible(top.industry)] if top.industry else []
    return ", ".join([f"{top.kind} {where}", *over, *industry])


def _cells(line: TrendLine) -> tuple[str, str, str, str]:
    ranks = " ".join(f"{_LETTERS[source]}{rank}" for source, rank in line.ranks.items())
    return ranks, visible(line.label), _moved(line), f"{line.days:,}"


def _moved(line: TrendLine) -> str:
    match line.movement:
        case None:
            return ""
        case Movement.ENTERED:
            return "[cyan]new[/cyan]"
        case Movement.RISING:
            return f"[green]▲{line.places}[/green]"
        case Movement.FALLING:
            return f"[red]▼{line.places}[/red]"
        case Movement.UNCHANGED:
            return _UNCHANGED


def _missing(gap: TrendGap) -> str:
    how_many = f", {counted(gap.lists, 'list')}" if gap.lists else ""
    return f"{gap.kind} of {gap.source}{how_many}: {gap.reason}. {gap.message}"
