"""What a unit's history comes to: the days that it has, and those that were tried in vain."""

from array import array
from typing import Final, NamedTuple

from tiktok_collector.planner.coverage import Coverage, newest_of
from tiktok_collector.planner.due_days import Setback
from tiktok_collector.planner.unit_history import UnitHistory

LONGEST_WAIT_DAYS: Final = 32
RECENT_DAYS: Final = 28
"""Averages are taken over so many days."""

type Silences = tuple[tuple[int, int], ...]
"""First and last days on which nothing that the API answered counts."""


class AskedDays(NamedTuple):
    """The history of a unit, or of several that have the same. Never changed."""

    coverage: Coverage
    setbacks: dict[int, Setback]
    recent: frozenset[int]
    """Those of the newest `RECENT_DAYS` days up to the newest that was had, that were had."""


class AskedDaysOf:
    """Makes `AskedDays`, once for all units whose history is the same."""

    def __init__(self) -> None:
        self._made: dict[object, AskedDays] = {}

    def __call__(self, unit: UnitHistory, silences: Silences, youngest: int) -> AskedDays:
        """The asked days of `unit`.

        Args:
            unit: Its history.
            silences: Those of any of its collections.
            youngest: The smallest age at which it is asked for.
        """
        key = (_key(unit.sure), _key(unit.doubtful), _frozen(unit.failed), unit.bad_on, silences, youngest)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _asked_days(unit, silences, youngest)
        return made


def _asked_days(unit: UnitHistory, silences: Silences, youngest: int) -> AskedDays:
    heard, unheard = _split(unit.doubtful, silences)
    coverage = newest_of(unit.sure, heard)
    setbacks: dict[int, Setback] = {}
    for day, on in unheard:
        if on > coverage.on(day):
            began = max(max(day + youngest, start) for start, end in silences if start <= on <= end)
            setbacks[day] = Setback(1, on + wait_after(_tries_within(on - began)))
    for day, tries in unit.failed.items():
        # What failed for the account's name does not count any more once the name is fine.
        since = [on for on in tries if on > max(coverage.on(day), unit.bad_on)]
        if since:
            again_on = max(since) + wait_after(len(since))
            before = setbacks.get(day, Setback(0, 0))
            setbacks[day] = Setback(before.tries + len(since), max(again_on, before.again_on))
    newest = coverage.newest
    oldest = newest - RECENT_DAYS + 1
    recent = (day for day, on in enumerate(coverage.between(oldest, newest), oldest) if on)
    return AskedDays(coverage, setbacks, frozenset(recent))


def wait_after(tries: int) -> int:
    """How many days to wait after so many failed tries: 1, 2, 4, 8, 16, then 32."""
    return min(LONGEST_WAIT_DAYS, 1 << min(tries - 1, 5))


def _tries_within(days: int) -> int:
    """How many tries at those distances it takes to get so many days on."""
    return days.bit_length() + 1


def _split(doubtful: Coverage, silences: Silences) -> tuple[Coverage, list[tuple[int, int]]]:
    """The coverage that counts, and the days that were asked for while the API was silent, with when."""
    if not doubtful or not silences:
        return doubtful, []
    unheard = []
    asked = doubtful.asked[:]
    for place, on in enumerate(asked):
        if on and any(start <= on <= end for start, end in silences):
            unheard.append((doubtful.start + place, on))
            asked[place] = 0
    return _trimmed(doubtful.start, asked), unheard


def _trimmed(start: int, asked: array[int]) -> Coverage:
    places = [place for place, on in enumerate(asked) if on]
    return Coverage(start + places[0], asked[places[0] : places[-1] + 1]) if places else Coverage()


def _key(coverage: Coverage) -> tuple[int, bytes]:
    return coverage.start, coverage.asked.tobytes()


def _frozen(failed: dict[int, set[int]]) -> tuple[object, ...]:
    return tuple((day, tuple(sorted(failed[day]))) for day in sorted(failed))
