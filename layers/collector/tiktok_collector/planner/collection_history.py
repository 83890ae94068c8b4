"""What is known of one collection: how much its requests bring, and whether the API answers it at all."""

from collections.abc import Iterable
from typing import Final

import msgspec

KEPT_DAYS: Final = 60
"""How many days of tallies are kept."""


class Tally(msgspec.Struct, omit_defaults=True):
    """Sums over the results of one day. `commented_*` are those of results in which comments were asked for.

    `asked` and `visits` are requests and accounts by endpoint.
    """

    rows: int = 0
    candidates: int = 0
    commented_rows: int = 0
    comment_requests: int = 0
    asked: dict[str, int] = {}
    visits: dict[str, int] = {}

    def add(self, other: "Tally") -> None:
        """Adds the sums of `other`."""
        self.rows += other.rows
        self.candidates += other.candidates
        self.commented_rows += other.commented_rows
        self.comment_requests += other.comment_requests
        for mine, theirs in ((self.asked, other.asked), (self.visits, other.visits)):
            for endpoint, count in theirs.items():
                mine[endpoint] = mine.get(endpoint, 0) + count


class CollectionHistory(msgspec.Struct):
    """Days are `day_number`s of plans.

    Attributes:
        asked_on: The newest day on which its videos were asked for.
        alive: Days on which the API gave something, to the collection or to its control.
        silent: Days on which its control got nothing.
        controls: Days of all controls.
        tallies: By day, of the newest `KEPT_DAYS` days.
    """

    asked_on: int = 0
    alive: set[int] = set()
    silent: set[int] = set()
    controls: set[int] = set()
    tallies: dict[int, Tally] = {}

    def tally(self, on: int) -> Tally:
        """The sums of one day, to add to."""
        return self.tallies.setdefault(on, Tally())

    def note_control(self, on: int, *, silent: bool) -> None:
        """A control of the day `on` has been answered, or not."""
        self.controls.add(on)
        (self.silent if silent else self.alive).add(on)

    def tidy(self, newest: int) -> None:
        """Drops tallies that are too old to matter."""
        self.tallies = {on: tally for on, tally in self.tallies.items() if on > newest - KEPT_DAYS}

    def silences(self) -> tuple[tuple[int, int], ...]:
        """The first and last days of the periods in which the API was silent, as far as controls show.

        A period goes from the day after the last sign of life before a silent control to the day before the next one;
        while there is none its end is far away.
        """
        periods = {(self._before(day), self._after(day)) for day in self.silent - self.alive}
        return tuple(sorted(periods))

    @property
    def silent_now(self) -> bool:
        """Whether the last that was heard is a silent control."""
        return bool(self.silent) and max(self.silent) > max(self.alive, default=0)

    def _before(self, day: int) -> int:
        return max((each for each in self.alive if each < day), default=0) + 1

    def _after(self, day: int) -> int:
        return min((each for each in self.alive if each > day), default=_FAR_AWAY) - 1


def total(tallies: Iterable[Tally]) -> Tally:
    """The sums of all of them."""
    result = Tally()
    for tally in tallies:
        result.add(tally)
    return result


_FAR_AWAY: Final = 1 << 16
