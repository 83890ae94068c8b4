from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.unit.planner.idealised import Engine, a_day
from tiktok_collector.study.collections import Cohort, Schedule, Study, Visits
from tiktok_collector.study.day_plan import AccountVisit, DayPlan
from tiktok_collector.study.record import RunRecord, VisitResult

TODAY = date(2026, 9, 1)
NAMES = tuple(f"user{number:03}" for number in range(300))
NEVER = Schedule(first=date(2030, 1, 1))


def study(visits: Visits, *names: str) -> Study:
    cohort = Cohort(name="all", usernames=names or NAMES, schedule=NEVER, videos=False, visits=visits)
    return Study(name="study", cohorts=(cohort,))


def visited(plans: list[DayPlan], name: str) -> list[int]:
    return [number for number, plan in enumerate(plans) for visit in plan.visits if visit.username == name]


def test_each_account_is_visited_once_in_every_cycle_and_they_are_spread() -> None:
    plans = Engine(a_day(0)).days(study(Visits(streams=("profile",), every_days=30)), TODAY, 90)
    for name in NAMES:
        first, second, third = visited(plans, name)
        assert first < 30
        assert (second - first, third - second) == (30, 30)
    a_plan = Counter(len(plan.visits) for plan in plans)
    assert max(a_plan) < 30


def test_on_which_day_depends_on_the_name_alone() -> None:
    visits = Visits(streams=("profile",), every_days=30)
    all_plans = Engine(a_day(0)).days(study(visits), TODAY, 30)
    of_one = Engine(a_day(0)).days(study(visits, "user042"), TODAY, 30)
    assert visited(of_one, "user042") == visited(all_plans, "user042") == [18]


def test_an_account_that_comes_later_is_visited_at_once() -> None:
    engine = Engine(a_day(0))
    visits = Visits(streams=("profile",), every_days=7)
    engine.days(study(visits, "ada"), TODAY, 8)
    plan = engine.plan(study(visits, "ada", "bo", "cy", "di"), TODAY + timedelta(days=8))
    assert {"bo", "cy", "di"} <= {visit.username for visit in plan.visits}


def test_a_visit_that_did_not_fit_is_made_as_soon_as_it_does() -> None:
    engine = Engine(a_day(0))
    visits = Visits(streams=("profile",), every_days=10)
    plans = engine.days(study(visits), TODAY, 10, {"research": 0})
    assert not any(plan.visits for plan in plans)
    assert plans[9].estimate.backlog == {"research": 300}
    assert len(engine.plan(study(visits), TODAY + timedelta(days=10), {"research": 120}).visits) == 120


def record(day: date, **changes: object) -> RunRecord:
    visit = VisitResult(collections=("all",), username="ada", streams=("profile",), **changes)  # type: ignore[arg-type]
    return RunRecord(study="study", run_id=f"{day}", day=day, part="accounts", visits=(visit,))


def test_a_private_account_is_visited_again_only_when_its_turn_comes() -> None:
    engine = Engine(a_day(0))
    engine.state.absorb(record(TODAY, complete=False, observation="private"))
    plans = engine.days(study(Visits(streams=("profile",), every_days=12), "ada"), TODAY + timedelta(days=1), 30)
    assert visited(plans, "ada") == [11, 23]


def test_a_visit_that_fails_is_tried_again_with_growing_spacing() -> None:
    engine = Engine(a_day(0), visit_fails=lambda _name, _on: True)
    plans = engine.days(study(Visits(streams=("profile",), every_days=1), "ada"), TODAY, 64)
    assert visited(plans, "ada") == [0, 1, 3, 7, 15, 31, 63]


@pytest.mark.parametrize(("limit", "requests"), [(None, 50), (5_000, 50), (20_000, 50), (250, 3), (100, 1), (1, 1)])
def test_lists_are_expected_to_be_as_long_as_they_may_be(limit: int | None, requests: int) -> None:
    visits = Visits(streams=("profile", "followers"), every_days=1, max_followers=limit)
    plan = Engine(a_day(0)).plan(study(visits, "ada"), TODAY)
    assert {cost.family: cost.requests for cost in plan.estimate.today} == {"research": 1, "followers": requests}
    assert plan.visits == (
        AccountVisit(collections=("all",), username="ada", streams=("profile", "followers"), max_followers=limit),
    )


def test_lists_are_expected_to_be_as_long_as_they_were() -> None:
    engine = Engine(a_day(0))
    visits = Visits(streams=("followers", "liked"), every_days=1)
    for number, requests in enumerate((4, 8)):
        visit = VisitResult(
            collections=("all",),
            username="ada",
            complete=True,
            requests={"user_followers": requests, "user_liked_videos": 3},
            streams=visits.streams,
        )
        day = TODAY + timedelta(days=number)
        engine.state.absorb(RunRecord(study="study", run_id=f"{day}", day=day, part="accounts", visits=(visit,)))
    plan = engine.plan(study(visits, "ada"), TODAY + timedelta(days=2))
    assert {cost.endpoint: cost.requests for cost in plan.estimate.today} == {
        "user_followers": 6,
        "user_liked_videos": 3,
    }


def test_streams_that_have_no_room_are_left_for_later() -> None:
    engine = Engine(a_day(0))
    all_streams = study(Visits(streams=("profile", "followers"), every_days=1), "ada")
    first = engine.day(all_streams, TODAY, {"research": 5, "followers": 10})
    assert [visit.streams for visit in first.visits] == [("profile",)]
    assert first.estimate.backlog == {"followers": 50}
    assert [each.streams for each in engine.plan(all_streams, TODAY).visits] == [("followers",)]


def test_accounts_of_two_cohorts_are_visited_once_for_both() -> None:
    cohorts = (
        Cohort(name="one", usernames=("ada",), schedule=NEVER, visits=Visits(streams=("profile",), every_days=4)),
        Cohort(name="two", usernames=("ada",), schedule=NEVER, visits=Visits(streams=("profile",), every_days=2)),
    )
    plans = Engine(a_day(0)).days(Study(name="study", cohorts=cohorts), TODAY, 12)
    days = visited(plans, "ada")
    assert [later - earlier for earlier, later in pairwise(days)] == [2] * (len(days) - 1)
    assert plans[days[0]].visits[0].collections == ("one", "two")
    assert [(cost.collection, cost.requests) for cost in plans[days[0]].estimate.today] == [("one", 0.5), ("two", 0.5)]
