"""Polls of a study over days: idempotent, compared with the day before, never fooled by an empty answer."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.collection.cloud import BUCKET
from tests.integration.trends.test_ingestion import CURRENT, hashtags, only
from tiktok_collector.trend_lists.summary import Flag, Movement
from tiktok_collector.trends.study_polls import BUSY, NO_STUDY, NO_TRENDS

if TYPE_CHECKING:
    from tests.integration.trends.conftest import MakeTrendCloud

TICK = {"study": True}
SETTINGS: dict[str, Any] = {
    "countries": ["US", "GB"],
    "kinds": {"hashtag": "creative_center"},
    "acknowledge_unofficial_terms": True,
}


def test_without_a_study_or_without_trends_in_it_nothing_is_sent(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    assert trends.ingest(TICK).note == NO_STUDY
    trends.study({"enabled": False}, first_day="2026-11-01", cohorts={"a": {"accounts": ["someone"]}})
    assert trends.ingest(TICK).note == NO_TRENDS
    assert trends.served() == 0


@pytest.mark.parametrize("polls", [1, 2, 3, 4])
def test_a_day_of_hourly_ticks_asks_once_a_poll(make_trends: "MakeTrendCloud", polls: int) -> None:
    trends = make_trends()
    trends.advance(hours=15, minutes=20)
    trends.study({**SETTINGS, "polls_per_day": polls})
    requests = []
    for _ in range(24):
        requests.append(trends.ingest(TICK).requests)
        trends.advance(hours=1)
    assert [number for number in requests if number] == [10] * polls
    assert len(trends.stored_keys("trends/polls/")) == polls
    found = trends.list_summary("2026-11-21", hashtags(CURRENT)).polls
    assert found == polls


def test_the_first_day_says_that_there_is_none_before(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    trends.study(SETTINGS)
    report = trends.ingest(TICK)
    found = trends.list_summary(report.day, hashtags(CURRENT))
    assert (found.first, found.compared_with, found.left) == (True, None, ())
    assert {entry.movement for entry in found.entries} == {None}


def test_the_next_day_tells_what_came_and_went(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    trends.study(SETTINGS)
    before = {entry.key: entry for entry in trends.list_summary(trends.ingest(TICK).day, hashtags(CURRENT)).entries}
    trends.advance(days=3)
    trends.store_credentials()
    found = trends.list_summary(trends.ingest(TICK).day, hashtags(CURRENT))
    assert (found.as_of, found.compared_with, found.first) == (date(2026, 11, 23), date(2026, 11, 20), False)
    now = {entry.key: entry for entry in found.entries}
    assert {entry.key for entry in found.left} == before.keys() - now.keys()
    entered = {key for key, entry in now.items() if entry.movement is Movement.ENTERED}
    assert entered == now.keys() - before.keys()
    assert entered
    for key in now.keys() & before.keys():
        assert now[key].previous_rank == before[key].rank
        assert now[key].days_on_list == 2
        rose = {True: Movement.RISING, False: Movement.FALLING}[now[key].rank < before[key].rank]
        assert now[key].movement == (Movement.UNCHANGED if now[key].rank == before[key].rank else rose)


@pytest.mark.parametrize(("fault", "flag"), [("empty_page", Flag.EMPTY), ("shrunken_list", Flag.SHRUNKEN)])
def test_an_empty_or_shrunken_answer_leaves_the_last_good_day_standing(
    make_trends: "MakeTrendCloud", fault: str, flag: Flag
) -> None:
    trends = make_trends()
    trends.study(SETTINGS)
    good = trends.list_summary(trends.ingest(TICK).day, hashtags(CURRENT))
    trends.advance(days=1)
    trends.cloud.sandbox.faults.add(fault, endpoint="creative_center/hashtags")
    report = trends.ingest(TICK)
    doubtful = trends.list_summary(report.day, hashtags(CURRENT))
    assert report.suspicious == 2
    assert flag in doubtful.flags
    assert (doubtful.as_of, doubtful.entries) == (good.as_of, good.entries)


def test_a_second_invocation_at_the_same_time_stands_back(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    trends.study(SETTINGS)
    services = trends.services()
    lease = services.polls(trends.cloud.log)._lease
    held = lease.acquire(trends.cloud.clock.now().replace(hour=23))
    assert held
    assert trends.ingest(TICK).note == BUSY
    assert trends.served() == 0
    lease.release(held)
    assert trends.ingest(TICK).requests == 10


def test_a_poll_whose_time_is_over_is_ended_with_what_it_has(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(spacing=5)
    trends.study(SETTINGS)
    first = trends.ingest(TICK, seconds=50)
    assert first.open
    trends.advance(hours=4)
    second = trends.ingest(TICK)
    assert second.poll != first.poll
    ended = trends.poll(first)
    assert ended.finished_at
    assert [each.gap is None for each in ended.lists].count(False) == first.open
    assert trends.list_summary(first.day, hashtags(CURRENT)).polls == 2


def test_a_poll_that_was_cut_by_an_outage_of_days_is_ended_after_it(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends(spacing=5)
    trends.study(SETTINGS)
    first = trends.ingest(TICK, seconds=50)
    assert first.open
    trends.advance(days=4)
    trends.store_credentials()
    now = trends.ingest(TICK)
    assert trends.poll(first).finished_at
    assert trends.list_summary(first.day, hashtags(CURRENT)).polls == 1
    assert trends.list_summary(now.day, hashtags(CURRENT)).good_polls == 1


def test_a_poll_of_newer_code_on_an_earlier_day_does_not_stop_the_present_one(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    trends.study(SETTINGS)
    key = "trends/polls/dt=2026-11-19/p1.json"
    trends.cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=b'{"version": 99}')
    assert trends.ingest(TICK).complete == 2


def test_ad_hoc_runs_are_part_of_the_days_summary(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    report = trends.ingest(only("hashtag", "creative_center", periods=[30]))
    found = trends.list_summary(report.day, hashtags(CURRENT, period=30))
    assert len(found.entries) == 100
    assert trends.stored_keys("trends/polls/") == [f"trends/polls/dt={report.day}/only.json"]


def test_fewer_rows_because_fewer_are_wanted_are_not_suspicious(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    trends.study(SETTINGS)
    trends.ingest(TICK)
    trends.advance(days=1)
    trends.study({**SETTINGS, "rows": 40})
    report = trends.ingest(TICK)
    found = trends.list_summary(report.day, hashtags(CURRENT))
    assert (report.suspicious, found.flags, len(found.entries), report.requests) == (0, (), 40, 4)
