"""A name that makes queries fail costs one query now and then, and nothing is lost once it is fine."""

from datetime import date, timedelta

from tests.unit.planner.idealised import Engine, a_day, days_of
from tiktok_collector.study.collections import Cohort, Schedule, Study
from tiktok_collector.study.day_plan import DayPlan, VideoWork

TODAY = date(2026, 9, 1)
NAMES = tuple(f"user{number:03}" for number in range(20))
BAD = NAMES[7]
SCHEDULE = Schedule(first=TODAY - timedelta(days=60), passes=(2, 10))
STUDY = Study(name="study", cohorts=(Cohort(name="all", usernames=NAMES, schedule=SCHEDULE),))


def alone(plan: DayPlan) -> list[VideoWork]:
    return [work for work in plan.videos if BAD in work.usernames and len(work.usernames) == 1]


def bad_until(end: date) -> Engine:
    return Engine(a_day(1), bad=lambda name, on: name == BAD and on < end)


def test_a_bad_name_is_asked_for_after_1_2_4_8_16_and_every_32_days_with_one_query() -> None:
    plans = bad_until(date.max).days(STUDY, TODAY, 100)
    assert {number: len(works) for number, plan in enumerate(plans) if (works := alone(plan))} == dict.fromkeys(
        (1, 3, 7, 15, 31, 63, 95), 1
    )
    for plan in plans[1:]:
        assert all(work.window.end == plan.day - timedelta(days=2) for work in alone(plan))
        assert all(len(work.usernames) == 1 for work in plan.videos if BAD in work.usernames)


def test_once_it_is_fine_everything_is_asked_for_on_the_next_day() -> None:
    engine = bad_until(TODAY + timedelta(days=20))
    plans = engine.days(STUDY, TODAY, 33)
    assert [len(alone(plan)) for plan in plans[16:32]] == [0] * 15 + [1]
    had = {day for work in alone(plans[31]) for day in days_of(work.window)}
    had |= {day for work in plans[32].videos if BAD in work.usernames for day in days_of(work.window)}
    first = SCHEDULE.first
    assert had >= {first + timedelta(days=number) for number in range((plans[31].day - first).days - 1)}
    (work,) = engine.plan(STUDY, TODAY + timedelta(days=33)).videos[:1]
    assert work.usernames == NAMES


def test_one_that_becomes_bad_again_is_waited_for_from_the_beginning() -> None:
    engine = Engine(a_day(1), bad=lambda name, on: name == BAD and on != TODAY + timedelta(days=7))
    plans = engine.days(STUDY, TODAY, 20)
    assert [number for number, plan in enumerate(plans) if any(BAD in work.usernames for work in plan.videos)] == [
        0, 1, 3, 7, 8, 9, 11, 15,
    ]  # fmt: skip


def test_what_waits_for_a_bad_name_is_said() -> None:
    engine = bad_until(date.max)
    engine.days(STUDY, TODAY, 9)
    (waiting,) = engine.plan(STUDY, TODAY + timedelta(days=9)).estimate.waiting
    assert (waiting.usernames, waiting.collections, waiting.reason) == ((BAD,), ("all",), "bad_username")
    assert (waiting.window.start, waiting.window.end) == (SCHEDULE.first, TODAY + timedelta(days=7))
    assert waiting.until == TODAY + timedelta(days=15)
