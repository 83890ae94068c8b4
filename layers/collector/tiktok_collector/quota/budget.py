"""How much of a day's quota each class of work may use, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.settings import LedgerSettings

SHARES_OPEN_AT: Final = time(20, 0, tzinfo=UTC)
CARRIED_OPENS_AT: Final = time(2, 0, tzinfo=UTC)
"""By then the day's own runs have begun (the template starts them at 00:15, with a quarter of an hour of slack and an
hour of retries), and turns at the threads keep either from starving (collection/turns.py)."""


@dataclass(frozen=True, slots=True)
class Budget:
    """One family's limit in requests per UTC day, and the per cent of it kept for ad-hoc work."""

    limit: int
    adhoc_reserve_percent: int = 10

    def share(self, work_class: WorkClass, now: datetime) -> int:
        """The most requests that `work_class` may have used today, as seen at `now`; rounded down."""
        if work_class is WorkClass.ADHOC or now >= shares_open_at(now):
            return self.limit
        return self.limit * (100 - self.adhoc_reserve_percent) // 100

    def carried_share(self, now: datetime) -> int:
        """The most requests that scheduled runs of earlier days may have used today: half of their class's at first.

        Their work lies ready when the day begins, before the day's own runs have started, and would take everything.
        """
        share = self.share(WorkClass.SCHEDULED, now)
        return share if now >= carried_opens_at(now) else share // 2


def is_carried(work_class: str, started_on: date, today: date) -> bool:
    """Whether a run's work is carried over from an earlier day: scheduled, and begun before `today` (UTC)."""
    return work_class == WorkClass.SCHEDULED and started_on < today


def shares_open_at(now: datetime) -> datetime:
    """20:00 UTC of the day of `now`: from then on unspent shares are open to all."""
    return datetime.combine(now.astimezone(UTC).date(), SHARES_OPEN_AT)


def carried_opens_at(now: datetime) -> datetime:
    """02:00 UTC of the day of `now`: from then on runs of earlier days may use what the day's own leave."""
    return datetime.combine(now.astimezone(UTC).date(), CARRIED_OPENS_AT)


def next_midnight(now: datetime) -> datetime:
    """The 00:00 UTC after `now`, where the server's counters start again (API FAQ)."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0, tzinfo=UTC))


def budgets(settings: LedgerSettings) -> Mapping[Family, Budget]:
    """The budgets of both families as the stack's parameters set them."""
    return {
        Family.RESEARCH: Budget(settings.research_daily_limit, settings.adhoc_reserve_percent),
        Family.FOLLOWERS: Budget(settings.followers_daily_limit, settings.adhoc_reserve_percent),
    }
