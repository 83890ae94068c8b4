"""What is taken first, and who gets how much, where a day has not room for everything."""

from collections import Counter
from datetime import date, timedelta

import msgspec
import pytest

from tests.unit.planner.idealised import Engine, a_day
from tiktok_collector.planner.day import plan_day
from tiktok_collector.planner.state import StudyState
from tiktok_collector.study.collections import Cohort, Depth, Schedule, Search, Study, Visits
from tiktok_collector.study.day_plan import DayPlan, Purpose, VideoWork

TODAY = date(2026, 9, 1)


def days_before(count: int, age: int = 2) -> Schedule:
    return Schedule(first=TODAY - timedelta(days=age + count - 1), last=TODAY - timedelta(days=age), passes=(2,))


def search(name: str, schedule: Schedule, priority: int = 5, share: int | None = None) -> Search:
    query = {"and": [{"operation": "EQ", "field_name": "keyword", "field_values": [name]}]}
    return Search(name=name, query=query, schedule=schedule, priority=priority, research_share=share)


def spent(plan: DayPlan) -> dict[str, float]:
    sums: Counter[str] = Counter()
    for cost in plan.estimate.today:
        sums[cost.collection] += cost.requests  # type: ignore[assignment]
    return dict(sums)


def test_kinds_are_done_in_their_order() -> None:
    engine = Engine(a_day(4), silent=lambda on: on >= TODAY - timedelta(days=9))
    silent = Study(name="study", searches=(search("silent", Schedule(first=TODAY - timedelta(days=60), passes=(2,))),))
    engine.days(silent, TODAY - timedelta(days=20), 20)
    busy = Study(
        name="study",
        searches=(*silent.searches, search("old", days_before(40, age=20)), search("new", days_before(1))),
        cohorts=(
            Cohort(
                name="people",
                usernames=("ada",),
                schedule=Schedule(first=date(2030, 1, 1)),
                visits=Visits(streams=("profile",), every_days=1),
            ),
        ),
    )
    plan = engine.plan(busy, TODAY)
    kinds = [(work.rank, work.purpose.value) for work in plan.videos] + [(visit.rank, "visit") for visit in plan.visits]
    ordered = [kind for _, kind in sorted(kinds)]
    order = ["control", "fresh", "settled", "retry", "visit", "catch_up"]
    assert ordered == sorted(ordered, key=order.index)
    assert {"control", "fresh", "visit", "catch_up"} <= set(ordered)


def test_the_newest_days_are_caught_up_with_first() -> None:
    study = Study(name="study", searches=(search("one", days_before(366, age=20)),))
    windows = [work.window for work in Engine(a_day(1)).plan(study, TODAY).videos]
    assert windows == sorted(windows, key=lambda window: window.end, reverse=True)


def test_a_priority_comes_before_the_next() -> None:
    schedule = days_before(2)
    searches = tuple(search(f"{priority}", schedule, priority) for priority in (3, 1, 2))
    plan = Engine(a_day(1)).plan(Study(name="study", searches=searches), TODAY, {"research": 4})
    assert [work.search for work in plan.videos] == ["1", "2"]
    assert plan.estimate.backlog == {"research": 2}


def test_collections_of_one_priority_take_turns() -> None:
    schedule = days_before(10 * 31, age=20)
    study = Study(name="study", searches=(search("a", schedule), search("b", schedule), search("c", schedule)))
    plan = Engine(a_day(1)).plan(study, TODAY)
    turns = [work.search for work in sorted(plan.videos, key=lambda work: work.rank)]
    assert turns == ["a", "b", "c"] * 10


def test_who_has_a_larger_share_has_more_turns() -> None:
    schedule = days_before(10 * 31, age=20)
    study = Study(name="study", searches=(search("a", schedule, share=60), search("b", schedule, share=20)))
    plan = Engine(a_day(1)).plan(study, TODAY)
    first = Counter(work.search for work in sorted(plan.videos, key=lambda work: work.rank)[:8])
    assert first == {"a": 6, "b": 2}


def test_nobody_exceeds_a_share_and_who_has_none_takes_what_is_left_over() -> None:
    schedule = days_before(310)
    searches = (
        search("half", schedule, share=50),
        search("little", days_before(1), share=30),
        search("rest", schedule),
    )
    plan = Engine(a_day(1)).plan(Study(name="study", searches=searches), TODAY, {"research": 100})
    # Of 100 there are 50 for the first; the second needs one of its 30; the third has all that remains.
    assert spent(plan) == {"half": 50, "little": 1, "rest": 49}


def test_a_share_is_not_taken_by_others_before_its_owner_had_it() -> None:
    schedule = days_before(310)
    searches = (search("first", schedule, priority=1), search("last", schedule, priority=9, share=40))
    plan = Engine(a_day(1)).plan(Study(name="study", searches=searches), TODAY, {"research": 100})
    assert spent(plan) == {"first": 60, "last": 40}


def test_expected_comments_count() -> None:
    deep = msgspec.structs.replace(search("deep", days_before(10)), depth=Depth(comments=True))
    plan = Engine(a_day(1)).plan(Study(name="study", searches=(deep,)), TODAY, {"research": 500})
    # 100 videos a day, 1.2 requests each for their comments: a request for every day and 120 that follow.
    assert sum(work.window.days for work in plan.videos) == 4
    assert {cost.endpoint: round(cost.requests) for cost in plan.estimate.today} == {
        "video_query": 4,
        "comment_list": 480,
    }


def test_accounts_are_taken_apart_where_one_day_of_all_does_not_fit() -> None:
    names = tuple(f"user{number:02}" for number in range(40))
    cohort = Cohort(name="all", usernames=names, schedule=days_before(1), depth=Depth(comments=True))
    plan = Engine(a_day(1)).plan(Study(name="study", cohorts=(cohort,)), TODAY, {"research": 13})
    (work,) = plan.videos
    assert work.usernames == names[:20]


def test_nobody_is_passed_over_day_after_day() -> None:
    names = tuple(f"user{number:02}" for number in range(20))
    cohort = Cohort(name="all", usernames=names, schedule=Schedule(first=TODAY, passes=(1,)))
    study, engine = Study(name="study", cohorts=(cohort,), batch_size=1), Engine(a_day(1))
    plans = engine.days(study, TODAY + timedelta(days=1), 8, {"research": 5})
    asked = Counter(name for plan in plans for work in plan.videos for name in work.usernames)
    assert set(asked) == set(names)
    assert max(asked.values()) - min(asked.values()) <= 1


def in_flight(study: Study, works: tuple[VideoWork, ...], capacity: int, visiting: tuple[str, ...] = ()) -> DayPlan:
    return plan_day(
        study,
        StudyState.empty(),
        TODAY,
        capacity={"research": capacity, "followers": 0},
        in_flight=works,
        visits_in_flight=visiting,
        study_digest="digest",
    )


def test_what_is_under_way_is_not_planned_again_and_still_costs() -> None:
    study = Study(name="study", searches=(search("a", days_before(62)), search("b", days_before(5))))
    works = Engine(a_day(1)).plan(study, TODAY).videos
    assert [(work.search, work.expected) for work in works] == [("a", 3_100), ("b", 500), ("a", 3_100)]
    others = in_flight(study, works[:1], capacity=41)
    # Of 41 requests 31 are still needed; of what is left, the 5 days of the one and 5 of the other fit.
    assert [(work.search, work.window.days) for work in others.videos] == [("b", 5), ("a", 5)]
    assert in_flight(study, works, capacity=1_000).videos == ()
    assert in_flight(study, works[:1], capacity=31).videos == ()


def test_a_changed_search_is_not_held_up_by_the_old_one() -> None:
    old = Study(name="study", searches=(search("a", days_before(5)),))
    new = Study(name="study", searches=(msgspec.structs.replace(search("b", days_before(5)), name="a"),))
    assert len(in_flight(new, Engine(a_day(1)).plan(old, TODAY).videos, capacity=1_000).videos) == 1


@pytest.mark.parametrize(("visiting", "planned"), [((), ["ada", "bo"]), (("ada",), ["bo"]), (("ada", "bo"), [])])
def test_accounts_that_are_being_visited_are_not_visited_again(visiting: tuple[str, ...], planned: list[str]) -> None:
    cohort = Cohort(
        name="all",
        usernames=("ada", "bo"),
        schedule=Schedule(first=date(2030, 1, 1)),
        visits=Visits(streams=("profile",), every_days=1),
    )
    study = Study(name="study", cohorts=(cohort,))
    assert [visit.username for visit in in_flight(study, (), 2, visiting).visits] == planned
    assert len(in_flight(study, (), 1, visiting).visits) == min(len(planned), 1 - min(1, len(visiting)))


def test_an_account_is_only_taken_for_the_days_that_are_under_way() -> None:
    cohort = Cohort(name="all", usernames=("ada", "bo"), schedule=days_before(3))
    study = Study(name="study", cohorts=(cohort,))
    (work,) = Engine(a_day(1)).plan(study, TODAY).videos
    of_ada = msgspec.structs.replace(work, usernames=("ada",))
    plan = in_flight(study, (of_ada,), capacity=100)
    assert [each.usernames for each in plan.videos] == [("bo",)]
    assert plan.videos[0].purpose is Purpose.FRESH
