"""How much there is: candidates a day, and requests that follow from a video, as measured and as assumed before that.

The API counts candidates: rows that it gives and rows that it drops, such as those of deleted videos.
"""

from collections.abc import Iterable
from typing import Final

from tiktok_collector.planner.asked_days import AskedDays
from tiktok_collector.planner.collection_history import CollectionHistory, Tally, total
from tiktok_collector.planner.unit_history import UnitHistory
from tiktok_collector.study.collections import Depth

UNKNOWN_ACCOUNT: Final = 0.5
"""Candidates a day of an account that was never asked for."""
UNKNOWN_SEARCH: Final = 100.0
"""Candidates a day of a search that was never made."""
UNKNOWN_COMMENT_REQUESTS: Final = 1.2
"""Requests for the comments of one video."""
PLAYLIST_REQUESTS: Final = 0.05
"""Requests for playlists that follow from one video: few videos are in one, and several share it. Not measured."""
_COMMENT_PAGE: Final = 100


class Rates:
    """What several collections together bring on average."""

    def __init__(self, histories: Iterable[CollectionHistory]) -> None:
        self._sums: Tally = total(tally for history in histories for tally in history.tallies.values())

    @property
    def candidates_per_row(self) -> float:
        """At least 1."""
        return max(1.0, self._sums.candidates / self._sums.rows) if self._sums.rows else 1.0

    def requests_per_row(self, depth: Depth) -> float:
        """Requests that follow from one video if it is collected with this depth."""
        return self.comments_per_row(depth) + self.playlists_per_row(depth)

    def comments_per_row(self, depth: Depth) -> float:
        """Requests for the comments of one video, those of videos without any among them."""
        if not depth.comments:
            return 0.0
        if self._sums.commented_rows:
            return self._sums.comment_requests / self._sums.commented_rows
        if depth.max_comments is not None and depth.max_comments <= _COMMENT_PAGE and not depth.replies:
            return 1.0
        return UNKNOWN_COMMENT_REQUESTS

    def playlists_per_row(self, depth: Depth) -> float:
        """Requests for playlists that follow from one video."""
        return PLAYLIST_REQUESTS if depth.playlists else 0.0

    def per_visit(self, endpoint: str) -> float | None:
        """Requests to `endpoint` for one account; None if none was visited of late."""
        visits = self._sums.visits.get(endpoint, 0)
        return self._sums.asked.get(endpoint, 0) / visits if visits else None


def rows_a_day(unit: UnitHistory, asked: AskedDays) -> float | None:
    """The average of the newest days that are had; None if there is none."""
    if not asked.recent:
        return None
    return sum(rows for day, rows in unit.rows.items() if day in asked.recent) / len(asked.recent)
