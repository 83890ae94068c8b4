"""The use case of `quota_accounting`: reconcile, add up today and look ahead, close the last two days."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tiktok_collector.accounting.activity import Activity, activity
from tiktok_collector.accounting.forecast import Forecast
from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.history_keeping import HistoryKeeping
from tiktok_collector.accounting.reconciliation import FamilyDay, Reconciled, compare, read_day, reconcile
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.accounting.tally import FamilyTally, tally_family
from tiktok_collector.accounting.usage_log import ClosedDay, close_day, remembered, stored_log
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
    activity: Activity
    forecasts: list[Forecast]
    closed_days: list[ClosedDay]
    reconciled: list[Reconciled]
    raised: list[Raised]
    damaged_pages: list[str]
    problems: list[str]


class QuotaAccounting:
    """Accounts for the quota; may be run at any time and any number of times."""

    def __init__(
        self,
        ledger: QuotaLedger,
        pages: StoredPages,
        objects: ObjectStore,
        forecasting: Forecasting,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._pages = pages
        self._objects = objects
        self._forecasting = forecasting
        self._history = HistoryKeeping(objects, ledger)
        self._clock = clock

    def run(self, *, reconciling: bool = True) -> AccountingReport:
        """Account for today and the two days before; without `reconciling` the bucket is not listed.

        Raises:
            Retriable: AWS is busy or unreachable.
            MissingResource: a table or the bucket is absent or may not be used.
        """
        now = self._clock.now()
        today, *past = [utc_day(now - timedelta(days=number)) for number in range(_CLOSED_DAYS + 1)]
        days: Mapping[str, Sequence[FamilyDay]] = {
            today: read_day(self._ledger, today),
            **{day: remembered(read_day(self._ledger, day), stored_log(self._objects, day)) for day in past},
        }
        reconciled: list[Reconciled] = []
        if reconciling:
            days, reconciled = self._reconciled(days)
        closed = [close_day(self._objects, day, days[day]) for day in reversed(past)]
        tallies = {day: [tally_family(each.usage, each.entries) for each in families] for day, families in days.items()}
        self._history.update(today, tallies)
        forecasts, problems = self._forecasting.of(tallies[today], now)
        every = _all(days)
        return AccountingReport(
            day=today,
            at=now,
            families=tallies[today],
            activity=activity(now, days, today),
            forecasts=forecasts,
            closed_days=[each for each in closed if each],
            reconciled=reconciled,
            raised=[
                Raised(day=each.usage.day, family=each.usage.family, by=each.raised_by)
                for each in every
                if each.raised_by
            ],
            damaged_pages=sorted({key for each in every for key in each.damaged}),
            problems=problems,
        )

    def _reconciled(
        self, days: Mapping[str, Sequence[FamilyDay]]
    ) -> tuple[Mapping[str, Sequence[FamilyDay]], list[Reconciled]]:
        keys = self._pages.stored_on(days)
        settled = {entry.key for each in _all(days) for entry in each.entries if entry.key}
        compared = [
            compare(each, keys.get((each.usage.day, each.usage.family), ()), settled)
            for each in _all(days)
            if each.usage.family in RESEARCH_API
        ]
        proven = {
            day: [
                reconcile(self._ledger, self._pages, each, keys.get((day, each.usage.family), ())) for each in families
            ]
            for day, families in days.items()
        }
        return proven, compared


def _all(days: Mapping[str, Sequence[FamilyDay]]) -> list[FamilyDay]:
    return [each for families in days.values() for each in families]
