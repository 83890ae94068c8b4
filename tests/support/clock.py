"""A clock that moves only when told to, or when somebody waits."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class HandClock:
    """Time in the hands of the test."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=max(0.0, seconds))

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)
