"""AWS cron expressions: six fields, checked and turned into the times of a day."""

from datetime import time

_RANGES = {"minute": (0, 59), "hour": (0, 23)}


def times_of_day(expression: str) -> list[time]:
    """The UTC times at which `cron(…)` fires on every day.

    Raises:
        ValueError: it is not a six-field AWS cron expression of a job that runs every day.
    """
    if not (expression.startswith("cron(") and expression.endswith(")")):
        raise ValueError(f"{expression} is not cron(…)")
    fields = expression[5:-1].split()
    if len(fields) != 6:
        raise ValueError(f"{expression} has {len(fields)} fields; AWS wants six: minute hour day month weekday year")
    minute, hour, *rest = fields
    if rest not in (["*", "*", "?", "*"], ["?", "*", "*", "*"]):
        raise ValueError(f"{expression} does not run every day, or names both day fields (AWS wants a ? in one)")
    return [time(h, m) for h in _values("hour", hour) for m in _values("minute", minute)]


def _values(name: str, field: str) -> list[int]:
    low, high = _RANGES[name]
    found: set[int] = set()
    for part in field.split(","):
        base, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if base == "*" else base).partition("-")
        end = int(last) if last else (high if step else int(first))
        if not low <= int(first) <= end <= high or (step and int(step) < 1):
            raise ValueError(f"{part} is not within {low}-{high}")
        found.update(range(int(first), end + 1, int(step or 1)))
    return sorted(found)
