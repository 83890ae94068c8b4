"""A day's requests of one family, added up: pure."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family


class Tally(msgspec.Struct, kw_only=True):
    """Requests by what became of them, and the rows that they brought."""

    requests: int = 0
    ok: int = 0
    failed: int = 0
    refused: int = 0
    unknown: int = 0
    records: int = 0

    def add(self, entry: UsageEntry) -> None:
        """Count one settled request."""
        self.requests += 1
        self.records += entry.records
        setattr(self, entry.outcome, getattr(self, entry.outcome) + 1)


class FamilyTally(msgspec.Struct, frozen=True, kw_only=True):
    """One family's day, in requests.

    `unknown` is what nobody knows the fate of: reserved and never settled, or settled without an answer. All of `used`
    counts as spent. The tallies by endpoint and run hold settled requests only; `unsettled` are the others.
    """

    family: Family
    limit: int
    used: int
    remaining: int
    unknown: int
    unsettled: int
    paused_until: datetime | None
    closed_until: datetime | None
    by_class: dict[str, int]
    total: Tally
    by_endpoint: dict[str, Tally]
    by_run: dict[str, Tally]


def tally_family(usage: DayUsage, entries: Iterable[UsageEntry]) -> FamilyTally:
    """The day of one family from its counter and its entries."""
    total = Tally()
    by_endpoint: dict[str, Tally] = {}
    by_run: dict[str, Tally] = {}
    for entry in entries:
        for tally in (
            total,
            by_endpoint.setdefault(entry.endpoint, Tally()),
            by_run.setdefault(entry.run_id, Tally()),
        ):
            tally.add(entry)
    # Entries are read after the counter, so one may be newer than it.
    used = max(usage.used, total.requests)
    unsettled = used - total.requests
    return FamilyTally(
        family=usage.family,
        limit=usage.limit,
        used=used,
        remaining=max(0, usage.limit - used),
        unknown=unsettled + total.unknown,
        unsettled=unsettled,
        paused_until=usage.paused_until,
        closed_until=usage.closed_until,
        by_class={work_class.value: number for work_class, number in sorted(usage.used_by_class.items())},
        total=total,
        by_endpoint=dict(sorted(by_endpoint.items())),
        by_run=dict(sorted(by_run.items())),
    )
