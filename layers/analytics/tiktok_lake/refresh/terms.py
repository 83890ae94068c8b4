"""When something must be checked: intervals and cutoffs, pure."""

from datetime import datetime, timedelta
from typing import Final, Self

import msgspec

from tiktok_collector.studies.study_files import CurrentStudy

_MOST_SLACK: Final = timedelta(days=4)
_A_NIGHT: Final = timedelta(hours=20)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a study says of the duty to check.

    Attributes:
        interval_days: So often everything is checked (`data.refresh_interval_days`).
        daily_requests: The most requests of a UTC day that checks may take of the research quota.
        implausible_percent: Where more than this part of what was asked for is said to be gone, it is not believed at
            once.
    """

    interval_days: int = 15
    daily_requests: int = 200
    implausible_percent: int = 20

    @classmethod
    def of(cls, study: CurrentStudy | None) -> Self:
        """What a study says, or what counts where there is none."""
        if study is None:
            return cls()
        data = study.read.file.data
        return cls(
            interval_days=data.refresh_interval_days,
            daily_requests=data.refresh_daily_requests,
            implausible_percent=data.refresh_doubt_percent,
        )

    @property
    def interval(self) -> timedelta:
        """So often everything is checked."""
        return timedelta(days=self.interval_days)

    @property
    def slack(self) -> timedelta:
        """Begun so long before the interval ends, so that what is carried over still ends within it."""
        return min(_MOST_SLACK, self.interval / 3)

    @property
    def second_after(self) -> timedelta:
        """What did not come when it was asked for again is asked for once more after so long."""
        return min(_A_NIGHT, self.slack / 4)

    def due_before(self, now: datetime) -> datetime:
        """What was last seen before this moment is due."""
        return now - (self.interval - self.slack)

    def late_before(self, now: datetime) -> datetime:
        """What was last seen before this moment is late: the interval is over."""
        return now - self.interval

    def due_at(self, seen: datetime) -> datetime:
        """When something that was last seen at `seen` falls due."""
        return seen + self.interval - self.slack
