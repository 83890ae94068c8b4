"""When a schedule asks, and for which days; all days are `day_number`s."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tiktok_collector.planner.coverage import day_number
from tiktok_collector.study.collections import Schedule


@dataclass(frozen=True, slots=True)
class Calendar:
    """A schedule as numbers. `last` is None where it has no end; `passes` ascend.

    It asks every `every_days` days, counted from `began`, which is `first` unless it is a part of another one.
    """

    first: int
    last: int | None
    every_days: int
    passes: tuple[int, ...]
    began: int

    @classmethod
    def of(cls, schedule: Schedule) -> "Calendar":
        """The calendar of a schedule."""
        last = None if schedule.last is None else day_number(schedule.last)
        first = day_number(schedule.first)
        return cls(first, last, schedule.every_days, tuple(sorted(set(schedule.passes))), first)

    def within(self, first: int, last: int) -> "Calendar":
        """The same for those of its days that lie between these two, both included."""
        return replace(self, first=max(first, self.first), last=last if self.last is None else min(last, self.last))

    @property
    def last_pass(self) -> int:
        """The greatest age at which a day is asked for."""
        return self.passes[-1]

    def has(self, day: int) -> bool:
        """Whether it ever asks for `day`."""
        return self.first <= day and (self.last is None or day <= self.last)

    def reference(self, today: int) -> int | None:
        """The last day, `today` or before, on which it asks; None before its first."""
        if today < self.began:
            return None
        return today - (today - self.began) % self.every_days

    def asks_on_or_after(self, day: int) -> int:
        """The first day from `day` on, on which it asks."""
        return max(self.began, day + (self.began - day) % self.every_days)

    def ripe(self, today: int) -> Iterator[tuple[int, range]]:
        """The days that have been old enough when it last asked, by the greatest pass that they were old enough for."""
        reference = self.reference(today)
        if reference is None:
            return
        # A day is never asked for on itself, however old it should be.
        end = min(reference - self.passes[0], today - 1)
        if self.last is not None:
            end = min(end, self.last)
        for age in reversed(self.passes):
            until = min(reference - age, end)
            # Passes are gone through from the greatest; each takes what the greater ones are too old for.
            start = self.first if age == self.last_pass else reference - self._next(age) + 1
            days = range(max(self.first, start), until + 1)
            if days:
                yield age, days

    def _next(self, age: int) -> int:
        return min(each for each in self.passes if each > age)
