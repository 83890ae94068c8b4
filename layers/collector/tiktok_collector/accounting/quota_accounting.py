"""The use case of `quota_accounting`: reconcile, add up today, close the last two days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tiktok_collector.accounting.reconciliation import FamilyDay, read_family_day, reconcile
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.accounting.tally import FamilyTally, tally_family
from tiktok_collector.accounting.usage_log import ClosedDay, close_day
from tiktok_collector.clock import Clock, utc_day
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.quota.families import RESEARCH_API, Family
from tiktok_collector.quota.ledger import QuotaLedger

# A worker may settle a request of the day before; later than that no function lives.
_CLOSED_DAYS: Final = 2


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """A counter that was behind what is proven, and by how many requests."""

    day: str
    family: Family
    by: int


class AccountingReport(msgspec.Struct, frozen=True, kw_only=True):
    """Today by family, the days closed, and what was found amiss; without personal data."""

    day: str
    at: datetime
    families: list[FamilyTally]
    closed_days: list[ClosedDay]
    raised: list[Raised]
    damaged_pages: list[str]


class QuotaAccounting:
    """Accounts for the quota; may be run at any time and any number of times."""

    def __init__(self, ledger: QuotaLedger, pages: StoredPages, objects: ObjectStore, clock: Clock) -> None:
        self._ledger = ledger
        self._pages = pages
        self._objects = objects
        self._clock = clock

    def run(self, *, reconciling: bool = True) -> AccountingReport:
        """Account for today and the two days before; without `reconciling` the bucket is not listed.

        Raises:
            Retriable: AWS is busy or unreachable.
            MissingResource: the table or the bucket is absent or may not be used.
        """
        now = self._clock.now()
        days = [utc_day(now - timedelta(days=number)) for number in range(_CLOSED_DAYS + 1)]
        stored = {day: self._read(day) for day in days}
        if reconciling:
            stored = self._reconciled(stored)
        today, *past = days
        closed = [close_day(self._objects, day, stored[day]) for day in reversed(past)]
        every = [each for day in days for each in stored[day]]
        return AccountingReport(
            day=today,
            at=now,
            families=[tally_family(each.usage, each.entries) for each in stored[today]],
            closed_days=[each for each in closed if each],
            raised=[
                Raised(day=each.usage.day, family=each.usage.family, by=each.raised_by)
                for each in every
                if each.raised_by
            ],
            damaged_pages=sorted({key for each in every for key in each.damaged}),
        )

    def _read(self, day: str) -> list[FamilyDay]:
        every = [read_family_day(self._ledger, day, family) for family in Family]
        # Trends need not be collected at all; the quotas of the Research API are told in any case.
        return [each for each in every if each.usage.family in RESEARCH_API or each.usage.used or each.entries]

    def _reconciled(self, stored: dict[str, list[FamilyDay]]) -> dict[str, list[FamilyDay]]:
        keys = self._pages.stored_on(stored)
        return {
            day: [self._with_proof(each, keys.get((day, each.usage.family), ())) for each in families]
            for day, families in stored.items()
        }

    def _with_proof(self, each: FamilyDay, keys: Sequence[str]) -> FamilyDay:
        return reconcile(self._ledger, self._pages, each, keys)
