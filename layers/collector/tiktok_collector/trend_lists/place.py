"""Where a row stands in its list, whatever its source."""

from dataclasses import dataclass
from typing import Any, Final

from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.rows import RankFrom

MOST_ROWS: Final = 1_000
"""So many rows of an answer are read; five times the longest known, so that a broken one cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its list, when its page came, and its position in the list, from 1."""

    asked: TrendList
    retrieved_at: str
    position: int

    def standing(self, rank: Any = None) -> dict[str, Any]:
        """What the rows of all kinds have in common; without a rank of the source the position is the rank."""
        stated = lenient.count(rank)
        return {
            "asked": self.asked,
            "retrieved_at": self.retrieved_at,
            "rank": stated or self.position,
            "rank_from": RankFrom.SOURCE if stated else RankFrom.POSITION,
        }
