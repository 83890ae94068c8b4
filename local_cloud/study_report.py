"""The closing table of a study's day: one line a collection, then what the plan had estimated, then sentences."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from local_cloud.progress import counted, visible
from local_cloud.study_results import CollectionResult, FamilyEstimate, StudyResult
from tiktok_collector.collection.manifest_document import COMPLETE
from tiktok_collector.studies.day_manifest import DUE, GAP, PARTIAL

_MOST_PROBLEMS: Final = 10
_STATUSES: Final = (COMPLETE, PARTIAL, GAP, DUE)


def print_study(console: Console, result: StudyResult) -> None:
    """The collections of a day, and the estimate of its plan.

    `late` counts the videos that an earlier pass had not found; `requests` are those that were used, `planned` those
    that the plan had estimated. `accounts` were asked for themselves, and `observed` says what was learnt of some of
    them instead of data.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(f"study {visible(result.study)}", overflow="fold")
    for heading in ("videos", "late", "requests", "planned"):
        table.add_column(heading, justify="right")
    table.add_column("days", overflow="fold")
    table.add_column("accounts", justify="right")
    table.add_column("observed", overflow="fold")
    table.add_column("complete?", overflow="fold")
    for each in result.collections:
        table.add_row(*_row(each, running=result.running))
    if result.collections:
        console.print(table)
    else:
        _say(console, f"  Nothing of the study {visible(result.study)} is due on {result.day}.")
    for family in result.families:
        if family.planned or family.used or family.backlog:
            _say(console, f"  Study on {result.day}, {_estimate(family)}")
    _say(console, f"  {_outlook(result)}")
    print_sentences(console, [*result.problems, *result.warnings, *result.notes])


def print_sentences(console: Console, sentences: Sequence[str], *, rest: str = "the day's manifest") -> None:
    """What there is to say, a sentence a line; of many the first, and how many more there are in `rest`."""
    for sentence in sentences[:_MOST_PROBLEMS]:
        _say(console, f"  [yellow]{visible(sentence)}[/yellow]")
    if (more := len(sentences) - _MOST_PROBLEMS) > 0:
        _say(console, f"  [yellow]… and {more:,} more in {rest}.[/yellow]")


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)


def _row(result: CollectionResult, *, running: bool) -> list[str]:
    days = ", ".join(f"{count:,} {status}" for status in _STATUSES if (count := result.days.get(status)))
    counts = [f"{result.rows:,}", f"{result.late:,}", _requests(result.used), _requests(result.planned)]
    return [
        visible(result.name),
        *counts,
        days or "-",
        f"{result.visited:,}",
        visible(_tally(result.observed)) or "-",
        "not yet" if running else _complete(result),
    ]


def _complete(result: CollectionResult) -> str:
    if result.status == COMPLETE:
        return "[green]yes[/green]"
    rest = "what did not fit is due again" if DUE in result.days else "see the day's manifest"
    why = visible(_tally(result.reasons)) or rest
    return f"[yellow]{visible(result.status)}[/yellow]: {why}"


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items()))


def _requests(number: float) -> str:
    """Requests of several collections are divided among them, so that a part of one may be left."""
    return f"{number:,.1f}".removesuffix(".0")


def _estimate(family: FamilyEstimate) -> str:
    return (
        f"{family.family:<9} {ceil(family.used):>6,} requests used, {ceil(family.planned):,} planned   "
        f"{family.capacity:,} left to schedules, {ceil(family.usual):,} a usual day"
    )


def _outlook(result: StudyResult) -> str:
    due = counted(sum(family.backlog for family in result.families), "request")
    if result.days_to_catch_up is None:
        return f"{due} did not fit, and the study never catches up."
    if result.days_to_catch_up:
        return f"{due} did not fit; the study will have caught up in {counted(result.days_to_catch_up, 'day')}."
    return "Everything that is due was planned."
