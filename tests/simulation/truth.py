"""What the sandbox could have served of a study, by its own clock and lag, whatever the collector did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.query import parse_query
from sandbox.world import World
from sandbox.world.catalog import DAY, midnight
from tests.simulation.study import FIRST_PASS, LAST_PASS


@dataclass(frozen=True)
class Studied:
    """What the month's study is about.

    Attributes:
        cohorts: Accounts by name of the cohort.
        searches: Queries by name of the search.
        first_day: Of the videos.
        begin: The first day on which the study asked.
        last_asked: The last one.
        last_due: What was due by this day must be there: a day whose pass falls due while an earlier request for it is
            under way is asked for once that is over.
    """

    cohorts: Mapping[str, tuple[str, ...]]
    searches: Mapping[str, Mapping[str, Any]]
    first_day: date
    begin: date
    last_asked: date
    last_due: date

    @property
    def units(self) -> dict[str, tuple[str, ...]]:
        """What each collection is made of: its accounts, or the search itself."""
        return {**self.cohorts, **{name: (name,) for name in self.searches}}

    def query(self, *units: str) -> Mapping[str, Any]:
        """The query for all videos of a search, or of some accounts."""
        if units[0] in self.searches:
            return self.searches[units[0]]
        return {"and": [{"field_name": "username", "operation": "IN", "field_values": list(units)}]}

    def days(self) -> dict[date, datetime]:
        """The days of videos that have been asked for, with the moment from which their last pass was due."""
        number = (self.last_due - self.first_day).days - FIRST_PASS + 1
        return {day: self._due(day) for day in (self.first_day + timedelta(days=each) for each in range(number))}

    def _due(self, day: date) -> datetime:
        age = LAST_PASS if day + timedelta(days=LAST_PASS) <= self.last_due else FIRST_PASS
        return datetime.combine(day + timedelta(days=age), time(), UTC)


class Truth:
    """The videos that queries find, seen from outside of the API."""

    def __init__(self, world: World) -> None:
        self._world = world

    def served_throughout(self, query: Mapping[str, Any], day: date, since: datetime, until: datetime) -> set[int]:
        """The videos of a day (of creation) that every request between the two moments would have been given.

        A video comes into the archive once and may be deleted once; so these are there at both moments.
        """
        return self._at(query, day, since) & self._at(query, day, until)

    def ever(self, query: Mapping[str, Any], first: date, last: date, until: datetime) -> set[int]:
        """The videos of these days that were in the archive at some time, deleted ones included."""
        catalog = self._world.catalog
        found = catalog.candidates(parse_query(query), midnight(first), midnight(last) + DAY, self._world.moment(until))
        return set(catalog.videos.ids[found].tolist())

    def comments(self, videos: Iterable[int], until: datetime) -> set[int]:
        """The ids of all comments on the videos."""
        return {row["id"] for video in videos for row in self._world.comments_of(video, until)}

    def _at(self, query: Mapping[str, Any], day: date, moment: datetime) -> set[int]:
        catalog, at = self._world.catalog, self._world.moment(moment)
        found = catalog.candidates(parse_query(query), midnight(day), midnight(day) + DAY, at)
        return set(catalog.videos.ids[catalog.alive(found, at)].tolist())
