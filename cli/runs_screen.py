"""The table of runs, as `status` and `runs` show it: pure."""

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.table import Table

from cli.run_states import RunSummary
from cli.words import colour_of, counted, dash, moment, shortened, until, visible
from tiktok_collector.clock import from_iso


def runs_table(runs: Sequence[RunSummary], now: datetime) -> Table:
    """One line a run."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    table.add_column("run", overflow="fold")
    table.add_column("about", overflow="fold", max_width=30)
    table.add_column("began", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("tasks", no_wrap=True)
    table.add_column("requests", justify="right", no_wrap=True)
    table.add_column("gaps", no_wrap=True)
    for each in runs:
        state = f"[{colour_of(each.state)}]{each.state.replace('_', ' ')}[/]" if each.state else dash()
        table.add_row(
            visible(each.run_id),
            shortened(each.about, 60),
            moment(each.started_at),
            state,
            _tasks(each, now),
            f"{each.requests:,}",
            gaps_in_words(each),
        )
    return table


def gaps_in_words(run: RunSummary) -> str:
    """`2, and 1 possible`; a dash for none."""
    if run.gaps is None:
        return "[dim]not read[/dim]"
    certain = f"[yellow]{run.gaps:,}[/yellow]" if run.gaps else ""
    possible = f"[dim]{run.possible_gaps:,} possible[/dim]" if run.possible_gaps else ""
    return ", ".join(each for each in (certain, possible) if each) or dash()


def _tasks(run: RunSummary, now: datetime) -> str:
    if not run.tasks:
        return dash()
    done = sum(run.tasks.get(state, 0) for state in ("done", "failed", "skipped"))
    words = f"{done:,}/{sum(run.tasks.values()):,}" + ("+" if run.partial else "")
    if run.parked:
        why = ", ".join(run.parked)
        words += f", {counted(sum(run.parked.values()), 'parked').removesuffix('s')} ({why})"
        if run.resume_at:
            words += f" {until(from_iso(run.resume_at), now)}"
    return words
