"""Which days of a unit are to be asked for today, why, and with what depth.

A day is due if it has been old enough for some pass when its schedule last asked, and has not been asked for at that
age or later. So one request late in catch-up serves several passes, and changed settings come out right.
"""

from collections.abc import Collection as AnyOf
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tiktok_collector.planner.calendar import Calendar
from tiktok_collector.planner.coverage import Coverage
from tiktok_collector.planner.depths import SHALLOW, union
from tiktok_collector.study.collections import Depth
from tiktok_collector.study.day_plan import Purpose

LATE_AFTER_DAYS: Final = 3
"""A day that should have been asked for longer ago than this is caught up with."""
ALONE_AFTER_TRIES: Final = 2
"""A day that failed so often is no longer asked for together with healthy ones: it would fail them too."""
_URGENCY: Final = (Purpose.FRESH, Purpose.SETTLED, Purpose.RETRY, Purpose.CATCH_UP)


class Following(NamedTuple):
    """How one collection follows a unit."""

    name: str
    calendar: Calendar
    depth: Depth


class Setback(NamedTuple):
    """A day that was tried in vain: how often, and the first day on which it is tried again."""

    tries: int
    again_on: int


class DueDay(NamedTuple):
    """One day that is due, of those collections whose schedules have it.

    `alone` if it must not share a window with days that have not failed.
    """

    collections: tuple[str, ...]
    day: int
    purpose: Purpose
    depth: Depth
    alone: bool


class DueDays(NamedTuple):
    """The due days, oldest first, and other days that no window may span, since more is due of them than it brings."""

    days: tuple[DueDay, ...]
    closed: frozenset[int]


def due_days(
    following: Sequence[Following],
    asked: Coverage,
    setbacks: Mapping[int, Setback],
    taken: AnyOf[int],
    today: int,
) -> DueDays:
    """What is due of a unit.

    Args:
        following: The schedules and depths of all collections that have it.
        asked: When its days were last asked for with success.
        setbacks: Its failed days.
        taken: Days that are being asked for already.
        today: The day to plan.

    Returns:
        The due days; setbacks that must wait are not among them.
    """
    purposes: dict[int, Purpose] = {}
    for _, calendar, _ in following:
        for age, day in _outstanding(calendar, asked, today):
            purpose = _purpose(calendar, age, day, today)
            before = purposes.get(day, purpose)
            purposes[day] = purpose if _URGENCY.index(purpose) < _URGENCY.index(before) else before
    depths = _depths(following, asked, today) if purposes else {}
    due = []
    for day in sorted(purposes):
        setback = setbacks.get(day)
        if day in taken or (setback and today < setback.again_on):
            continue
        alone = setback is not None and setback.tries >= ALONE_AFTER_TRIES
        purpose = Purpose.RETRY if setback else purposes[day]
        names = tuple(each.name for each in following if each.calendar.has(day))
        due.append(DueDay(names, day, purpose, depths.get(day, SHALLOW), alone))
    there = {each.day for each in due}
    failing = {day for day, setback in setbacks.items() if setback.tries >= ALONE_AFTER_TRIES}
    closed = failing | depths.keys() | _ends(following) if due else set()
    return DueDays(tuple(due), frozenset(day for day in closed - there if due[0].day < day < due[-1].day))


def _ends(following: Sequence[Following]) -> set[int]:
    """Where a schedule begins or ends, since no window may go from days of one set of collections into another's."""
    days = {day for each in following for day in (each.calendar.first, each.calendar.last)}
    return {day for day in days if day is not None}


def _outstanding(calendar: Calendar, asked: Coverage, today: int) -> list[tuple[int, int]]:
    """Passes and days that have not been asked for at that age."""
    found = []
    for age, days in calendar.ripe(today):
        on = asked.between(days[0], days[-1])
        found += [(age, day) for day, last in zip(days, on, strict=True) if last < day + age]
    return found


def _purpose(calendar: Calendar, age: int, day: int, today: int) -> Purpose:
    if today - calendar.asks_on_or_after(day + age) > LATE_AFTER_DAYS:
        return Purpose.CATCH_UP
    return Purpose.FRESH if age == calendar.passes[0] else Purpose.SETTLED


def _depths(following: Sequence[Following], asked: Coverage, today: int) -> dict[int, Depth]:
    """By day, what comes with the last pass of some collection, if asking today completes it.

    By its age today, not by its age when the schedule last asked: that is what the coverage will say afterwards.
    """
    depths: dict[int, Depth] = {}
    for _, calendar, depth in following:
        if depth == SHALLOW:
            continue
        end = min(today - calendar.last_pass, today if calendar.last is None else calendar.last)
        if end < calendar.first:
            continue
        on = asked.between(calendar.first, end)
        for day, last in enumerate(on, calendar.first):
            if last < day + calendar.last_pass:
                depths[day] = union(depths.get(day, SHALLOW), depth)
    return depths
