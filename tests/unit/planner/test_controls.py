"""Telling an API that is silent from a collection without anything new."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from tests.unit.planner.idealised import Engine, Videos, a_day, days_of
from tiktok_collector.planner.day import plan_day
from tiktok_collector.study.collections import Cohort, Schedule, Search, Study
from tiktok_collector.study.day_plan import DayPlan, Purpose, VideoWork

TODAY = date(2026, 9, 1)
QUERY = {"and": [{"operation": "EQ", "field_name": "hashtag_name", "field_values": ["cats"]}]}
SCHEDULE = Schedule(first=TODAY - timedelta(days=40), passes=(2,))
SEARCH = Study(name="study", searches=(Search(name="cats", query=QUERY, schedule=SCHEDULE),))
NAMES = tuple(f"user{number}" for number in range(8))
COHORT = Study(name="study", cohorts=(Cohort(name="all", usernames=NAMES, schedule=SCHEDULE),), batch_size=3)


def controls(plan: DayPlan) -> list[VideoWork]:
    return [work for work in plan.videos if work.purpose is Purpose.CONTROL]


def on_days(plans: list[DayPlan]) -> list[int]:
    return [(plan.day - TODAY).days for plan in plans if controls(plan)]


def until(end: int, videos: Videos) -> Videos:
    """Nothing on days of creation from so many days after TODAY on."""
    return lambda unit, day: videos(unit, day) if day < TODAY + timedelta(days=end) else 0


def between(first: int, last: int) -> Callable[[date], bool]:
    return lambda on: first <= (on - TODAY).days <= last


def test_a_search_that_finds_nothing_any_more_is_controlled_while_its_past_speaks_against_it() -> None:
    plans = Engine(until(0, a_day(4))).days(SEARCH, TODAY, 60)
    days = on_days(plans)
    # The last day with videos is asked for on day 1; after days 2 to 4 three days are known to be empty.
    assert days[0] == 5
    assert all(later - earlier >= 3 for earlier, later in pairwise(days))
    # 28 days, of which so few had videos that three of them had fewer than five.
    assert 15 <= days[-1] <= 25
    (control,) = controls(plans[5])
    assert control.window.start == control.window.end == TODAY - timedelta(days=1)
    assert (control.collections, control.search, control.query, control.expected) == (("cats",), "cats", QUERY, 4)
    assert plans[5].videos[0].rank == 0


def test_a_search_that_never_found_much_is_not_controlled() -> None:
    assert on_days(Engine(until(0, a_day(1.6))).days(SEARCH, TODAY, 30)) == []
    assert on_days(Engine(until(0, a_day(1.7))).days(SEARCH, TODAY, 30)) != []


def test_a_search_that_still_finds_videos_is_not_controlled() -> None:
    assert on_days(Engine(a_day(4)).days(SEARCH, TODAY, 30)) == []


def test_a_cohort_is_controlled_by_accounts_that_had_videos() -> None:
    def videos(name: str, day: date) -> int:
        return int(name[4:]) if day < TODAY else 0

    plans = Engine(videos).days(COHORT, TODAY, 6)
    (control,) = controls(plans[5])
    assert control.usernames == ("user5", "user6", "user7")
    assert control.expected == 18
    assert control.window.start == control.window.end == TODAY - timedelta(days=1)


def test_days_that_a_silent_api_gave_nothing_of_are_asked_for_until_it_speaks_again() -> None:
    engine = Engine(a_day(4), silent=between(2, 12))
    plans = engine.days(SEARCH, TODAY, 30)
    # On day 13 it gives videos again, and no control is needed to tell.
    assert on_days(plans) == [5, 8, 11]
    late = range(13, 30)
    asked = {day for number in late for work in plans[number].videos for day in days_of(work.window)}
    silent_days = {TODAY + timedelta(days=on - 2) for on in range(2, 13)}
    assert silent_days <= asked
    assert {len(plan.videos) for plan in plans[-5:]} == {1}
    assert all(work.window.days == 1 for plan in plans[-5:] for work in plan.videos)


def test_days_are_asked_for_again_with_growing_spacing_while_the_api_is_silent() -> None:
    """Where days between cost nothing they come along; a year ago they would not."""
    engine = Engine(a_day(4), silent=between(2, 90))
    plans = engine.days(SEARCH, TODAY, 90)
    first_silent = TODAY
    purposes = [
        (plan.day - TODAY).days
        for plan in plans
        for work in plan.videos
        if work.purpose is not Purpose.CONTROL and work.window.start <= first_silent <= work.window.end
    ]
    assert purposes[0] == 2
    assert len(purposes) < 40
    assert on_days(plans) == list(range(5, 90, 3))


def test_days_before_the_silence_are_not_asked_for_again() -> None:
    engine = Engine(a_day(4), silent=between(2, 12))
    plans = engine.days(SEARCH, TODAY, 30)
    assert all(
        work.window.start >= TODAY for plan in plans[2:] for work in plan.videos if work.purpose is not Purpose.CONTROL
    )


def test_a_control_that_is_answered_leaves_empty_days_alone() -> None:
    plans = Engine(until(0, a_day(4))).days(SEARCH, TODAY, 20)
    works = [work for plan in plans[1:] for work in plan.videos if work.purpose is not Purpose.CONTROL]
    assert all(work.window.days == 1 for work in works)


def test_a_control_that_is_under_way_is_not_planned_again() -> None:
    engine = Engine(until(0, a_day(4)))
    engine.days(SEARCH, TODAY, 5)
    day = TODAY + timedelta(days=5)
    plan = engine.plan(SEARCH, day)
    again = plan_day(
        SEARCH, engine.state, day, capacity={"research": 100}, in_flight=controls(plan), study_digest="digest"
    )
    assert controls(plan)
    assert controls(again) == []


def test_a_control_costs_one_request_however_much_there_was() -> None:
    engine = Engine(until(0, a_day(450)))
    engine.days(SEARCH, TODAY, 5)
    plan = engine.plan(SEARCH, TODAY + timedelta(days=5), {"research": 1})
    (control,) = controls(plan)
    assert control.expected == 450
    assert plan.videos == (control,)
    assert [cost.requests for cost in plan.estimate.today] == [1]
