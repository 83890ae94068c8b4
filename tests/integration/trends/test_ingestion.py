"""Polls of trend lists against the sandbox: what is asked, stored and told."""

from dataclasses import replace as dataclass_replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.integration.trends.trend_cloud import TrendCloud
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trends.poll import GapReason

if TYPE_CHECKING:
    from tests.integration.trends.conftest import MakeTrendCloud

CURRENT, LEGACY, BUSINESS = (
    TrendSource.CREATIVE_CENTER,
    TrendSource.CREATIVE_CENTER_LEGACY,
    TrendSource.BUSINESS_API,
)
EVERYTHING: dict[str, Any] = {
    "countries": ["US", "GB"],
    "kinds": {
        "hashtag": ["creative_center", "business_api"],
        "sound": "creative_center_legacy",
        "keyword": "creative_center_legacy",
        "creator": "creative_center_legacy",
        "video": "creative_center",
    },
    "acknowledge_unofficial_terms": True,
    "run_id": "everything",
}


def hashtags(source: TrendSource, country: str = "US", period: int = 7) -> TrendList:
    return TrendList(source=source, kind=TrendKind.HASHTAG, country=country, period=period)


def only(kind: str, source: str, **more: Any) -> dict[str, Any]:
    return {
        "countries": ["US"],
        "kinds": {kind: source},
        "acknowledge_unofficial_terms": True,
        "run_id": "only",
        **more,
    }


def reasons(trends: TrendCloud, event: dict[str, Any]) -> dict[str, str]:
    return {gap.reason: gap.message for gap in trends.ingest(event).gaps}


def test_all_kinds_of_two_countries_are_had_from_three_sources(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    report = trends.ingest(EVERYTHING)
    assert (report.gaps, report.open, report.complete) == ((), 0, report.lists)
    assert report.lists == 12
    assert {each.rows for each in trends.poll(report).lists if each.asked.kind is TrendKind.HASHTAG} == {100, 200}
    assert all(each.rows >= 100 and not each.short for each in trends.poll(report).lists)
    requests = trends.served() + trends.served(Family.BUSINESS_API)
    assert report.requests == requests == len(trends.entries()) + len(trends.entries(Family.BUSINESS_API))
    assert {entry.outcome for entry in trends.entries()} == {"ok"}
    assert trends.cloud.sandbox.served(family=Family.RESEARCH).received == 0


def test_every_row_has_its_source_and_a_stored_answer_stands_behind_it(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    report = trends.ingest(EVERYTHING)
    for outcome in trends.poll(report).lists:
        asked, rows = outcome.asked, trends.rows(outcome)
        assert len(rows) == outcome.rows
        for row in rows:
            assert (row["source"], row["kind"], row["country"], row["period"]) == (
                asked.source,
                asked.kind,
                asked.country,
                asked.period,
            )
            assert row["retrieved_at"].endswith("Z")
            for name, value in row.items():
                if name.endswith("_id"):
                    assert value is None or isinstance(value, str), name
            for point in (row.get("curve") or {"points": ()})["points"]:
                assert 0 <= point["value"] <= 1
        folder = outcome.rows_key.rpartition("/")[0] if outcome.rows_key else ""
        assert len([key for key in trends.stored_keys(folder) if f"{asked.slug}-raw-" in key]) == outcome.pages


def test_the_same_run_again_costs_nothing(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    first = trends.ingest(EVERYTHING)
    before, keys = trends.served(), trends.stored_keys()
    again = trends.ingest(EVERYTHING)
    assert (again.requests, trends.served(), trends.stored_keys()) == (0, before, keys)
    assert (again.lists, again.rows) == (first.lists, first.rows)


def test_each_answer_has_one_line_in_the_log(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    report = trends.ingest(EVERYTHING)
    lines = [fields for line, fields in trends.cloud.log.lines if line == "page committed"]
    ids = [
        entry.request_id for family in (Family.CREATIVE_CENTER, Family.BUSINESS_API) for entry in trends.entries(family)
    ]
    assert len(lines) == report.requests
    assert sorted(str(fields["request_id"]) for fields in lines) == sorted(ids)
    assert {fields["run_id"] for fields in lines} == {"everything"}


def test_without_a_login_there_are_three_rows_and_one_request(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(credentials=None)
    report = trends.ingest(only("hashtag", "creative_center"))
    outcome = trends.outcome(report, hashtags(CURRENT))
    assert (outcome.rows, outcome.capped, outcome.short, report.requests, report.gaps) == (3, True, False, 1, ())


def test_a_source_without_credentials_is_not_asked(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(credentials=None)
    found = reasons(trends, only("sound", "creative_center_legacy"))
    assert set(found) == {GapReason.CREDENTIALS_MISSING}
    assert "creative_center_legacy" in found[GapReason.CREDENTIALS_MISSING]
    assert trends.served() == 0


def test_an_unofficial_source_is_not_asked_until_its_terms_are_acknowledged(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    found = reasons(trends, {**EVERYTHING, "acknowledge_unofficial_terms": False})
    assert set(found) == {GapReason.NOT_ACKNOWLEDGED}
    assert "acknowledge_unofficial_terms" in found[GapReason.NOT_ACKNOWLEDGED]
    assert trends.served() == 0
    assert trends.served(Family.BUSINESS_API) == 2


def test_what_a_source_does_not_offer_is_refused_with_what_it_has_and_stops_nothing(
    make_trends: "MakeTrendCloud",
) -> None:
    trends = make_trends()
    event = only("hashtag", "creative_center", countries=["US", "CH"], periods=[7, 120, 1])
    found = trends.ingest(event)
    country, period = (gap.message for gap in found.gaps)
    assert "CH" in country
    assert "AU, BR, CA" in country
    assert "7, 30, 90, 120" in period
    assert (found.complete, found.open) == (2, 0)


def test_an_expired_login_is_told_once_and_asked_for_again_when_it_was_renewed(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(settings={"login_lifetime_seconds": 3_600})
    trends.advance(hours=2)
    event = {**EVERYTHING, "kinds": {"hashtag": "creative_center", "sound": "creative_center_legacy"}}
    report = trends.ingest(event)
    (gap,) = report.gaps
    assert (gap.source, gap.reason, gap.lists) == (CURRENT, GapReason.CREDENTIALS_REJECTED, 2)
    refused = [entry for entry in trends.entries() if entry.outcome == "failed"]
    assert len(refused) == 1
    warnings = [line for line, _ in trends.cloud.log.lines if line == gap.message]
    assert len(warnings) == 1

    assert trends.ingest(event).requests == 0
    trends.store_credentials()
    renewed = trends.ingest(event)
    assert (renewed.gaps, renewed.complete, renewed.requests) == ((), 4, 10)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "html"}, GapReason.SOURCE_FAILS),
        ({"kind": "broken_json"}, GapReason.SOURCE_FAILS),
        ({"kind": "missing_list"}, GapReason.SOURCE_FAILS),
        ({"kind": "bare_400"}, GapReason.SOURCE_FAILS),
        ({"kind": "huge_body"}, GapReason.SOURCE_FAILS),
        ({"kind": "deprecated"}, GapReason.RETIRED),
        ({"kind": "no_permission"}, GapReason.CREDENTIALS_REJECTED),
        ({"kind": "rate_limited", "retry_after": 300}, GapReason.RATE_LIMITED),
    ],
)
def test_one_kind_that_fails_stops_no_other_source(
    make_trends: "MakeTrendCloud", fault: dict[str, Any], reason: GapReason
) -> None:
    trends = make_trends(faults=[{**fault, "endpoint": "legacy/sounds"}])
    kinds = {"sound": "creative_center_legacy", "hashtag": "business_api"}
    report = trends.ingest({**EVERYTHING, "kinds": kinds})
    assert {gap.reason: gap.lists for gap in report.gaps} == {reason: 2}
    assert report.complete == 2
    assert trends.served() <= 6


@pytest.mark.parametrize("kind", ["repeated_rows", "repeated_ranks", "text_numbers", "broken_rows", "extra_fields"])
def test_odd_rows_are_kept_or_named(make_trends: "MakeTrendCloud", kind: str) -> None:
    trends = make_trends(faults=[{"kind": kind, "endpoint": "trends"}])
    report = trends.ingest(EVERYTHING)
    assert report.gaps == ()
    for outcome in trends.poll(report).lists:
        assert outcome.rows + outcome.repeated + outcome.rejected >= min(outcome.total or 0, 100), outcome.asked.name
        keys = [row.get("hashtag") or row.get("keyword") or row.get("sound_id") for row in trends.rows(outcome)]
        named = [key for key in keys if key]
        assert len(named) == len(set(named))


def test_a_failure_that_passes_is_not_seen(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(faults=[{"kind": "internal_error", "endpoint": "trends", "times": 2}])
    report = trends.ingest(EVERYTHING)
    assert report.gaps == ()
    assert report.requests == trends.served() + trends.served(Family.BUSINESS_API)


def test_a_short_pause_that_the_source_asks_for_is_kept_to(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(faults=[{"kind": "rate_limited", "retry_after": 20, "times": 1, "endpoint": "trends"}])
    report = trends.ingest(only("hashtag", "creative_center"))
    assert (report.gaps, report.complete) == ((), 1)
    times = sorted(entry.sent_at for entry in trends.entries())
    assert 20 <= (times[1] - times[0]).total_seconds() < 25


def test_a_list_that_keeps_failing_is_tried_in_three_invocations(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(faults=[{"kind": "internal_error", "endpoint": "creative_center/hashtags"}])
    event = only("hashtag", "creative_center")
    assert [trends.ingest(event).requests for _ in range(5)] == [3, 3, 3, 0, 0]


def test_the_days_budget_ends_the_poll_and_the_next_day_has_a_new_one(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    event = only("hashtag", "creative_center", countries=["US", "GB"], daily_requests=7)
    report = trends.ingest(event)
    assert (report.requests, report.complete, report.open) == (7, 1, 1)
    assert [gap.reason for gap in report.gaps] == [GapReason.BUDGET]
    assert trends.ingest(event).requests == 0
    assert trends.served() == 7


def test_requests_keep_their_distance(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(spacing=2)
    trends.ingest(only("hashtag", "creative_center", countries=["US", "GB", "DE"]))
    times = sorted(entry.sent_at for entry in trends.entries())
    assert len(times) == 15
    assert all((after - before).total_seconds() >= 2 for before, after in pairwise(times))


def test_what_the_deadline_leaves_is_done_by_the_next_tick_without_asking_twice(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(spacing=5)
    event = only("hashtag", "creative_center", countries=["US", "GB", "DE"])
    first = trends.ingest(event, seconds=60)
    assert 0 < first.requests < 15
    assert {gap.reason for gap in first.gaps} == {GapReason.DEADLINE}
    second = trends.ingest(event)
    assert (second.gaps, first.requests + second.requests, trends.served()) == ((), 15, 15)


def test_a_wrong_event_is_one_sentence(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    with pytest.raises(InvalidRequest, match="countries"):
        trends.ingest({"countries": ["Utopia"], "kinds": {"hashtag": "business_api"}})
    with pytest.raises(InvalidRequest, match="kinds"):
        trends.ingest({"countries": ["US"], "kinds": {"hashtag": "a_friend"}})
    assert trends.stored_keys() == []


def test_a_host_that_has_given_a_list_up_stops_no_other_host(make_trends: "MakeTrendCloud") -> None:
    gone = {"kind": "deprecated", "endpoint": "creative_center/overview", "match": {"countryCode": "US"}}
    trends = make_trends(faults=[gone], credentials=None)
    here = trends.cloud.sandbox.url
    services = trends.services()
    elsewhere = replace(services.urls, creative_center_us=here.replace("127.0.0.1", "localhost"))
    event = only("video", "creative_center", countries=["US", "AU", "JP"])
    report = trends.ingest(event, services=dataclass_replace(services, urls=elsewhere))
    assert {gap.reason: gap.lists for gap in report.gaps} == {GapReason.RETIRED: 1}
    assert report.complete == 2


def test_a_long_pause_is_waited_out_by_no_other_kind(make_trends: "MakeTrendCloud") -> None:
    faults = [
        {"kind": "broken_json", "endpoint": "business/keywords"},
        {"kind": "rate_limited", "endpoint": "business/sounds", "retry_after": 600},
    ]
    trends = make_trends(faults=faults, threads=3)
    kinds = dict.fromkeys(("keyword", "sound", "hashtag"), "business_api")
    begun = trends.cloud.clock.now()
    report = trends.ingest({**EVERYTHING, "kinds": kinds})
    assert (trends.cloud.clock.now() - begun).total_seconds() < 100
    assert GapReason.RATE_LIMITED in {gap.reason for gap in report.gaps}
