"""When an AWS schedule fires, by a library that knows AWS's six fields and their rules."""

from datetime import UTC, datetime, time, timedelta

from aws_croniter import AwsCroniter


def next_times(expression: str, after: datetime, count: int) -> list[datetime]:
    """The first `count` UTC times after `after` at which `cron(…)` fires.

    Raises:
        ValueError: AWS would refuse the expression, or it is none of cron.
    """
    found: list[datetime] = _cron(expression).get_next(after, count)
    return found


def times_of_day(expression: str) -> list[time]:
    """The UTC times at which `cron(…)` fires on every day.

    Raises:
        ValueError: AWS would refuse the expression, or it does not fire at the same times on every day.
    """
    days = [datetime(2026, 11, 21, tzinfo=UTC) + timedelta(days=number) for number in range(8)]
    moments: list[datetime] = _cron(expression).get_all_schedule_bw_dates(days[0], days[-1])
    by_day = [[each.time() for each in moments if each.date() == day.date()] for day in days[:-1]]
    if any(times != by_day[0] for times in by_day):
        raise ValueError(f"{expression} does not fire at the same times on every day")
    return by_day[0]


def _cron(expression: str) -> AwsCroniter:
    fields = expression.removeprefix("cron(").removesuffix(")")
    if expression != f"cron({fields})":
        raise ValueError(f"{expression} is not cron(…)")
    return AwsCroniter(fields)
