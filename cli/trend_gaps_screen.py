"""How gaps of trends look: a table of `gaps`, some lines of `status`, and their documents."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table

from cli.trend_gaps import TrendGaps, countries
from cli.trend_retries import TrendLack, TrendLacks
from cli.words import counted, shortened, visible

_MESSAGE: Final = 90
_MOST_LINES: Final = 4


def document(lack: TrendLack, run_id: str | None) -> dict[str, Any]:
    """One gap for a script; `run_id` is the run that asks for it again, if it can be asked for."""
    gap, asked = lack.gap, lack.gap.asked
    return {
        "run_id": gap.poll.run_id,
        "day": gap.poll.day,
        "poll": gap.poll.name,
        "of_study": gap.of_study,
        "source": gap.source,
        "kind": gap.kind,
        "country": asked.country if asked else None,
        "period": asked.period if asked else None,
        "industry": asked.industry if asked else None,
        "reason": str(gap.gap.reason),
        "message": gap.gap.message,
        "tries": gap.outcome.tries if gap.outcome else 0,
        "rows": gap.outcome.rows if gap.outcome else 0,
        "open": gap.open,
        "to_do": gap.to_do,
        "retry": None if lack.why_not else run_id,
        "why_not": lack.why_not or None,
    }


def trend_table(trends: TrendLacks, *, sent: bool) -> Table:
    """The gaps of trends, lists that are alike on one line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("poll", "trends", "lists", "reason", "again?"):
        table.add_column(name, overflow="fold")
    for _, some in groupby(sorted(trends.lacks, key=_likeness), _likeness):
        same = list(some)
        gap = same[0].gap
        table.add_row(
            visible(gap.poll.run_id),
            f"{gap.kind} of {gap.source}",
            _lists(sum(each.gap.outcome is not None for each in same), countries(each.gap for each in same)),
            f"[yellow]{gap.gap.reason}[/yellow] [dim]{shortened(gap.gap.message, _MESSAGE)}[/dim]",
            _again(same[0], trends.run_id, sent=sent),
        )
    return table


def _likeness(lack: TrendLack) -> tuple[bool, str, str, str, str, str, str]:
    gap = lack.gap
    words = "" if gap.outcome else gap.gap.message
    return not gap.of_study, gap.poll.run_id, gap.source, gap.kind, gap.gap.reason, lack.why_not, words


def _again(lack: TrendLack, run_id: str | None, *, sent: bool) -> str:
    if lack.why_not:
        return f"[dim]no: {visible(lack.why_not)}[/dim]"
    return f"sent as {run_id}" if sent else "yes"


def _lists(number: int, of_countries: Sequence[str]) -> str:
    return f"{number:,} ({', '.join(of_countries)})" if number else "-"


def trend_lines(found: Sequence[TrendGaps]) -> list[RenderableType]:
    """What `status` says: a line each, with what to do."""
    lines: list[RenderableType] = [
        f"  [yellow]trends[/yellow] [dim]{each.kind} of {each.source}{_how_many(each)}:[/dim]"
        f" {each.reason}; [dim]{visible(each.to_do)}[/dim]"
        for each in found[:_MOST_LINES]
    ]
    if more := len(found) - _MOST_LINES:
        lines += [f"  [dim]{more} more: `tiktok-collector gaps`[/dim]"] if more > 0 else []
    return lines


def _how_many(each: TrendGaps) -> str:
    where = f" in {shortened(', '.join(each.countries), 40)}" if each.countries else ""
    return f", {counted(each.lists, 'list')}{where}" if each.lists else ""


def trend_count(found: Sequence[TrendGaps]) -> str:
    """How many lists are missing and settings refused, in a few words; empty if none is."""
    final = sum(each.lists for each in found if not each.open)
    still = sum(each.lists for each in found if each.open)
    settings = sum(not each.lists for each in found)
    words = [f"[yellow]{counted(final, 'trend list')} missing[/yellow]"] if final else []
    words += [f"[dim]{counted(still, 'trend list')} still asked for[/dim]"] if still else []
    words += [f"[yellow]{counted(settings, 'trend setting')} refused[/yellow]"] if settings else []
    return ", ".join(words)
