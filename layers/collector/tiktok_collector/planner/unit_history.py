"""What is known of one unit of asking: an account, which all cohorts share, or a search with one query."""

import hashlib
from typing import Any, Final

import msgspec

from tiktok_collector.planner.coverage import Coverage

KEPT_DAYS: Final = 40
"""How many days of row counts are kept: enough for an average, and for a control some days later."""


class UnitHistory:
    """Folded from results; every field is a greatest, a least or a set, so their order does not matter.

    Attributes:
        sure: Days that were asked for in runs that found something.
        doubtful: Days that were asked for in runs that found nothing for any of the unit's collections: a control may
            show later that the API was silent.
        failed: By day of creation, the days of the tries that failed since it was last had.
        rows: Videos by day of creation, of the newest `KEPT_DAYS` days; days without any are left out.
        bad_on: When its name last made a query fail; 0 for never.
        fine_on: When it was last asked for without that.
    """

    __slots__ = ("bad_on", "doubtful", "failed", "fine_on", "rows", "sure")

    def __init__(self) -> None:
        self.sure = Coverage()
        self.doubtful = Coverage()
        self.failed: dict[int, set[int]] = {}
        self.rows: dict[int, int] = {}
        self.bad_on = 0
        self.fine_on = 0

    @property
    def bad(self) -> bool:
        """Whether it must be asked for alone."""
        return self.bad_on > 0 and self.bad_on >= self.fine_on

    def note_failed(self, days: set[int], on: int) -> None:
        """These days were asked for on the day `on` and not had."""
        for day in days:
            self.failed.setdefault(day, set()).add(on)

    def note_rows(self, day: int, rows: int) -> None:
        """A pass found so many videos of `day`; the most of all passes counts, since videos are deleted later."""
        if rows > self.rows.get(day, 0):
            self.rows[day] = rows

    def tidy(self) -> None:
        """Drops what later results have made irrelevant."""
        if self.failed:
            kept = {day: {on for on in tries if on > self.sure.on(day)} for day, tries in self.failed.items()}
            self.failed = {day: tries for day, tries in kept.items() if tries}
        oldest = self.sure.newest - KEPT_DAYS
        if self.rows and min(self.rows) <= oldest:
            self.rows = {day: rows for day, rows in self.rows.items() if day > oldest}


def search_key(name: str, query: dict[str, Any]) -> str:
    """The unit of a search: a changed query is a new one. No username has a `#`."""
    digest = hashlib.sha256(msgspec.json.encode(query, order="deterministic")).hexdigest()
    return f"{name}#{digest[:16]}"
