"""The trend endpoints without HTTP."""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sandbox.api.service import Outgoing, Service
from sandbox.api.trend_service import TrendIncoming, TrendService
from sandbox.clock import SandboxClock
from sandbox.settings import Settings, changed
from sandbox.trends import credentials
from sandbox.world import World

NOW = datetime(2026, 8, 3, 12, tzinfo=UTC)
HASHTAGS = {"timeRange": 7, "countryCode": "US", "page": 1, "limit": 20}
LEGACY = {"period": "7", "country_code": "US", "limit": "50"}
EVERY_LIST = (
    "creative_center/hashtags", "creative_center/videos", "legacy/hashtags", "legacy/sounds", "legacy/keywords",
    "legacy/creators", "legacy/videos", "business/hashtags", "business/sounds", "business/keywords",
)  # fmt: skip
KEYS = dict(
    zip(
        EVERY_LIST,
        ("items", "entityInfos", "list", "sound_list", "keyword_list", "creators", "videos", "list", "list",
         "search_keywords"),
        strict=True,
    )
)  # fmt: skip


def trend_world(**options: Any) -> World:
    """Return a small world that ends shortly before `NOW`."""
    sizes: dict[str, Any] = {"accounts": 30, "videos": 3000, "days": 60, "end": NOW.date()} | options
    return World.generate(**sizes)


class Reply(NamedTuple):
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class TrendClient:
    """Calls the trend endpoints of a service with good credentials, or with what it is told."""

    def __init__(self, world: World | None = None, *, now: datetime = NOW, **settings: Any) -> None:
        self.clock = SandboxClock(now, frozen=True)
        self.service = Service(world or trend_world(), self.clock, settings=changed(Settings(), settings))
        self.trends = TrendService(self.service)
        self.headers = self.fresh()

    def fresh(self) -> dict[str, str]:
        """Return headers that are good for all three, made now."""
        now = self.clock.seconds()
        login = credentials.creative_center(now)
        token = credentials.business_api(now)["access_token"]
        return credentials.legacy_headers(now) | {
            "cookie": login["cookie"],
            "x-csrftoken": login["csrf_token"],
            "access-token": token,
        }

    def send(self, endpoint: str, params: Any, headers: dict[str, str] | None = None) -> Outgoing:
        posted = endpoint == "creative_center/hashtags"
        raw = (params if isinstance(params, bytes) else json.dumps(params).encode()) if posted else b""
        query = {} if posted else {name: str(value) for name, value in params.items()}
        return self.trends.handle(TrendIncoming(endpoint, query, self.headers if headers is None else headers, raw))

    def call(self, endpoint: str, params: Any, headers: dict[str, str] | None = None) -> Reply:
        answer = self.send(endpoint, params, headers).answer
        return Reply(answer.status, json.loads(answer.body), answer.headers)

    def usual(self, endpoint: str, **more: Any) -> dict[str, Any]:
        """Return parameters that are good for an endpoint."""
        given: dict[str, Any] = {}
        match endpoint:
            case "creative_center/hashtags":
                given = dict(HASHTAGS)
            case "creative_center/videos":
                overview = self.call("creative_center/overview", {}).body
                given = {"periodDimension": 3, "periodEndTimestamp": overview["lastWeeklyEndTimestamp"]}
                given |= {"orderByMetric": 1, "countryCode": "US", "limit": 20, "page": 1}
            case "legacy/creators":
                given = {"creator_country": "US", "limit": 50}
            case "business/hashtags":
                given = {"advertiser_id": credentials.ADVERTISER_ID, "discovery_type": "HASHTAG"}
            case "business/sounds" | "business/keywords":
                given = {"business_id": credentials.BUSINESS_ID}
            case _:
                given = dict(LEGACY)
        return given | more

    def rows(self, endpoint: str, **more: Any) -> list[Any]:
        """Return the rows of one page."""
        return rows_of(endpoint, self.call(endpoint, self.usual(endpoint, **more)).body)

    def all_rows(self, endpoint: str, **more: Any) -> list[Any]:
        """Page to the end as a client would."""
        found: list[Any] = []
        for page in range(1, 200):
            body = self.call(endpoint, self.usual(endpoint, page=page, **more)).body
            found += rows_of(endpoint, body)
            if not more_follows(body):
                return found
        raise AssertionError("paging does not end")


def rows_of(endpoint: str, body: dict[str, Any]) -> list[Any]:
    rows: list[Any] = body.get("data", body)[KEYS[endpoint]]
    return rows


def more_follows(body: dict[str, Any]) -> bool:
    pagination = body.get("pagination") or body.get("data", {}).get("pagination") or {}
    return bool(pagination.get("hasMore") or pagination.get("has_more"))
