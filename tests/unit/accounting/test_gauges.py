"""What the ledger's days and the time come to as gauges."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.accounting.activity import Activity, activity
from tiktok_collector.accounting.gauge_values import hours_waited, used_percent
from tiktok_collector.accounting.reconciliation import FamilyDay
from tiktok_collector.accounting.tally import FamilyTally, tally_family
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.families import Family, WorkClass

DAY, BEFORE = "2026-11-20", "2026-11-19"
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)


def entry(sent_at: datetime, outcome: Outcome = "ok", family: Family = Family.RESEARCH) -> UsageEntry:
    return UsageEntry(
        request_id=f"{sent_at:%H%M%S}",
        day=sent_at.date().isoformat(),
        family=family,
        work_class=WorkClass.ADHOC,
        run_id="r1",
        task_id="t1",
        endpoint="video_query",
        sent_at=sent_at,
        outcome=outcome,
    )


def family_day(
    *entries: UsageEntry, day: str = DAY, family: Family = Family.RESEARCH, limit: int = 1_000, unsettled: int = 0
) -> FamilyDay:
    return FamilyDay(DayUsage(day, family, limit, len(entries) + unsettled, {}), entries)


def percent(*days: FamilyDay, before_noon: dict[Family, int] | None = None) -> float:
    tallies: list[FamilyTally] = [tally_family(each.usage, each.entries) for each in days]
    return used_percent(tallies, before_noon or {each.family: each.used for each in tallies})


def test_the_newest_good_answer_of_the_research_api_counts_whatever_its_day_and_family() -> None:
    late = entry(MIDNIGHT - timedelta(hours=2), family=Family.FOLLOWERS)
    days = {
        DAY: [
            family_day(entry(NOON, "failed"), entry(NOON, "unknown"), entry(NOON, "refused")),
            family_day(entry(NOON), family=Family.CREATIVE_CENTER),
        ],
        BEFORE: [
            family_day(entry(MIDNIGHT - timedelta(hours=9)), day=BEFORE),
            family_day(late, day=BEFORE, family=Family.FOLLOWERS),
        ],
    }
    assert activity(NOON, days, DAY).last_answer_at == late.sent_at
    assert activity(NOON, {DAY: days[DAY]}, DAY).last_answer_at is None


def test_before_noon_the_counter_counts_and_later_what_had_been_sent_until_then() -> None:
    morning, afternoon = entry(NOON - timedelta(seconds=1)), entry(NOON)
    yesterday = family_day(entry(MIDNIGHT - timedelta(hours=20)), day=BEFORE)
    early = {DAY: [family_day(morning, unsettled=2)], BEFORE: [yesterday]}
    assert activity(NOON - timedelta(minutes=53), early, DAY).before_noon == {Family.RESEARCH: 3}
    late = {DAY: [family_day(morning, afternoon, unsettled=2)], BEFORE: [yesterday]}
    for now in (NOON, NOON + timedelta(hours=11)):
        assert activity(now, late, DAY).before_noon == {Family.RESEARCH: 1}


def test_what_is_used_between_two_hours_before_noon_is_seen_after_noon() -> None:
    rush = [entry(NOON - timedelta(seconds=number)) for number in range(1, 951)]
    days = {DAY: [family_day(*rush)]}
    assert percent(*days[DAY], before_noon=activity(NOON + timedelta(minutes=7), days, DAY).before_noon) == 95.0


def test_of_two_families_the_fuller_one_counts_and_trends_do_not() -> None:
    followers = family_day(*[entry(NOON)] * 500, family=Family.FOLLOWERS, limit=20_000)
    trends = family_day(*[entry(NOON)] * 10, family=Family.CREATIVE_CENTER, limit=10)
    assert percent(family_day(entry(NOON)), followers, trends) == 2.5
    assert percent(trends) == 0.0


@pytest.mark.parametrize(
    ("last", "since", "hours"),
    [
        (None, None, 0.0),
        (5, None, 0.0),
        (None, 30, 30.0),
        (5, 30, 5.0),
        (30, 5, 5.0),
        (None, 0, 0.0),
    ],
)
def test_waiting_is_counted_from_the_later_of_last_page_and_first_wish(
    last: int | None, since: int | None, hours: float
) -> None:
    def ago(number: int | None) -> datetime | None:
        return None if number is None else NOON - timedelta(hours=number)

    done = Activity(last_answer_at=ago(last), before_noon={})
    assert hours_waited(done, ago(since), NOON) == hours


@given(st.lists(st.integers(0, 86_399), max_size=20), st.integers(0, 86_399))
def test_never_more_is_used_before_noon_than_in_all_and_waiting_is_never_negative(sent: list[int], now: int) -> None:
    moment = MIDNIGHT + timedelta(seconds=now)
    done = activity(moment, {DAY: [family_day(*(entry(MIDNIGHT + timedelta(seconds=each)) for each in sent))]}, DAY)
    assert 0 <= done.before_noon[Family.RESEARCH] <= len(sent)
    assert hours_waited(done, MIDNIGHT - timedelta(hours=1), moment) >= 0
