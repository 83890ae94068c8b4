"""Times, numbers and states in words, as all screens of the command say them: pure."""

from datetime import datetime, timedelta
from typing import Final

from local_cloud.progress import counted, printable, visible
from tiktok_collector.clock import from_iso

__all__ = [
    "ago",
    "clockwork",
    "colour_of",
    "counted",
    "dash",
    "line_of",
    "moment",
    "printable",
    "shortened",
    "until",
    "visible",
]

_CRON_FIELDS: Final = 6
_COLOURS: Final = {
    "complete": "green",
    "complete_with_gaps": "yellow",
    "failed": "red",
    "parked": "yellow",
    "planning": "cyan",
    "running": "cyan",
}


def ago(then: datetime | None, now: datetime) -> str:
    """`12 min ago`; a dash where nothing is known."""
    return dash() if then is None else f"{_length(now - then)} ago"


def until(then: datetime, now: datetime) -> str:
    """`in 12 min`, or `now`."""
    return f"in {_length(then - now)}" if then > now else "now"


def _length(length: timedelta) -> str:
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def moment(text: str | None) -> str:
    """A stored time as `11-21 12:09`; a dash for none."""
    return f"{from_iso(text):%m-%d %H:%M}" if text else dash()


def shortened(text: str, most: int) -> str:
    """One line of at most so many characters, safe to print."""
    return visible(line_of(text, most))


def line_of(text: str, most: int) -> str:
    """One line of at most so many characters, as they are."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def clockwork(expression: str) -> str:
    """A schedule's cron expression in words, where it is of a simple kind: `daily 00:15`, `hourly :50`."""
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != _CRON_FIELDS or fields[2:] not in (["*", "*", "?", "*"], ["?", "*", "*", "*"]):
        return expression
    minute, hour = fields[:2]
    first, _, step = minute.partition("/")
    if hour == "*" and first.isdecimal():
        return f"every {step} min from :{int(first):02d}" if step else f"hourly :{int(first):02d}"
    if hour.isdecimal() and minute.isdecimal():
        return f"daily {int(hour):02d}:{int(minute):02d}"
    return expression


def dash() -> str:
    """What stands where nothing is known."""
    return "[dim]-[/dim]"


def colour_of(state: str) -> str:
    """The colour of a run's state."""
    return _COLOURS.get(state, "default")
