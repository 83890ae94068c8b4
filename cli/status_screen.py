"""The one screen of `status`: pure."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.checks_screen import late_or_held
from cli.function_logs import FunctionHealth
from cli.runs_screen import runs_screen
from cli.schedules import Schedule
from cli.status_reading import StackStatus
from cli.trend_gaps_screen import trend_count, trend_lines
from cli.words import ago, clockwork, counted, dash, shortened, visible

_TOKEN_SOON: Final = 30
_SENTENCE: Final = 300


def status_screen(status: StackStatus) -> list[RenderableType]:
    """Everything, from what matters most to the single runs."""
    where = "local cloud" if status.local else status.region
    runs = [*status.open_runs, *status.ended_runs]
    none: list[RenderableType] = ["[dim]No run yet: `tiktok-collector extract @name` begins one.[/dim]"]
    return [
        f"[bold]{visible(status.stack)}[/bold]  [dim]{where}, {status.at:%Y-%m-%d %H:%M} UTC[/dim]",
        "",
        _facts(status),
        *late_or_held(status.checks_late, status.checks_held),
        *([f"  [red]client credentials:[/red] {visible(problem)}"] if (problem := status.credentials_problem) else []),
        "",
        _functions(status),
        *(_failure(each, status) for each in status.functions if each.last_failure),
        *trend_lines(status.trend_gaps),
        "",
        *(runs_screen(runs, status.at) if runs else none),
    ]


def _facts(status: StackStatus) -> Table:
    facts = Table.grid(padding=(0, 3))
    for _ in range(3):
        facts.add_column()
    facts.add_row(_schedules_in_words(status), _token(status.token_minutes), _letters(status.dead_letters))
    facts.add_row(_open(status), _parked(status), _gaps(status))
    return facts


def _schedules_in_words(status: StackStatus) -> str:
    enabled = sum(each.enabled for each in status.schedules)
    if not status.schedules:
        return f"schedules {dash()}"
    if status.paused:
        return "[yellow]⏸ paused[/yellow]: no schedule is enabled"
    if enabled < len(status.schedules):
        return f"[yellow]{enabled} of {len(status.schedules)} schedules enabled[/yellow]"
    return f"[green]●[/green] {counted(enabled, 'schedule')} enabled"


def _token(minutes: int | None) -> str:
    if minutes is None:
        return f"token {dash()}"
    colour = "green" if minutes > _TOKEN_SOON else "yellow" if minutes else "red"
    return f"token [{colour}]{minutes} min left[/]" if minutes else "token [red]expired[/]"


def _letters(number: int | None) -> str:
    if number is None:
        return f"dead letters {dash()}"
    return f"[red]{counted(number, 'dead letter')}[/red]" if number else "no dead letters"


def _open(status: StackStatus) -> str:
    number = len(status.open_runs)
    return f"[cyan]{counted(number, 'open run')}[/cyan]" if number else "no open run"


def _parked(status: StackStatus) -> str:
    number = status.parked_tasks
    return f"[yellow]{counted(number, 'parked task')}[/yellow]" if number else "no parked task"


def _gaps(status: StackStatus) -> str:
    runs = [*status.open_runs, *status.ended_runs]
    certain, possible = sum(each.gaps or 0 for each in runs), sum(each.possible_gaps or 0 for each in runs)
    trends = trend_count(status.trend_gaps)
    if not certain and not possible:
        return trends or "no gaps"
    words = f"[yellow]{counted(certain, 'gap')}[/yellow]" if certain else "no certain gap"
    return (
        words
        + (f" [dim]({possible:,} possible)[/dim]" if possible else "")
        + " in these runs"
        + (f", {trends}" if trends else "")
    )


def _functions(status: StackStatus) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("function", no_wrap=True)
    table.add_column("schedule (UTC)", no_wrap=True)
    table.add_column("last seen", no_wrap=True)
    table.add_column("failed in 24 h", justify="right", no_wrap=True)
    for each in status.functions:
        table.add_row(
            each.function,
            _schedule([one for one in status.schedules if one.function == each.function]),
            ago(each.last_seen, status.at),
            f"[red]{each.failures}[/red]" if each.failures else "0",
        )
    return table


def _schedule(found: Sequence[Schedule]) -> Text:
    if not found:
        return Text("-", style="dim")
    words = ", ".join(clockwork(each.expression) for each in found)
    return Text(words) if all(each.enabled for each in found) else Text(f"{words} paused", style="yellow")


def _failure(each: FunctionHealth, status: StackStatus) -> str:
    """One line a function that has failed: how often, when last, and its sentence."""
    last = each.last_failure
    if last is None:
        return ""
    return f"  [red]{each.function}[/red] [dim]{ago(last.at, status.at)}:[/dim] {shortened(last.message, _SENTENCE)}"
