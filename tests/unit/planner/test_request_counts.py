"""How many requests a plan comes to, exactly."""

from datetime import date, timedelta
from math import ceil

from tests.unit.planner.idealised import Engine, a_day
from tiktok_collector.study.collections import Cohort, Schedule, Search, Study

QUERY = {"and": [{"operation": "EQ", "field_name": "hashtag_name", "field_values": ["cats"]}]}
TODAY = date(2026, 9, 1)


def search(first: date, last: date | None, passes: tuple[int, ...] = (2,)) -> Study:
    schedule = Schedule(first=first, last=last, passes=passes)
    return Study(name="study", searches=(Search(name="cats", query=QUERY, schedule=schedule),))


def days_before(count: int, age: int = 2) -> date:
    """The first of `count` days that end so many days before today."""
    return TODAY - timedelta(days=age + count - 1)


def engine_that_knows(study: Study, videos_a_day: float) -> Engine:
    """One that has run for some days of a far past, so that the volume is known."""
    engine = Engine(a_day(videos_a_day))
    past = Schedule(first=date(2020, 1, 1), last=date(2020, 1, 28), passes=(2,))
    old = Study(
        name=study.name,
        searches=tuple(Search(name=each.name, query=each.query, schedule=past) for each in study.searches),
        cohorts=tuple(Cohort(name=each.name, usernames=each.usernames, schedule=past) for each in study.cohorts),
    )
    engine.days(old, date(2020, 2, 1), 1)
    engine.requests = 0
    return engine


def test_7500_videos_over_30_days_are_75_requests() -> None:
    study = search(days_before(30), TODAY - timedelta(days=2))
    engine = engine_that_knows(study, 250)
    engine.day(study, TODAY)
    assert engine.requests == 75


def test_15000_videos_over_60_days_are_150_requests() -> None:
    study = search(days_before(60), TODAY - timedelta(days=2))
    engine = engine_that_knows(study, 250)
    engine.day(study, TODAY)
    assert engine.requests == 150


def test_365_videos_over_366_days_are_12_requests() -> None:
    study = search(days_before(366), TODAY - timedelta(days=2))
    engine = engine_that_knows(study, 365 / 366)
    engine.day(study, TODAY)
    assert engine.requests == 12


def test_a_search_that_was_never_made_is_planned_in_as_many_windows() -> None:
    study = search(days_before(366), TODAY - timedelta(days=2))
    assert len(Engine(a_day(1)).plan(study, TODAY).videos) == 12


def test_a_day_of_1000_accounts_is_a_request_for_each_50() -> None:
    names = tuple(f"user{number:04}" for number in range(1_000))
    schedule = Schedule(first=days_before(1), last=days_before(1), passes=(2,))
    study = Study(name="study", cohorts=(Cohort(name="all", usernames=names, schedule=schedule),))
    engine = Engine(lambda name, day: (int(name[4:]) + day.toordinal()) % 10 < 3)
    engine.day(study, TODAY)
    videos = 300
    assert engine.requests <= ceil(1_000 / 50) + ceil(1.3 * videos / 100)


def test_what_is_finished_is_not_asked_for_again() -> None:
    study = search(days_before(60), TODAY - timedelta(days=2))
    engine = Engine(a_day(20))
    engine.day(study, TODAY)
    spent = engine.requests
    engine.days(study, TODAY + timedelta(days=1), 30)
    assert engine.requests == spent
