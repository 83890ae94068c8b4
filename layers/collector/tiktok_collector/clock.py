"""Time, injected: everything that asks for the time or waits takes a `Clock`, and all times are UTC."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the collector needs of time."""

    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; returns at once for zero or less."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(tz=UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`; returns at once for zero or less."""
        if seconds > 0:
            time.sleep(seconds)


def iso(moment: datetime) -> str:
    """`moment` as `2026-11-20T16:00:00.123Z`: fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """The time that `iso` wrote.

    Raises:
        ValueError: `text` is not a time in that form.
    """
    return datetime.fromisoformat(text).astimezone(UTC)


def utc_day(moment: datetime) -> str:
    """The UTC day of `moment` as `2026-11-20`, the key of everything counted by day (API FAQ: reset at 00:00 UTC)."""
    return moment.astimezone(UTC).date().isoformat()
