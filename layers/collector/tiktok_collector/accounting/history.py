"""The last days in few numbers, `usage/history.json` (docs/quota.md): pure.

The next history is the former one with the days that were read anew in place of its own, so an hour's run reads no
closed log.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from tiktok_collector.accounting.tally import FamilyTally, Tally
from tiktok_collector.quota.families import Family

CLOSED_DAYS: Final = 30
"""As many closed days are kept, beside today so far."""
SCHEMA_VERSION: Final = 1


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One family's UTC day, in requests; `used` is `ok`, `failed`, `refused` and `unknown` together.

    `unknown` is as in `FamilyTally`, and `by_class` is the counter's. `closed` is False for today so far.
    """

    day: str
    family: Family
    closed: bool
    limit: int
    used: int
    ok: int
    failed: int
    refused: int
    unknown: int
    wasted: int
    records: int
    by_class: dict[str, int]


class UsageHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The newest days by day and family; a day on which nothing was sent has no line.

    `closed_through` is the last closed day that is accounted for.
    """

    version: int = SCHEMA_VERSION
    closed_through: str
    lines: list[HistoryLine]


def lines_of(day: str, families: Iterable[FamilyTally], *, closed: bool) -> list[HistoryLine]:
    """The lines of a day; none for families that sent nothing."""
    return [_line(day, each, each.total, closed=closed) for each in families if each.used]


def line_of_log(day: str, family: FamilyTally, settled: Tally) -> HistoryLine:
    """The line of a family in a stored usage log; `settled` are its requests, added up anew.

    An earlier version's log has no `wasted`.
    """
    return _line(day, family, settled, closed=True)


def next_history(former: UsageHistory | None, today: str, days: Mapping[str, Sequence[HistoryLine]]) -> UsageHistory:
    """The history as of `today`, with the lines of `days` in place of what `former` has of them."""
    yesterday, first = day_before(today), day_before(today, CLOSED_DAYS)
    lines = [line for line in (former.lines if former else ()) if line.day not in days]
    lines += [line for some in days.values() for line in some]
    order = list(Family)
    return UsageHistory(
        closed_through=yesterday,
        lines=sorted(
            (line for line in lines if first <= line.day <= today),
            key=lambda line: (line.day, order.index(line.family)),
        ),
    )


def days_to_read(former: UsageHistory | None, today: str, read_anyway: Iterable[str]) -> list[str]:
    """Closed days of the history's span that it does not account for and that are not in `read_anyway`; oldest first.

    All of them, where there is no history yet; a few, where nobody accounted for some days.
    """
    since = former.closed_through if former else ""
    known = set(read_anyway)
    span = [day_before(today, number) for number in range(CLOSED_DAYS, 0, -1)]
    return [day for day in span if day > since and day not in known]


def day_before(day: str, number: int = 1) -> str:
    """The UTC day `number` days before `day`."""
    return (date.fromisoformat(day) - timedelta(days=number)).isoformat()


def _line(day: str, family: FamilyTally, settled: Tally, *, closed: bool) -> HistoryLine:
    return HistoryLine(
        day=day,
        family=family.family,
        closed=closed,
        limit=family.limit,
        used=family.used,
        ok=settled.ok,
        failed=settled.failed,
        refused=settled.refused,
        unknown=family.unknown,
        wasted=settled.wasted,
        records=settled.records,
        by_class=family.by_class,
    )
