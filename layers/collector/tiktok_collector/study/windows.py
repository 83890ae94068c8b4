"""Date windows as the video query takes them: both ends inclusive, at most 31 days (TikTok docs: query videos)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import msgspec

MAX_WINDOW_DAYS: Final = 31


class Window(msgspec.Struct, frozen=True):
    """The days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days the window holds, at least one."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def each_day(self) -> Iterator[date]:
        """Its days, the oldest first."""
        return (self.start + timedelta(days=number) for number in range(self.days))

    def halves(self) -> tuple["Window", "Window"]:
        """The newer and the older half; together exactly this window.

        Raises:
            ValueError: the window is a single day.
        """
        if self.days == 1:
            raise ValueError(f"The window of {self.start} is one day long and cannot be split.")
        older_end = self.start + timedelta(days=self.days // 2 - 1)
        return Window(older_end + timedelta(days=1), self.end), Window(self.start, older_end)


def balanced_windows(start: date, end: date, max_days: int = MAX_WINDOW_DAYS) -> Iterator[Window]:
    """The fewest windows of at most `max_days` that cover `start`..`end`, newest first, lengths within one day.

    Raises:
        ValueError: `end` is before `start`, or `max_days` is not within 1..31.
    """
    if end < start:
        raise ValueError(f"The period ends on {end}, before it starts on {start}.")
    if not 1 <= max_days <= MAX_WINDOW_DAYS:
        raise ValueError(f"A window holds 1 to {MAX_WINDOW_DAYS} days, not {max_days}.")
    days = (end - start).days + 1
    count = -(-days // max_days)
    shortest, longer = divmod(days, count)
    last = end
    for index in range(count):
        first = last - timedelta(days=shortest + (index < longer) - 1)
        yield Window(first, last)
        last = first - timedelta(days=1)
