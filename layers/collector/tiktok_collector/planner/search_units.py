"""The units of a search: one, or where its query changes from day to day one for the days of each query.

However many they are, they are one collection: its share, its depth, its rates and its silences are those of its name.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from tiktok_collector.planner.coverage import day_number
from tiktok_collector.planner.past import Followers, Past
from tiktok_collector.planner.unit_history import search_key
from tiktok_collector.planner.volumes import UNKNOWN_SEARCH
from tiktok_collector.planner.window_choice import Span
from tiktok_collector.study.collections import Search

_RECENT_DAYS: Final = 28


class SearchUnit(NamedTuple):
    """A query, the unit that it is known by, and the days that are asked for with it (None: all of the schedule)."""

    key: str
    query: dict[str, Any]
    days: Span | None

    def of(self, followers: Followers) -> Followers:
        """The search as it is followed on the days of this unit."""
        if self.days is None:
            return followers
        (following,) = followers.following
        clipped = following.calendar.within(self.days.first, self.days.last)
        return replace(followers, following=(following._replace(calendar=clipped),))


def units_of(search: Search) -> Sequence[SearchUnit]:
    """The units of a search, the oldest days first."""
    if search.trends is None:
        return (SearchUnit(search_key(search.name, search.query), search.query, None),)
    return [
        SearchUnit(search_key(search.name, query), query, Span(day_number(window.start), day_number(window.end)))
        for window, query in ((each.window, each.query) for each in search.dated)
    ]


def usual_volume(units: Sequence[SearchUnit], followers: Followers, past: Past) -> float:
    """How many candidates a day of the search has on average, to expect of days that were never asked for.

    Args:
        units: All of the search.
        followers: The search.
        past: What is known.
    """
    if len(units) == 1 and units[0].days is None:
        return past.candidates_a_day(units[0].key, followers, UNKNOWN_SEARCH)
    rows: dict[int, int] = {}
    for unit in units:
        coverage = past.asked(unit.key, followers).coverage
        first, last = unit.days or Span(0, 0)
        for day, on in enumerate(coverage.between(first, last), first):
            if on:
                rows[day] = past.unit(unit.key).rows.get(day, 0)
    recent = [count for day, count in rows.items() if day > max(rows) - _RECENT_DAYS]
    return sum(recent) / len(recent) * followers.rates.candidates_per_row if recent else UNKNOWN_SEARCH
