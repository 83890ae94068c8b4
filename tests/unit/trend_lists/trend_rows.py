"""Synthetic rows of trends."""

from collections.abc import Iterable
from typing import Any

from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.rows import HashtagRow, RankFrom
from tiktok_collector.trend_lists.summary import ListAnswer
from tiktok_collector.trend_lists.text import normalise

CURRENT = TrendSource.CREATIVE_CENTER
US = TrendList(source=CURRENT, kind=TrendKind.HASHTAG, country="US", period=7)


def hashtag(name: str, rank: int, asked: TrendList = US, hashtag_id: str | None = None) -> HashtagRow:
    """A row with as little as a row can have."""
    return HashtagRow(
        asked=asked,
        retrieved_at="2026-09-01T06:00:00Z",
        rank=rank,
        rank_from=RankFrom.SOURCE,
        hashtag=normalise(name),
        name=name,
        hashtag_id=hashtag_id,
    )


def answer(names: Iterable[str], poll: str = "p1", asked: TrendList = US, **others: Any) -> ListAnswer:
    """What a poll brought: these names, ranked from 1. Polls are as old as their names."""
    rows = tuple(hashtag(name, rank, asked) for rank, name in enumerate(names, start=1))
    return ListAnswer(asked=asked, poll=poll, at=f"2026-09-01T{poll}", rows=rows, **others)


def numbered(count: int, start: int = 0) -> list[str]:
    """So many names."""
    return [f"tag{number}" for number in range(start, start + count)]
