"""Synthetic answers of the Business API, in its shapes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st
from pydantic import SecretStr

from tiktok_collector.business_api.adapter import BusinessApi
from tiktok_collector.business_api.credentials import BusinessCredentials
from tiktok_collector.http.answer import Answer
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.steps import TrendPage

WHEN = "2026-11-21T06:00:00.000Z"
URL = "http://127.0.0.1:8080"
TOKEN = "tok.3f9a-SECRET_0123456789abcdef"
ADVERTISER = "7300000000000000011"
ACCOUNT = "open-id-of-nobody"
CREDENTIALS = BusinessCredentials(access_token=SecretStr(TOKEN), advertiser_id=ADVERTISER, business_id=ACCOUNT)
API = BusinessApi(URL, CREDENTIALS)

HASHTAGS = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.HASHTAG, country="US", period=7)
SOUNDS = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.SOUND, country="GB", period=90)
KEYWORDS = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.KEYWORD)
ALL = (HASHTAGS, SOUNDS, KEYWORDS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(10**60), 10**60) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def rows_key(asked: TrendList) -> str:
    return "search_keywords" if asked.kind is TrendKind.KEYWORD else "list"


def body(rows: Any, asked: TrendList = HASHTAGS, **more: Any) -> dict[str, Any]:
    return {"code": 0, "message": "OK", "request_id": "20261121060000F00", "data": {rows_key(asked): rows}, **more}


def refusal(code: Any, message: str = "") -> dict[str, Any]:
    return {"code": code, "message": message, "request_id": "20261121060000F00", "data": {}}


def answer(content: Any, status: int = 200, retry_after: timedelta | None = None) -> Answer:
    return Answer(
        status=status,
        body=content if isinstance(content, bytes) else msgspec.json.encode(content),
        headers={},
        sent_at=datetime(2026, 11, 21, 6, 0, tzinfo=UTC),
        latency_ms=300,
        retry_after=retry_after,
        request={},
    )


def read(
    content: Any, asked: TrendList = HASHTAGS, status: int = 200, retry_after: timedelta | None = None
) -> TrendPage:
    """What the adapter makes of an answer to its own first step."""
    return API.read(asked, API.first(asked), answer(content, status, retry_after), WHEN)


def hashtag(**more: Any) -> dict[str, Any]:
    return {
        "hashtag_id": "1650000000000001",
        "hashtag_name": "autumnwalk",
        "rank_position": 3,
        "rank_change": 2,
        "views": 21_000_000_000,
        "posts": 41_000,
        "views_global_lifetime": 90_000_000_000,
        "posts_global_lifetime": 300_000,
        "top_country_list": ["US", "CA"],
        "trending_history": [
            {"date": "2026-11-19", "rank_position_daily": 9, "views_daily": 2_000},
            {"date": "2026-11-20", "rank_position_daily": None, "views_daily": None},
            {"date": "2026-11-21", "rank_position_daily": 3, "views_daily": 8_000},
        ],
        **more,
    }


def sound(**more: Any) -> dict[str, Any]:
    return {
        "commercial_music_id": "7250000000000000021",
        "commercial_music_name": "Slow Rain",
        "artist": "Made Up Trio",
        "duration": 62,
        "genres": ["POP", "EASY_LISTENING"],
        "rank_position": "5",
        "thumbnail_url": "http://127.0.0.1/cover",
        "preview_url": "http://127.0.0.1/preview",
        "trending_history": [{"date": "2026-11-20", "rank_position_daily": "7"}],
        "full_duration_song_clip": {"song_clip_id": "7250000000000000022", "duration": 62},
        "trending_song_clip": {"song_clip_id": "7250000000000000023", "duration": 20},
        **more,
    }
