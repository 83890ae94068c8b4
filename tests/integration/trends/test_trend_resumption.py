"""Polls that are gone on with: what is there of a list stays, whatever stops the next invocation."""

import tracemalloc
from typing import TYPE_CHECKING, Any

from tests.integration.collection.cloud import BUCKET
from tests.integration.collection.saboteur import Saboteur
from tests.integration.trends.test_days import SETTINGS, TICK
from tests.integration.trends.test_ingestion import CURRENT, hashtags, only
from tests.integration.trends.test_trend_crashes import WatchedHttp
from tests.integration.trends.trend_cloud import TrendCloud, watched
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.trend_keys import trend_rows_key
from tiktok_collector.trend_lists.row_lines import encode_rows
from tiktok_collector.trend_lists.rows import Curve, CurvePoint, HashtagRow, RankFrom
from tiktok_collector.trends.poll import GapReason, ListOutcome, Poll
from tiktok_collector.trends.study_polls import BUSY_AD_HOC

if TYPE_CHECKING:
    from tests.integration.trends.conftest import MakeTrendCloud

THREE = only("hashtag", "creative_center", countries=["US", "GB", "DE"])


def killed(trends: TrendCloud, event: dict[str, Any], fatal: int) -> None:
    """An invocation that dies after so many of its writes and requests."""
    saboteur = Saboteur(trends.cloud)
    with saboteur.watching(fatal):
        services = trends.services()
        trends.ingest(event, services=watched(services, WatchedHttp(services.http, saboteur)))
    assert saboteur.dead
    trends.advance(hours=1)


def test_a_list_that_is_stopped_before_it_begins_keeps_the_rows_that_it_has(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(threads=2)
    event = {**THREE, "daily_requests": 8}
    first = trends.ingest(event)
    assert first.rows == 160
    for _ in range(3):
        again = trends.ingest(event)
        assert (again.rows, again.requests, again.open) == (160, 0, first.open)
    for outcome in trends.poll(first).lists:
        assert outcome.rows == (len(trends.rows(outcome)) if outcome.rows_key else 0)


def test_a_login_that_is_gone_takes_nothing_of_what_it_brought(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(spacing=5)
    event = only("hashtag", "creative_center")
    first = trends.ingest(event, seconds=45)
    assert 20 < first.rows < 100
    trends.cloud.secrets.put_secret_value(SecretId=trends.secret_id, SecretString="{}")
    second = trends.ingest(event)
    outcome = trends.outcome(second, hashtags(CURRENT))
    assert (second.rows, second.requests, len(trends.rows(outcome))) == (first.rows, 0, first.rows)
    assert (outcome.capped, outcome.gap) == (True, None)


def test_killed_after_the_secret_was_renewed_the_next_tick_asks_all_the_same(make_trends: "MakeTrendCloud") -> None:
    for fatal in (2, 4, 9):
        trends = make_trends(settings={"login_lifetime_seconds": 3_600 * 3})
        trends.advance(hours=4)
        assert {gap.reason for gap in trends.ingest(THREE).gaps} == {GapReason.CREDENTIALS_REJECTED}
        trends.store_credentials()
        killed(trends, THREE, fatal)
        report = trends.ingest(THREE)
        assert (report.gaps, report.complete) == ((), 3), fatal


def test_what_a_killed_invocation_added_to_a_partial_list_becomes_rows_when_the_poll_is_over(
    make_trends: "MakeTrendCloud",
) -> None:
    trends = make_trends(spacing=5)
    trends.study({**SETTINGS, "countries": ["US"]})
    first = trends.ingest(TICK, seconds=40)
    partial = trends.outcome(first, hashtags(CURRENT))
    assert partial.gap
    assert 0 < partial.pages < 4
    killed(trends, TICK, 5)
    trends.advance(hours=4)
    trends.ingest(TICK)
    ended = trends.outcome(first, hashtags(CURRENT))
    stored = [key for key in trends.stored_keys() if f"/{first.poll}-" in key and "-raw-" in key]
    assert ended.pages == len(stored) == partial.pages + 1
    assert ended.gap
    assert ended.gap.reason is partial.gap.reason


def test_an_ad_hoc_run_that_stands_back_says_that_it_is_to_be_sent_again(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    lease = trends.services().polls(trends.cloud.log)._lease
    assert lease.acquire(trends.cloud.clock.now().replace(hour=23))
    assert trends.ingest(THREE).note == BUSY_AD_HOC
    assert trends.served() == 0


def test_the_curves_of_a_day_are_not_held_in_memory_together(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(credentials=None)
    points = tuple(CurvePoint(f"2026-10-{number:02d}T00:00:00Z", number / 31) for number in range(1, 31))
    objects, day = ObjectStore(trends.cloud.s3, BUCKET), "2026-11-20"
    outcomes = []
    for country in ("US", "GB", "DE", "FR", "JP", "IT", "ES", "BR"):
        asked = hashtags(CURRENT, country)
        rows = [
            HashtagRow(
                asked=asked,
                retrieved_at=f"{day}T09:00:00Z",
                rank=rank,
                rank_from=RankFrom.SOURCE,
                hashtag=f"tag{rank}",
                name=f"tag{rank}",
                curve=Curve(points=points, scale=1.0),
            )
            for rank in range(1, 101)
        ]
        key = trend_rows_key(asked, day, "p1")
        objects.put_bytes(key, gzipped(encode_rows(rows)), content_type="application/gzip")
        outcomes.append(ListOutcome(asked=asked, pages=5, rows=100, rows_key=key, retrieved_at=f"{day}T09:00:00Z"))
    at = f"{day}T09:00:00Z"
    poll = Poll(
        day=day, name="p1", run_id="r", work_class="scheduled", started_at=at, updated_at=at, lists=tuple(outcomes)
    )
    trends.summaries.store_poll(poll)
    tracemalloc.start()
    summary = trends.summaries.write(day)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(each.entries) for each in summary.lists] == [100] * 8
    assert peak < 2_000_000


def test_a_kind_that_fails_everywhere_does_not_use_up_the_budget_of_the_others(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(faults=[{"kind": "html", "endpoint": "creative_center/hashtags"}])
    countries = ["US", "GB", "DE", "FR", "JP", "IT", "ES", "BR", "CA", "AU"]
    kinds = {"hashtag": "creative_center", "video": "creative_center"}
    report = trends.ingest({**THREE, "countries": countries, "kinds": kinds, "daily_requests": 80})
    (gap,) = report.gaps
    assert (gap.kind, gap.reason, gap.lists) == ("hashtag", GapReason.SOURCE_FAILS, 10)
    assert report.complete == 10
    assert report.requests == trends.served() == 3 * 3 + 7 + 10 * 6


def test_failed_requests_are_repeated_again_once_the_kind_has_answered(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    faults = trends.cloud.sandbox.faults
    for country in ("US", "GB", "DE"):
        faults.add("html", endpoint="creative_center/hashtags", match={"country": country})
    faults.add("html", endpoint="creative_center/hashtags", match={"country": "JP"}, times=2)
    report = trends.ingest({**THREE, "countries": ["US", "GB", "DE", "FR", "JP"]})
    assert (report.complete, report.requests) == (2, 3 * 3 + 5 + 5 + 2)


def test_what_a_changed_study_asks_for_in_vain_is_said_by_the_poll_that_is_complete(
    make_trends: "MakeTrendCloud",
) -> None:
    trends = make_trends()
    trends.study(SETTINGS)
    assert trends.ingest(TICK).gaps == ()
    trends.study({**SETTINGS, "countries": ["US", "GB", "CH"]})
    for _ in range(2):
        report = trends.ingest(TICK)
        assert [(gap.reason, gap.lists) for gap in report.gaps] == [(GapReason.NOT_OFFERED, 0)]
        assert (report.requests, report.open) == (0, 0)
        assert trends.poll(report).refused
        assert trends.poll(report).finished_at
