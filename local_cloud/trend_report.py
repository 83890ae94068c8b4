"""The closing tables of trends: the top of each kind, two countries side by side, and what is missing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import batched, groupby, zip_longest
from typing import Final

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from local_cloud.progress import counted, visible
from local_cloud.study_report import print_sentences
from local_cloud.trend_results import TOP, TrendLine, TrendResults, TrendTop
from tiktok_collector.lake.trend_keys import trend_summary_key
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, TrendSource
from tiktok_collector.trend_lists.summary import Movement
from tiktok_collector.trends.report import TrendGap

_WIDTH: Final = 100
_INDENT: Final = 2
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
    for line in _heading(results):
        console.print(line, highlight=False, soft_wrap=True)
    for _, of_kind in groupby(results.tops, key=lambda top: top.kind):
        for tops in batched(of_kind, _SIDE_BY_SIDE, strict=False):
            console.print()
            table = _table(tops, width=min(_WIDTH, console.width) - _INDENT)
            console.print(Padding(table, (0, 0, 0, _INDENT), expand=False))
    if results.tops:
        console.print()
    if results.more:
        also = f"{counted(results.more, 'more list')} in {trend_summary_key(results.day.isoformat())}"
        console.print(f"  [dim]{also}[/dim]", highlight=False, soft_wrap=True)
    rest = f"trends/polls/dt={results.day}/ and {trend_summary_key(results.day.isoformat())}"
    print_sentences(console, [*results.notes, *map(_missing, gaps)], rest=rest)


def _heading(results: TrendResults) -> Iterable[str]:
    if not results.tops:
        yield f"  Trends of {results.day}: there is no list yet."
        return
    compared = _comparison(results.compared_with)
    yield f"  Trends of {results.day}, the top {TOP} of each kind by the best rank; {compared}"
    used = {source for top in results.tops for line in top.lines for source in line.ranks}
    yield "  " + ", ".join(f"{_LETTERS[source]} {source}" for source in TrendSource if source in used)


def _comparison(days: Collection[date | None]) -> str:
    if not days:
        return "no list is of this day"
    earlier = sorted({day for day in days if day is not None})
    if not earlier:
        return "first day: nothing to compare with"
    compared = "compared with " + " and ".join(map(str, earlier))
    return compared + (" (without a mark: a list's first day)" if None in days else "")


def _table(tops: Sequence[TrendTop], *, width: int) -> Table:
    width = width * len(tops) // _SIDE_BY_SIDE
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), width=width)
    for place, top in enumerate(tops):
        if place:
            table.add_column("", width=1)
        table.add_column("rank", no_wrap=True)
        table.add_column(_title(top), no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column("", no_wrap=True)
        table.add_column("days", justify="right", no_wrap=True)
    for lines in zip_longest(*(top.lines for top in tops)):
        first, *others = (_cells(line) if line else _NOTHING for line in lines)
        table.add_row(*first, *(cell for cells in others for cell in ("", *cells)))
    return table


def _title(top: TrendTop) -> str:
    where = "all countries" if top.country == ALL_COUNTRIES else top.country
    over = [counted(top.period, "day")] if top.period else []
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
    where = f" ({', '.join(gap.countries)})" if gap.countries else ""
    return f"{gap.kind} of {gap.source}{how_many}{where}: {gap.reason}. {gap.message}"
