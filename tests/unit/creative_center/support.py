"""Adapters, lists and synthetic answers in the shapes of both generations."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from tiktok_collector.creative_center.current import CreativeCenter, CreativeCenterLogin
from tiktok_collector.creative_center.hosts import CreativeCenterUrls
from tiktok_collector.creative_center.legacy import CreativeCenterLegacy, LegacyHeaders
from tiktok_collector.http.answer import Answer
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.steps import Step, TrendAdapter, TrendPage

WHEN = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
RETRIEVED = "2026-11-20T16:00:00.000Z"
MIDNIGHT = 1_795_132_800
"""2026-11-20 00:00 UTC."""
URLS = CreativeCenterUrls(main="https://main.test/", us="https://us.test", eu="https://eu.test")
COOKIE = "sid_tt=c0ffee5ecret; csrftoken=cs4fvalue"
CSRF = "an0thercsrf"
SIGNATURE = "5165na7ure5165na"
LOGIN = CreativeCenterLogin(cookie=SecretStr(COOKIE), csrf_token=SecretStr(CSRF))
HEADERS = LegacyHeaders(
    headers={
        "user-sign": SecretStr(SIGNATURE),
        "timestamp": SecretStr("1795132800"),
        "anonymous-user-id": SecretStr("0b0e7a5c-made-up"),
        "lang": SecretStr("en"),
    }
)
BEYOND_DOUBLES = 7_562_062_508_232_576_123
"""As a double its last digits would change."""


def current(*, login: CreativeCenterLogin | None = None) -> TrendAdapter:
    return CreativeCenter(URLS, login)


def legacy(headers: LegacyHeaders | None = HEADERS) -> TrendAdapter:
    return CreativeCenterLegacy("https://main.test/", headers)


def hashtags(country: str = "US", *, period: int = 7, industry: str = "") -> TrendList:
    return _list(TrendSource.CREATIVE_CENTER, TrendKind.HASHTAG, country, period, industry)


def videos(country: str = "US", *, period: int = 7) -> TrendList:
    return _list(TrendSource.CREATIVE_CENTER, TrendKind.VIDEO, country, period, "")


def old(kind: TrendKind, country: str = "US", *, period: int = 7, industry: str = "") -> TrendList:
    return _list(TrendSource.CREATIVE_CENTER_LEGACY, kind, country, period, industry)


def _list(source: TrendSource, kind: TrendKind, country: str, period: int, industry: str) -> TrendList:
    return TrendList(source=source, kind=kind, country=country, period=period, industry=industry)


def answer(body: bytes | object, status: int = 200, *, retry_after: timedelta | None = None) -> Answer:
    return Answer(
        status=status,
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers={},
        sent_at=WHEN,
        latency_ms=300,
        retry_after=retry_after,
        request={},
    )


def read(adapter: TrendAdapter, asked: TrendList, step: Step, body: bytes | object, status: int = 200) -> TrendPage:
    return adapter.read(asked, step, answer(body, status), RETRIEVED)


def hashtag(rank: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "hashtagID": str(9_000 + rank),
        "hashtagName": f"madeup{rank}",
        "rankIndex": rank,
        "publishCnt": str(1_000 * rank),
        "vv": "19583705445",
        "industryIDs": ["23000000000"],
        "popularityCurve": [
            {"timestamp": str(MIDNIGHT - 86_400), "value": 97.7},
            {"timestamp": str(MIDNIGHT), "value": 100},
        ],
        "topCreators": [],
        **more,
    }


def hashtag_answer(items: list[Any], *, total: Any = 100, has_more: Any = True, page: int = 1) -> dict[str, Any]:
    return {
        "BaseResp": {"StatusCode": 0, "StatusMessage": ""},
        "items": items,
        "pagination": {"page": page, "limit": 20, "totalCount": total, "hasMore": has_more},
    }


def overview_answer(**more: Any) -> dict[str, Any]:
    return {
        "BaseResp": {"StatusCode": 0, "StatusMessage": ""},
        "lastDailyEndTimestamp": MIDNIGHT,
        "lastWeeklyEndTimestamp": str(MIDNIGHT - 86_400),
        "lastMonthlyEndTimestamp": MIDNIGHT - 172_800,
        **more,
    }


def video(number: int = 1, **info: Any) -> dict[str, Any]:
    return {
        "itemInfo": {
            "itemID": BEYOND_DOUBLES + number,
            "authorID": BEYOND_DOUBLES - number,
            "creatorID": BEYOND_DOUBLES - number,
            "contentType": 1,
            "createTime": MIDNIGHT,
            "title": f"Made-up video {number}",
            **info,
        },
        "itemAuthorInfo": {"handlerName": f"made.up{number}", "nickName": "Made Up"},
        "itemAuthorMetrics": {"followers": 10},
        "itemMetrics": {
            "videoViews": "5000000000",
            "organicVideoViews": 4_000_000_000,
            "engagementRate": "0.125",
            "sixSecondsVTR": 0.5,
        },
        "contentTags": [{"contentLabelID": 11002, "contentLabelName": "Cooking"}],
    }


def video_answer(entities: list[Any], *, limit: int = 20, has_more: bool = True) -> dict[str, Any]:
    return {
        "BaseResp": {"StatusCode": 0, "StatusMessage": ""},
        "entityInfos": entities,
        "pagination": {"page": 1, "limit": limit, "totalCount": 100, "pageCount": 5, "hasMore": has_more},
    }


def old_answer(key: str, rows: list[Any], *, pagination: dict[str, Any] | None = None) -> dict[str, Any]:
    said = {"page": 1, "size": 50, "total": 100, "has_more": True} if pagination is None else pagination
    return {"code": 0, "msg": "OK", "request_id": "20261120160000ABCDEF", "data": {key: rows, "pagination": said}}


ROWS_KEYS = {
    TrendKind.HASHTAG: "list",
    TrendKind.SOUND: "sound_list",
    TrendKind.KEYWORD: "keyword_list",
    TrendKind.CREATOR: "creators",
    TrendKind.VIDEO: "videos",
}
