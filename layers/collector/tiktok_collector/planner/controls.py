"""Control queries: when a collection that used to find videos finds none, is there nothing, or is the API silent?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_collector.planner.calendar import Calendar
from tiktok_collector.planner.depths import SHALLOW
from tiktok_collector.planner.jobs import Subject, VideoJob
from tiktok_collector.planner.past import Followers, Past
from tiktok_collector.planner.search_units import units_of
from tiktok_collector.planner.window_choice import Span
from tiktok_collector.study.collections import Cohort, Search, Study
from tiktok_collector.study.day_plan import Purpose

if TYPE_CHECKING:
    from tiktok_collector.planner.coverage import Coverage

EMPTY_DAYS: Final = 3
USUAL_ROWS: Final = 5
"""A collection is looked into if it used to find at least so many videos in `EMPTY_DAYS` days."""
_BEFORE_DAYS: Final = 28
_EVERY_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class _Days:
    """What a collection has, by day of creation: rows of all units, and how many units were asked."""

    rows: Counter[int]
    units: Counter[int]
    newest: int


def control_jobs(study: Study, past: Past, under_way: frozenset[str]) -> Iterator[VideoJob]:
    """The controls that are due, except of collections whose last one is still under way."""
    for collection in study.collections:
        if collection.name in under_way or (isinstance(collection, Cohort) and not collection.videos):
            continue
        followers = past.followers([collection])
        keys = _keys(collection)
        if _may_be_due(past, collection.name) and (
            past.collection(collection.name).silent_now or _fell_silent(collection, _days(keys, followers, past))
        ):
            most = 1 if isinstance(collection, Search) else study.batch_size
            yield from _control(collection, keys, followers, most, past)


def _keys(collection: Cohort | Search) -> Sequence[str]:
    if isinstance(collection, Search):
        return sorted({unit.key for unit in units_of(collection)})
    return sorted(collection.usernames)


def _may_be_due(past: Past, name: str) -> bool:
    """Not too often, and only if something was asked for since the last one."""
    history = past.collection(name)
    last = max(history.controls, default=0)
    return history.asked_on > last and past.today - last >= _EVERY_DAYS


def _days(keys: Sequence[str], followers: Followers, past: Past) -> _Days:
    coverages: dict[int, Coverage] = {}
    alike: Counter[int] = Counter()
    rows: Counter[int] = Counter()
    for key in keys:
        coverage = past.asked(key, followers).coverage
        coverages[id(coverage)] = coverage
        alike[id(coverage)] += 1
        for day, count in past.unit(key).rows.items():
            rows[day] += count
    newest = max((coverage.newest for coverage in coverages.values()), default=0)
    oldest = newest - EMPTY_DAYS - _BEFORE_DAYS + 1
    units: Counter[int] = Counter()
    for which, count in alike.items():
        for day, on in enumerate(coverages[which].between(oldest, newest), oldest):
            if on:
                units[day] += count
    return _Days(rows, units, newest)


def _fell_silent(collection: Cohort | Search, days: _Days) -> bool:
    """Whether the newest days are empty, though most units were asked, and the days before were not."""
    # Each day of a search belongs to one of its units.
    count = 1 if isinstance(collection, Search) else len(collection.usernames)
    asked = {day for day, units in days.units.items() if units >= count / 2}
    empty = range(days.newest - EMPTY_DAYS + 1, days.newest + 1)
    if not asked.issuperset(empty) or any(days.rows[day] for day in empty):
        return False
    before = [day for day in asked if day < empty[0] and day >= Calendar.of(collection.schedule).first]
    rows = sum(days.rows[day] for day in before)
    return bool(before) and rows / len(before) * EMPTY_DAYS >= USUAL_ROWS


def _control(
    collection: Cohort | Search, keys: Sequence[str], followers: Followers, most: int, past: Past
) -> Iterator[VideoJob]:
    """The newest day that had rows, of those accounts that had the most."""
    newest = max((day for key in keys for day in past.unit(key).rows), default=None)
    if newest is None:
        return
    rows = {key: past.unit(key).rows[newest] for key in keys if newest in past.unit(key).rows}
    chosen = sorted(sorted(rows, key=lambda key: (-rows[key], key))[:most])
    volumes = tuple(rows[key] * followers.rates.candidates_per_row for key in chosen)
    if isinstance(collection, Search):
        query = next(unit.query for unit in units_of(collection) if unit.key == chosen[0])
        subject = Subject(followers.names, followers.rates, volumes, search=collection.name, search_query=query)
    else:
        subject = Subject(followers.names, followers.rates, volumes, usernames=tuple(chosen))
    yield VideoJob(subject, Purpose.CONTROL, Span(newest, newest), (newest,), SHALLOW, sum(volumes))
