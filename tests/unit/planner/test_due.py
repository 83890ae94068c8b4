"""Which days a plan asks for, and why."""

from datetime import date, timedelta

import msgspec

from tests.unit.planner.idealised import Engine, a_day, days_of
from tiktok_collector.planner.depths import union
from tiktok_collector.study.collections import Cohort, Depth, Schedule, Search, Study
from tiktok_collector.study.day_plan import DayPlan, Purpose, VideoWork

TODAY = date(2026, 9, 1)
QUERY = {"and": [{"operation": "EQ", "field_name": "hashtag_name", "field_values": ["cats"]}]}


def of_one(schedule: Schedule, *names: str) -> Study:
    return Study(name="study", cohorts=(Cohort(name="one", usernames=names or ("ada",), schedule=schedule),))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def windows(plan: DayPlan) -> list[tuple[int, int]]:
    """As ages of the first and last day."""
    return [((plan.day - each.window.start).days, (plan.day - each.window.end).days) for each in plan.videos]


def tries(works: list[tuple[date, VideoWork]], day: date) -> list[int]:
    return [(on - day).days for on, work in works if day in days_of(work.window)]


def test_a_day_that_keeps_failing_is_tried_again_after_1_2_4_8_16_and_every_32_days() -> None:
    study = of_one(Schedule(first=ago(2), passes=(2, 10)))
    engine = Engine(a_day(3), fails=lambda _unit, day, _on: day == ago(2))
    plans = engine.days(study, TODAY, 140)
    works = [(plan.day, work) for plan in plans for work in plan.videos]
    assert tries(works, ago(2)) == [2, 3, 5, 9, 17, 33, 65, 97, 129]


def test_spacing_begins_anew_once_the_day_was_had() -> None:
    study = of_one(Schedule(first=ago(2), last=ago(2), passes=(2, 30)))
    engine = Engine(a_day(3), fails=lambda _unit, _day, on: on in {TODAY, ago(-1)} or on >= ago(-28))
    plans = engine.days(study, TODAY, 40)
    works = [(plan.day, work) for plan in plans for work in plan.videos]
    assert tries(works, ago(2)) == [2, 3, 5, 30, 31, 33, 37]


def test_a_day_that_failed_twice_is_asked_for_without_healthy_days() -> None:
    study = of_one(Schedule(first=ago(2), passes=(2, 10)))
    engine = Engine(a_day(0.5), fails=lambda _unit, day, _on: day == ago(2))
    plans = engine.days(study, TODAY, 40)
    for plan in plans[2:]:
        for work in plan.videos:
            assert ago(2) not in days_of(work.window) or work.window.days == 1
    assert [work.purpose for work in plans[3].videos] == [Purpose.FRESH, Purpose.RETRY]


def test_changed_passes_ask_for_nothing_that_was_old_enough_already() -> None:
    engine = Engine(a_day(3))
    engine.days(of_one(Schedule(first=ago(30), passes=(2, 10))), TODAY, 3)
    later = TODAY + timedelta(days=3)
    assert windows(engine.plan(of_one(Schedule(first=ago(30), passes=(2, 8))), later)) == [(8, 2)]
    assert windows(engine.plan(of_one(Schedule(first=ago(30), passes=(2, 20))), later)) == [(22, 2)]


def test_a_changed_query_is_asked_for_from_the_beginning() -> None:
    def study(word: str) -> Study:
        query = {"and": [{"operation": "EQ", "field_name": "keyword", "field_values": [word]}]}
        return Study(name="study", searches=(Search(name="one", query=query, schedule=Schedule(first=ago(20))),))

    engine = Engine(a_day(3))
    engine.day(study("cats"), TODAY)
    assert windows(engine.plan(study("cats"), TODAY)) == []
    assert windows(engine.plan(study("dogs"), TODAY)) == [(20, 2)]


def test_every_7_days_all_days_since_are_asked_for_together() -> None:
    engine = Engine(a_day(3))
    plans = engine.days(of_one(Schedule(first=TODAY, every_days=7, passes=(2,))), TODAY, 22)
    assert {plan.day.day: windows(plan) for plan in plans if plan.videos} == {8: [(7, 2)], 15: [(8, 2)], 22: [(8, 2)]}


def test_what_was_left_out_on_an_asking_day_is_asked_for_on_the_next_day() -> None:
    engine = Engine(a_day(3))
    study = of_one(Schedule(first=TODAY, every_days=7, passes=(2,)))
    asking = TODAY + timedelta(days=7)
    assert engine.day(study, asking, {"research": 0}).videos == ()
    assert windows(engine.day(study, asking + timedelta(days=1))) == [(8, 3)]


def test_nothing_is_asked_for_before_the_first_day_is_old_enough() -> None:
    engine = Engine(a_day(3))
    plans = engine.days(of_one(Schedule(first=TODAY, passes=(2,))), ago(5), 9)
    assert [plan.day for plan in plans if plan.videos] == [ago(-2), ago(-3)]


def test_purposes_say_why() -> None:
    study = of_one(Schedule(first=ago(200), passes=(2, 10)))
    engine = Engine(a_day(60))
    first = engine.day(study, TODAY)
    assert [each.purpose for each in first.videos] == [Purpose.SETTLED] + [Purpose.CATCH_UP] * (len(first.videos) - 1)
    second = engine.day(study, TODAY + timedelta(days=1))
    assert [(each.purpose, each.window.days) for each in second.videos] == [(Purpose.FRESH, 1), (Purpose.SETTLED, 1)]


def test_depth_is_of_the_last_pass_and_separates_windows() -> None:
    schedule = Schedule(first=ago(200), passes=(2, 10))
    deep = Depth(comments=True, max_comments=50)
    shallow, engine = of_one(schedule), Engine(a_day(0.1))
    study = Study(name="study", cohorts=(msgspec.structs.replace(shallow.cohorts[0], depth=deep),))
    engine.day(study, TODAY)
    plan = engine.day(study, TODAY + timedelta(days=1))
    assert [(age, each.depth) for age, each in zip(windows(plan), plan.videos, strict=True)] == [
        ((2, 2), Depth()),
        ((10, 10), deep),
    ]
    assert windows(engine.plan(shallow, TODAY + timedelta(days=2))) == [(10, 2)]


def test_accounts_of_two_cohorts_are_asked_for_once_and_with_the_deeper_of_both() -> None:
    schedule = Schedule(first=ago(10), last=ago(10), passes=(10,))
    cohorts = (
        Cohort(name="one", usernames=("ada", "bo"), schedule=schedule, depth=Depth(comments=True, max_comments=50)),
        Cohort(name="two", usernames=("bo",), schedule=schedule, depth=Depth(comments=True, replies=True)),
    )
    plan = Engine(a_day(1)).plan(Study(name="study", cohorts=cohorts), TODAY)
    asked = {each.usernames: (each.collections, each.depth) for each in plan.videos}
    assert asked == {
        ("ada",): (("one",), Depth(comments=True, max_comments=50)),
        ("bo",): (("one", "two"), Depth(comments=True, replies=True)),
    }


def test_limits_of_a_depth_without_comments_do_not_count() -> None:
    assert union(Depth(playlists=True), Depth(comments=True, max_comments=9)) == Depth(
        comments=True, max_comments=9, playlists=True
    )
    limited = Depth(comments=True, max_comments=5)
    assert union(limited, Depth(comments=True, max_comments=9)).max_comments == 9


def test_searches_are_asked_for_as_they_are_written() -> None:
    study = Study(name="study", searches=(Search(name="cats", query=QUERY, schedule=Schedule(first=ago(5))),))
    (work,) = Engine(a_day(1)).plan(study, TODAY).videos
    assert (work.query, work.search, work.usernames, work.expected) == (QUERY, "cats", (), 400)


def test_a_day_belongs_to_those_cohorts_whose_schedules_have_it() -> None:
    cohorts = (
        Cohort(name="long", usernames=("ada", "bo"), schedule=Schedule(first=ago(30), passes=(2,))),
        Cohort(name="short", usernames=("ada",), schedule=Schedule(first=ago(15), last=ago(10), passes=(2,))),
        Cohort(name="later", usernames=("bo",), schedule=Schedule(first=ago(-5))),
    )
    plan = Engine(a_day(1)).plan(Study(name="study", cohorts=cohorts), TODAY)
    asked = {(each.usernames, age): each.collections for age, each in zip(windows(plan), plan.videos, strict=True)}
    assert asked == {
        (("bo",), (30, 2)): ("long",),
        (("ada",), (30, 16)): ("long",),
        (("ada",), (15, 10)): ("long", "short"),
        (("ada",), (9, 2)): ("long",),
    }


def test_accounts_are_asked_for_together_where_a_cohort_of_one_has_not_begun() -> None:
    cohorts = (
        Cohort(name="all", usernames=("ada", "bo"), schedule=Schedule(first=ago(10))),
        Cohort(name="later", usernames=("bo",), schedule=Schedule(first=ago(-5))),
    )
    (work,) = Engine(a_day(1)).plan(Study(name="study", cohorts=cohorts), TODAY).videos
    assert (work.usernames, work.collections) == (("ada", "bo"), ("all",))
