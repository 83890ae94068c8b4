"""A day that fails for everybody is tried by one, until it is had."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.unit.planner.idealised import PLENTY, Engine, a_day, days_of
from tiktok_collector.planner.day import plan_day
from tiktok_collector.study.collections import Cohort, Schedule, Search, Study
from tiktok_collector.study.day_plan import DayPlan, Purpose, VideoWork

TODAY = date(2026, 9, 1)
BROKEN = TODAY - timedelta(days=2)
NAMES = tuple(f"user{number:03}" for number in range(100))
SCHEDULE = Schedule(first=TODAY - timedelta(days=30), passes=(2, 10))


def search(name: str) -> Search:
    query = {"and": [{"operation": "EQ", "field_name": "keyword", "field_values": [name]}]}
    return Search(name=name, query=query, schedule=SCHEDULE)


STUDY = Study(
    name="study",
    cohorts=(Cohort(name="all", usernames=NAMES, schedule=SCHEDULE),),
    searches=(search("cats"), search("dogs")),
)


def broken_until(end: date) -> Engine:
    return Engine(
        lambda unit, day: 60 if unit in {"cats", "dogs"} else a_day(2)(unit, day),
        fails=lambda _unit, day, on: day == BROKEN and on < end,
        reason="day_fails",
    )


def asking(plan: DayPlan) -> list[VideoWork]:
    return [work for work in plan.videos if BROKEN in days_of(work.window)]


def tried(plans: list[DayPlan]) -> dict[int, int]:
    """How many asked for the broken day, by number of the day."""
    return {number: len(works) for number, plan in enumerate(plans) if (works := asking(plan))}


def test_a_day_that_fails_for_everybody_is_asked_for_by_one_alone_at_each_retry() -> None:
    engine = broken_until(date.max)
    plans = engine.days(STUDY, TODAY, 70)
    assert tried(plans) == {0: 4, 1: 1, 3: 1, 7: 1, 15: 1, 31: 1, 63: 1}
    for number in (1, 3, 7, 15, 31, 63):
        (scout,) = asking(plans[number])
        assert (scout.window.days, scout.purpose, scout.search) == (1, Purpose.RETRY, "cats")


def test_all_ask_for_it_again_once_one_has_had_it() -> None:
    engine = broken_until(TODAY + timedelta(days=2))
    plans = engine.days(STUDY, TODAY, 20)
    # Eight days after the first pass comes the second.
    assert tried(plans) == {0: 4, 1: 1, 3: 1, 4: 3, 8: 4}
    assert not engine.plan(STUDY, TODAY + timedelta(days=20)).estimate.backlog


@pytest.mark.parametrize("reason", ["failed", "quota_exhausted"])
def test_what_fails_for_other_reasons_is_tried_by_all(reason: str) -> None:
    engine = broken_until(date.max)
    engine.reason = reason
    assert tried(engine.days(STUDY, TODAY, 4)) == {0: 4, 1: 4, 3: 4}


def test_a_day_that_one_of_many_has_had_is_tried_by_all_others() -> None:
    engine = broken_until(date.max)
    engine.fails = lambda unit, day, _on: day == BROKEN and unit != "cats"
    assert tried(engine.days(STUDY, TODAY, 4)) == {0: 4, 1: 3, 2: 1, 4: 1} or tried(engine.days(STUDY, TODAY, 4)) == {}


def test_nobody_asks_while_somebody_is_asking() -> None:
    engine = broken_until(date.max)
    engine.day(STUDY, TODAY)
    tomorrow = TODAY + timedelta(days=1)
    (scout,) = asking(engine.plan(STUDY, tomorrow))
    other = msgspec.structs.replace(scout, search="", usernames=(NAMES[0],))
    plan = plan_day(STUDY, engine.state, tomorrow, capacity=PLENTY, in_flight=[other], study_digest="")
    assert asking(plan) == []


def test_the_scout_is_one_that_there_is_room_for() -> None:
    poor = msgspec.structs.replace(STUDY.searches[0], research_share=0)
    study = msgspec.structs.replace(STUDY, searches=(poor, STUDY.searches[1]))
    engine = broken_until(date.max)
    engine.day(study, TODAY)
    (scout,) = asking(engine.plan(study, TODAY + timedelta(days=1)))
    assert scout.search == "dogs"


def test_no_window_of_others_spans_a_broken_day() -> None:
    engine = broken_until(date.max)
    engine.videos = a_day(0.01)
    engine.days(STUDY, TODAY, 2)
    newcomers = msgspec.structs.replace(STUDY.cohorts[0], usernames=("newcomer",), name="new")
    study = msgspec.structs.replace(STUDY, cohorts=(*STUDY.cohorts, newcomers))
    plan = engine.plan(study, TODAY + timedelta(days=2))
    assert any("newcomer" in work.usernames for work in plan.videos)
    assert asking(plan) == []


def test_what_waits_for_a_broken_day_is_said() -> None:
    engine = broken_until(TODAY + timedelta(days=6))
    engine.days(STUDY, TODAY, 4)
    (waiting,) = engine.plan(STUDY, TODAY + timedelta(days=4)).estimate.waiting
    assert (waiting.window.start, waiting.window.end, waiting.reason) == (BROKEN, BROKEN, "day_fails")
    assert waiting.until == TODAY + timedelta(days=7)
    engine.days(STUDY, TODAY + timedelta(days=4), 4)
    assert engine.plan(STUDY, TODAY + timedelta(days=8)).estimate.waiting == ()
