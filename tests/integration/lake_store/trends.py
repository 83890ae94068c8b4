"""Polls of trends as `trend_ingestion` leaves them."""

import msgspec

from tests.integration.lake_store.store import AT, DAY, LakeStore
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.trend_keys import trend_poll_key, trend_rows_key
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.row_lines import encode_rows
from tiktok_collector.trend_lists.rows import Curve, CurvePoint, HashtagRow, RankFrom, TrendRow, VideoRow
from tiktok_collector.trends.poll import ListOutcome, Poll

HASHTAGS = TrendList(source=TrendSource.CREATIVE_CENTER, kind=TrendKind.HASHTAG, country="US", period=7)
VIDEOS = TrendList(source=TrendSource.CREATIVE_CENTER, kind=TrendKind.VIDEO, country="US", period=7)
CURVE = Curve((CurvePoint("2026-11-19", 0.5), CurvePoint("2026-11-20", 1.0)), 1.0)


def hashtag(name: str, rank: int) -> HashtagRow:
    return HashtagRow(
        asked=HASHTAGS,
        retrieved_at=AT,
        rank=rank,
        rank_from=RankFrom.SOURCE,
        hashtag=name.lower(),
        name=name,
        hashtag_id="42",
        posts=7,
        curve=CURVE,
    )


def video(identifier: str, rank: int) -> VideoRow:
    return VideoRow(
        asked=VIDEOS,
        retrieved_at=AT,
        rank=rank,
        rank_from=RankFrom.POSITION,
        video_id=identifier,
        title="a caption",
        author_id="9",
        username="alice",
        views=5,
    )


def store_poll(
    store: LakeStore, name: str, *, finished: bool, rows: tuple[TrendRow, ...] = (hashtag("Cats", 1), video("77", 1))
) -> None:
    """Stores a poll of the two lists, as it is while it goes on or once it has ended."""
    outcomes = []
    for asked in (HASHTAGS, VIDEOS):
        mine = [row for row in rows if row.asked == asked]
        key = trend_rows_key(asked, DAY, name)
        store.files.objects.put_bytes(key, gzipped(encode_rows(mine)))
        outcomes.append(ListOutcome(asked=asked, pages=1, rows=len(mine), rows_key=key, retrieved_at=AT))
    poll = Poll(
        day=DAY,
        name=name,
        run_id=f"trends-20261120-{name}",
        work_class="scheduled",
        started_at=AT,
        updated_at=AT,
        finished_at=AT if finished else None,
        lists=tuple(outcomes),
    )
    store.files.objects.put_json(trend_poll_key(DAY, name), msgspec.to_builtins(poll))
