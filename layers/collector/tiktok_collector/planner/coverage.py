"""Which days of videos have been asked for, and when: one small number a day."""

from array import array
from datetime import date
from typing import Final

_BEFORE_ALL: Final = date(2015, 12, 31).toordinal()


def day_number(day: date) -> int:
    """Days since the end of 2015, so that 0 is free to mean never and two bytes last until 2195."""
    return day.toordinal() - _BEFORE_ALL


def day_at(number: int) -> date:
    """The day of a `day_number`."""
    return date.fromordinal(number + _BEFORE_ALL)


class Coverage:
    """For each day of creation the newest day on which it was asked for completely; days are `day_number`s.

    The age at which a day was asked for is the difference of the two. Taking the newest makes the order in which runs
    are folded in irrelevant.
    """

    __slots__ = ("asked", "start")

    def __init__(self, start: int = 0, asked: array[int] | None = None) -> None:
        self.start = start
        self.asked = array("H") if asked is None else asked

    def __bool__(self) -> bool:
        return bool(self.asked)

    @property
    def newest(self) -> int:
        """The newest day that was ever asked for; 0 if none was."""
        return self.start + len(self.asked) - 1 if self.asked else 0

    def on(self, day: int) -> int:
        """When `day` was last asked for; 0 for never."""
        place = day - self.start
        return self.asked[place] if 0 <= place < len(self.asked) else 0

    def between(self, first: int, last: int) -> array[int]:
        """`on` of every day from `first` to `last`."""
        have_first, have_last = max(first, self.start), min(last, self.newest)
        if have_last < have_first:
            return _zeros(last - first + 1)
        have = self.asked[have_first - self.start : have_last - self.start + 1]
        return _zeros(have_first - first) + have + _zeros(last - have_last)

    def note(self, first: int, last: int, on: int) -> None:
        """The days from `first` to `last` were asked for on the day `on`."""
        if not self.asked:
            self.start = first
        if first < self.start:
            self.asked = _zeros(self.start - first) + self.asked
            self.start = first
        a, b = first - self.start, last - self.start + 1
        if b > len(self.asked):
            self.asked.extend(_zeros(b - len(self.asked)))
        known = self.asked[a:b]
        # One slice in the usual case, that nothing newer is known: a year of 1,000 accounts is folded this way.
        if max(known) <= on:
            self.asked[a:b] = array("H", [on]) * (b - a)
        else:
            self.asked[a:b] = array("H", [max(on, each) for each in known])


def newest_of(one: Coverage, other: Coverage) -> Coverage:
    """Both together."""
    if not other:
        return one
    if not one:
        return other
    first, last = min(one.start, other.start), max(one.newest, other.newest)
    pairs = zip(one.between(first, last), other.between(first, last), strict=True)
    return Coverage(first, array("H", [max(pair) for pair in pairs]))


def _zeros(count: int) -> array[int]:
    return array("H", bytes(2 * count))
