"""How much of a day's quota each class of work may use, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.settings import LedgerSettings

SHARES_OPEN_AT: Final = time(20, 0, tzinfo=UTC)


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


def shares_open_at(now: datetime) -> datetime:
    """20:00 UTC of the day of `now`: from then on unspent shares are open to all."""
    return datetime.combine(now.astimezone(UTC).date(), SHARES_OPEN_AT)


def next_midnight(now: datetime) -> datetime:
    """The 00:00 UTC after `now`, where the server's counters start again (API FAQ)."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0, tzinfo=UTC))


def budgets(settings: LedgerSettings) -> Mapping[Family, Budget]:
    """The budgets of both families as the stack's parameters set them."""
    return {
        Family.RESEARCH: Budget(settings.research_daily_limit, settings.adhoc_reserve_percent),
        Family.FOLLOWERS: Budget(settings.followers_daily_limit, settings.adhoc_reserve_percent),
    }
