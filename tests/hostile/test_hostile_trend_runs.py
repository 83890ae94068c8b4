"""The function `trend_ingestion` over AWS with sources and objects that are broken: other lists come all the same."""

import importlib.util
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import pytest

from tests.integration.collection.cloud import BUCKET
from tests.integration.collection.deployed import Context
from tests.integration.trends.conftest import make_trends
from tests.integration.trends.test_ingestion import EVERYTHING, hashtags
from tests.integration.trends.trend_cloud import TrendCloud, watched
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.lake.trend_keys import trend_page_key, trend_poll_key, trend_rows_key, trend_summary_key
from tiktok_collector.trend_lists.kinds import TrendSource
from tiktok_collector.trend_lists.summary import Flag

if TYPE_CHECKING:
    from tests.integration.trends.conftest import MakeTrendCloud
    from tiktok_collector.http.answer import Answer

__all__ = ["make_trends"]

APP = Path(__file__).parents[2] / "functions" / "trend_ingestion" / "app.py"
ROW: dict[str, Any] = {"hashtag_name": {}, "clip_id": [], "keyword": {}, "user_id": None, "item_id": "\ud800"}
LISTS = ("list", "sound_list", "keyword_list", "creators", "videos", "items", "entityInfos", "rank_list")


def answers(rows: Any, **more: Any) -> bytes:
    """A body in the shape of every source at once."""
    data = {**dict.fromkeys(LISTS, rows), "pagination": {"total": 10**30, "has_more": "perhaps", "page": -1}, **more}
    return json.dumps({"code": 0, "msg": "OK", "BaseResp": {"StatusCode": 0}, "data": data, **data}).encode()


BODIES = {
    "no UTF-8": b'{"code": 0, "data": "\xff"}',
    "too deep": b'{"code": 0, "data": ' + b"[" * 200_000,
    "rows that are none": answers([None, 1, "x", [], {}, ROW]),
    "a dictionary of rows": answers({"0": ROW}),
}


@dataclass
class Broken:
    """An HTTP client to which every answer about Great Britain is broken."""

    http: Any
    body: bytes
    received: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def send(self, method: str, url: str, **more: Any) -> "Answer":
        answer: Answer = self.http.send(method, url, **more)
        if "GB" not in json.dumps([more.get("params"), more.get("body"), urlsplit(url).query], default=str):
            return answer
        self.received.append(self.body)
        return replace(answer, body=self.body)


def handle(trends: TrendCloud, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch, body: bytes) -> dict[str, Any]:
    """What the entry point answers."""
    spec = importlib.util.spec_from_file_location("app_of_trend_ingestion", APP)
    assert spec
    assert spec.loader
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    services = trends.services()
    monkeypatch.setattr(app, "_services", lambda: watched(services, Broken(services.http, body)))
    report: dict[str, Any] = app.handler(event, Context("request-1"))
    return report


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_broken_answers_of_one_country_leave_the_other_whole(
    make_trends: "MakeTrendCloud", monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    trends = make_trends(spacing=0)
    report = handle(trends, {**EVERYTHING, "rows": 20}, monkeypatch, body)
    assert report["lists"] == 12
    poll = trends.summaries.poll(report["day"], report["poll"])
    assert poll
    pages = RawPageStore(trends.cloud.s3, BUCKET)
    for outcome in poll.lists:
        if outcome.asked.country == "US":
            assert outcome.gap is None
            assert outcome.rows >= 20
            continue
        assert outcome.rows == 0
        page = pages.get(trend_page_key(outcome.asked, report["day"], report["poll"], 0))
        assert outcome.gap if page is None else page[1] == body
    summary = trends.summary(report["day"])
    assert {each.asked.country for each in summary.lists if each.good_polls} == {"US"}


def test_damaged_objects_stop_no_other_list(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(spacing=0)
    objects, only = ObjectStore(trends.cloud.s3, BUCKET), {"hashtag": ["creative_center", "business_api"]}
    event = {"countries": ["US"], "kinds": only, "rows": 20, "run_id": "again", "acknowledge_unofficial_terms": True}
    before = trends.ingest(event)
    day = before.day
    damaged = hashtags(TrendSource.CREATIVE_CENTER)
    objects.put_bytes(trend_rows_key(damaged, day, "again"), b"\xff")
    objects.put_bytes(trend_poll_key(day, "other"), b'{"day": "\xff"}')
    objects.put_bytes(trend_poll_key(day, "moved"), objects.get_bytes(trend_poll_key(day, "again")) or b"")
    for strange in ("trends/summaries/readme.txt", "trends/summaries/dt=0000-00-00.json.gz"):
        objects.put_bytes(strange, b"x")
    objects.put_bytes(trend_summary_key("2026-11-01"), gzipped(b'{"lists": "\xff"}'))
    trends.ingest({**event, "run_id": "next", "countries": ["GB"]})
    lists = {each.asked: each for each in trends.summary(day).lists}
    assert lists[damaged].flags == (Flag.GAP,)
    assert trend_rows_key(damaged, day, "again") in lists[damaged].gaps[0]
    assert sum(each.good_polls for each in lists.values()) == 3


def test_a_poll_that_cannot_be_read_begins_again_with_its_stored_answers(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(spacing=0)
    event = {"countries": ["US"], "kinds": {"hashtag": "business_api"}, "rows": 20, "run_id": "again"}
    first = trends.ingest(event)
    poll = trends.poll(first)
    ObjectStore(trends.cloud.s3, BUCKET).put_bytes(trend_poll_key(first.day, "again"), b'{"day": "\xff"}')
    second = trends.ingest(event)
    assert (second.requests, second.complete) == (0, 1)
    assert [each.rows for each in trends.poll(second).lists] == [each.rows for each in poll.lists]
    assert any("a poll begins again" in line for line, _ in trends.cloud.log.lines)
