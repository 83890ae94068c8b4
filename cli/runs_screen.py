"""The table of runs, as `status` and `runs` show it: pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.table import Table

from cli.run_states import RunSummary
from cli.words import colour_of, counted, dash, moment, shortened, until, visible
from tiktok_collector.clock import from_iso
from tiktok_collector.collection.manifest_document import WITH_GAPS

_SHORT: Final = {WITH_GAPS: "with gaps"}
_RUN: Final = 24
_ABOUT: Final = 10


def runs_screen(runs: Sequence[RunSummary], now: datetime) -> list[RenderableType]:
    """One line a run, and below the table one for each run that rests, with the reasons."""
    return [_table(runs), *(_resting(each, now) for each in runs if each.parked)]


def _table(runs: Sequence[RunSummary]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("run", overflow="fold", min_width=_RUN)
    table.add_column("about", overflow="fold", min_width=_ABOUT, max_width=34)
    table.add_column("began", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("tasks", justify="right", no_wrap=True)
    table.add_column("requests", justify="right", no_wrap=True)
    table.add_column("gaps", no_wrap=True)
    for each in runs:
        state = _SHORT.get(each.state, each.state)
        table.add_row(
            visible(each.run_id),
            shortened(each.about, 60),
            moment(each.started_at),
            f"[{colour_of(each.state)}]{visible(state)}[/]" if state else dash(),
            _tasks(each),
            f"{each.requests:,}",
            gaps_in_words(each),
        )
    return table


def gaps_in_words(run: RunSummary) -> str:
    """The certain gaps, and with a question mark those that may be none; a dash for none at all."""
    if run.gaps is None:
        return "[dim]not read[/dim]"
    certain = f"[yellow]{run.gaps:,}[/yellow]" if run.gaps else ""
    possible = f"[dim]{run.possible_gaps:,}?[/dim]" if run.possible_gaps else ""
    return " ".join(each for each in (certain, possible) if each) or dash()


def _tasks(run: RunSummary) -> str:
    if not run.tasks:
        return dash()
    done = sum(run.tasks.get(state, 0) for state in ("done", "failed", "skipped"))
    return f"{done:,}/{sum(run.tasks.values()):,}" + ("+" if run.partial else "")


def _resting(run: RunSummary, now: datetime) -> str:
    why = ", ".join(f"{visible(reason)} {number:,}" for reason, number in run.parked.items())
    on = f"; the first goes on {until(from_iso(run.resume_at), now)}" if run.resume_at else ""
    return f"  [yellow]{visible(run.run_id)}: {counted(sum(run.parked.values()), 'parked task')} ({why}){on}.[/yellow]"
