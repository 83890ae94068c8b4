"""Synthetic rows of trends."""

from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.rows import HashtagRow, RankFrom

CURRENT = TrendSource.CREATIVE_CENTER
US = TrendList(source=CURRENT, kind=TrendKind.HASHTAG, country="US", period=7)


def hashtag(name: str, rank: int, asked: TrendList = US, hashtag_id: str | None = None) -> HashtagRow:
    """A row with as little as a row can have."""
    return HashtagRow(
        asked=asked,
        retrieved_at="2026-09-01T06:00:00Z",
        rank=rank,
        rank_from=RankFrom.SOURCE,
        hashtag=name.casefold(),
        name=name,
        hashtag_id=hashtag_id,
    )
