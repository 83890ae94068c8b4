"""What the planner asks about the past of a study on one day; each answer is worked out once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tiktok_collector.planner.asked_days import AskedDays, AskedDaysOf, Silences
from tiktok_collector.planner.bad_names import left_to_others
from tiktok_collector.planner.broken_days import broken_days
from tiktok_collector.planner.calendar import Calendar
from tiktok_collector.planner.collection_history import CollectionHistory
from tiktok_collector.planner.depths import effective
from tiktok_collector.planner.due_days import DueDays, Following, due_days
from tiktok_collector.planner.state import EVIDENCE_DAYS, StudyState
from tiktok_collector.planner.unit_history import UnitHistory
from tiktok_collector.planner.volumes import Rates, rows_a_day
from tiktok_collector.study.collections import Cohort, Search

_ABOUT: Final = 0.9
"""Batches are balanced, so that hardly two sets of accounts have the same size of batch."""

type Collections = Sequence[Cohort | Search]


@dataclass(frozen=True, slots=True)
class Followers:
    """The collections that have a unit in common."""

    names: tuple[str, ...]
    following: tuple[Following, ...]
    silences: Silences
    rates: Rates

    @property
    def youngest(self) -> int:
        """The smallest age at which any of them asks."""
        return min(each.calendar.passes[0] for each in self.following)


class Past:
    """A state, seen on the day that is planned."""

    def __init__(self, state: StudyState, today: int) -> None:
        self.state = state
        self.today = today
        self.broken = broken_days(state)
        self._asked_days_of = AskedDaysOf()
        self._due: dict[object, DueDays] = {}
        self._same: dict[DueDays, DueDays] = {}

    def unit(self, key: str) -> UnitHistory:
        """The history of a unit, empty if it has none."""
        return self.state.units.get(key) or UnitHistory()

    def collection(self, name: str) -> CollectionHistory:
        """The history of a collection, empty if it has none."""
        return self.state.collections.get(name) or CollectionHistory()

    @property
    def too_large(self) -> int | None:
        """The size of the smallest batch of late that failed though its halves did not.

        Where one of about that size went through on the same day or later, it was not for its size.
        """
        large_enough = self.state.went_through.items()
        sizes = [
            size
            for on, size in self.state.too_large.items()
            if on > self.today - EVIDENCE_DAYS
            and not any(later >= on and whole >= _ABOUT * size for later, whole in large_enough)
        ]
        return min(sizes, default=None)

    def rates(self, names: Iterable[str]) -> Rates:
        """The averages of these collections together."""
        return Rates(self.collection(name) for name in names)

    def followers(self, collections: Collections) -> Followers:
        """What must be known of the collections that have a unit, to see what is due of it."""
        names = tuple(each.name for each in collections)
        periods = {period for name in names for period in self.collection(name).silences()}
        return Followers(
            names,
            tuple(Following(each.name, Calendar.of(each.schedule), effective(each.depth)) for each in collections),
            tuple(sorted(periods)),
            self.rates(names),
        )

    def asked(self, key: str, followers: Followers) -> AskedDays:
        """The days that a unit has."""
        return self._asked_days_of(self.unit(key), followers.silences, followers.youngest)

    def candidates_a_day(self, key: str, followers: Followers, unknown: float) -> float:
        """How many candidates a day of a unit has on average; `unknown` if none of its days is had."""
        rows = rows_a_day(self.unit(key), self.asked(key, followers))
        return unknown if rows is None else rows * followers.rates.candidates_per_row

    def due(self, key: str, followers: Followers, taken: frozenset[int] = frozenset()) -> DueDays:
        """What is due of a unit; the same object for all units of which the same is due.

        Args:
            key: The unit.
            followers: The collections that have it.
            taken: Its days that are being asked for already.
        """
        asked, bad = self.asked(key, followers), self.unit(key).bad
        question = (id(asked), followers.following, taken, bad)
        if question not in self._due:
            setbacks = left_to_others(self.broken, self.today) if bad else asked.setbacks | self.broken
            due = due_days(followers.following, asked.coverage, setbacks, taken, self.today)
            self._due[question] = self._same.setdefault(due, due)
        return self._due[question]
