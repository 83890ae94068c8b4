"""What is due, late and deleted under the terms: the screen of `study status`, and a line of `status`. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich import box
from rich.console import RenderableType
from rich.table import Table

from cli.words import counted, moment, until, visible
from tiktok_collector.clock import from_iso
from tiktok_lake.refresh.status import LakeStatus, RoundStatus

_MOST_DELETIONS = 10


def checks_screen(status: LakeStatus, now: datetime) -> list[RenderableType]:
    """What must be checked, what is under way, and the last deletions."""
    if not status.at:
        return ["[dim]Nothing was checked yet: data_refresh looks every morning for what is due.[/dim]"]
    head = f"[bold]Everything is checked every {counted(status.interval_days, 'day')}[/bold]"
    lines: list[RenderableType] = [f"{head}  [dim]as of {moment(status.at)} UTC[/dim]", *_due(status, now)]
    used, most = status.requests_today
    lines.append(f"  {used:,} of the {most:,} requests that checks may take of a day")
    if status.no_access_since:
        lines.append(
            f"  [yellow]no access to Batch Compliance since {moment(status.no_access_since)}[/yellow]: videos are "
            "asked for by their ids, and comments go with them"
        )
    lines += [line for each in status.rounds for line in _round(each, now)]
    lines += [f"  [yellow]{visible(each)}[/yellow]" for each in status.notes]
    return [*lines, *_deletions(status)]


def late_or_held(late: Mapping[str, int], held: Sequence[str]) -> list[str]:
    """One line where something is late or not believed, for a screen that has more to show than checks."""
    said = [f"late: {found}"] if (found := _numbers(late)) else []
    said += [f"{counted(len(held), 'round')} not believed"] if held else []
    return [f"  [red]checks:[/red] {', '.join(said)} (see `tiktok-collector study status`)"] if said else []


def _due(status: LakeStatus, now: datetime) -> list[RenderableType]:
    late, due = _numbers(status.late), _numbers(status.due)
    if late:
        return [f"  [red]late: {late}[/red], [yellow]due: {due}[/yellow]"]
    if due:
        return [f"  [yellow]due: {due}[/yellow], nothing is late"]
    then = f", the next {until(from_iso(status.next_due), now)}" if status.next_due else ""
    return [f"  [green]nothing is due[/green]{then}"]


def _numbers(found: Mapping[str, int]) -> str:
    return ", ".join(
        f"{number:,} {kind.removesuffix('s') if number == 1 else kind}" for kind, number in found.items() if number
    )


def _round(found: RoundStatus, now: datetime) -> list[str]:
    if found.held:
        waits = f"{until(from_iso(found.held_until), now)} it is asked anew"
        say = f'send {{"believe": "{found.run_id}"}} to data_refresh once you have looked'
        return [f"  [red]not believed:[/red] {visible(each)} {say}; {waits}." for each in found.held]
    ended, steps = found.answered
    asked = _numbers(found.asked)
    return [
        f"  [cyan]{visible(found.run_id)}[/cyan] {found.phase} {asked}: {ended} of {counted(steps, 'answer')} there"
    ]


def _deletions(status: LakeStatus) -> list[RenderableType]:
    if not status.deletions:
        return ["  nothing was deleted yet"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("deleted (UTC)", "because of", "checked", "gone"):
        table.add_column(name, overflow="fold")
    shown = status.deletions[:_MOST_DELETIONS]
    for each in shown:
        table.add_row(moment(each.ended_at), each.rule, _numbers(each.checked), _numbers(each.ids) or "nothing")
    return [table, *certificate_lines([(moment(each.ended_at), each.certificate) for each in shown])]


def certificate_lines(found: Sequence[tuple[str, str]]) -> list[RenderableType]:
    """Where certificates lie, each with its time, on a line of its own: a cell would fold what is to be copied."""
    return ["  their certificates:", *(f"  [dim]{visible(when)}[/dim]  {visible(key)}" for when, key in found)]
