"""What a plan says about its cost before anything is sent."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planner.idealised import PLENTY, Engine, a_day
from tests.unit.planner.small_studies import BEGIN, studies
from tiktok_collector.planner.day import plan_day
from tiktok_collector.planner.state import StudyState
from tiktok_collector.study.collections import Cohort, Depth, Schedule, Search, Study, Visits
from tiktok_collector.study.day_plan import Cost, DayPlan

TODAY = date(2026, 9, 1)
QUERY = {"and": [{"operation": "EQ", "field_name": "hashtag_name", "field_values": ["cats"]}]}
NAMES = tuple(f"user{number:04}" for number in range(1_000))
PEOPLE = Cohort(
    name="people",
    usernames=NAMES,
    schedule=Schedule(first=TODAY - timedelta(days=300)),
    visits=Visits(streams=("profile",), every_days=30),
)
CATS = Search(name="cats", query=QUERY, schedule=Schedule(first=TODAY - timedelta(days=30)))


def study(*collections: Cohort | Search) -> Study:
    return Study(
        name="study",
        cohorts=tuple(each for each in collections if isinstance(each, Cohort)),
        searches=tuple(each for each in collections if isinstance(each, Search)),
    )


def requests(costs: Iterable[Cost]) -> dict[str, float]:
    sums: Counter[str] = Counter()
    for cost in costs:
        sums[cost.endpoint] += cost.requests  # type: ignore[assignment]
    return dict(sums)


def test_requests_are_told_by_collection_endpoint_and_family() -> None:
    friends = Cohort(
        name="friends",
        usernames=("user0000",),
        schedule=Schedule(first=date(2030, 1, 1)),
        visits=Visits(streams=("profile", "followers"), every_days=1, max_followers=200),
    )
    people = msgspec.structs.replace(PEOPLE, usernames=NAMES[:1], visits=Visits(streams=("profile",), every_days=1))
    plan = Engine(a_day(1)).plan(study(people, friends), TODAY)
    assert plan.estimate.today == (
        Cost("people", "user_info", "research", 0.5),
        Cost("people", "video_query", "research", 10),
        Cost("friends", "user_followers", "followers", 2),
        Cost("friends", "user_info", "research", 0.5),
    )


@pytest.mark.parametrize("every_days", [1, 2, 7])
@pytest.mark.parametrize("comments", [False, True])
def test_a_usual_day_is_the_average_of_days_that_follow(every_days: int, comments: bool) -> None:
    schedule = Schedule(first=TODAY - timedelta(days=30), every_days=every_days)
    depth = Depth(comments=comments)
    visits = Visits(streams=("profile",), every_days=14)
    people = msgspec.structs.replace(PEOPLE, usernames=NAMES[:60], schedule=schedule, depth=depth, visits=visits)
    cats = msgspec.structs.replace(CATS, schedule=schedule, depth=depth)
    engine = Engine(a_day(3))
    engine.days(study(people, cats), TODAY, 30)
    usual = engine.plan(study(people, cats), TODAY + timedelta(days=30)).estimate.usual
    plans = engine.days(study(people, cats), TODAY + timedelta(days=30), 84)
    spent = requests(cost for plan in plans for cost in plan.estimate.today)
    assert {endpoint: each / 84 for endpoint, each in spent.items()} == pytest.approx(requests(usual), rel=0.02)


@settings(max_examples=10, deadline=None)
@given(study=studies(), volume=st.sampled_from([0.5, 7.0]))
def test_an_average_day_is_not_dearer_than_a_usual_one(study: Study, volume: float) -> None:
    """But for controls, and for days that begin or end with a collection."""
    going_on = [msgspec.structs.replace(each.schedule, last=None) for each in study.collections]
    cohorts = tuple(
        msgspec.structs.replace(each, schedule=schedule)
        for each, schedule in zip(study.cohorts, going_on, strict=False)
    )
    study = msgspec.structs.replace(study, cohorts=cohorts, searches=())
    engine = Engine(a_day(volume))
    engine.days(study, BEGIN, 25)
    usual = requests(engine.plan(study, BEGIN + timedelta(days=25)).estimate.usual)
    plans = engine.days(study, BEGIN + timedelta(days=25), 28)
    spent = requests(cost for plan in plans for cost in plan.estimate.today)
    assert spent.get("video_query", 0) / 28 <= usual.get("video_query", 0) * 1.1 + 1


def test_a_study_that_fits_has_no_backlog_and_no_warning() -> None:
    estimate = Engine(a_day(0.3)).plan(study(PEOPLE, CATS), TODAY, PLENTY).estimate
    assert (estimate.backlog, estimate.days_to_catch_up, estimate.warnings) == ({}, 0, ())
    assert estimate.capacity == PLENTY


def test_it_says_how_long_catching_up_takes_and_is_right_about_it() -> None:
    engine, capacity = Engine(a_day(0.3)), {"research": 200, "followers": 0}
    engine.days(study(PEOPLE), TODAY, 2, capacity)
    today = TODAY + timedelta(days=2)
    plan = engine.day(study(PEOPLE), today, capacity)
    expected = plan.estimate.days_to_catch_up
    assert expected is not None
    assert expected > 3
    took = 0
    while plan.estimate.backlog:
        took += 1
        plan = engine.day(study(PEOPLE), today + timedelta(days=took), capacity)
    assert took == pytest.approx(expected, abs=3)


def test_a_study_that_can_never_fit_is_told_with_numbers_and_what_to_change() -> None:
    deep = msgspec.structs.replace(CATS, depth=Depth(comments=True))
    engine = Engine(a_day(1_500), silent=lambda _on: False)
    engine.day(study(CATS), TODAY)
    estimate = engine.plan(study(deep, PEOPLE), TODAY + timedelta(days=1), {"research": 900, "followers": 0}).estimate
    assert estimate.days_to_catch_up is None
    assert estimate.warnings[0] == (
        "A usual day of this study needs about 1,904 research requests (comments 1,800, videos 70, profiles 34), "
        "and 900 are left to schedules: lower max_per_video of 'cats', or leave its comments out."
    )


def test_nobody_is_told_to_lower_what_costs_one_request_however_low_it_is() -> None:
    shallow = msgspec.structs.replace(CATS, depth=Depth(comments=True, max_comments=1))
    engine = Engine(a_day(1_500), silent=lambda _on: False)
    engine.day(study(CATS), TODAY)
    estimate = engine.plan(study(shallow), TODAY + timedelta(days=1), {"research": 900, "followers": 0}).estimate
    assert estimate.warnings[0].endswith("900 are left to schedules: leave the comments of 'cats' out.")


def test_what_does_not_fit_is_named_with_its_days_and_accounts() -> None:
    engine = Engine(a_day(1_500), silent=lambda _on: False)
    plan = engine.plan(study(PEOPLE), TODAY, {"research": 3, "followers": 0})
    due = engine.plan(study(PEOPLE), TODAY, PLENTY)
    assert due.left_out == ()
    left = sum(each.window.days * each.accounts for each in plan.left_out)
    assert left > 0
    assert asked(plan) + left == asked(due)


def asked(plan: DayPlan) -> int:
    """Days of accounts, if every day of every window is due."""
    return sum(work.window.days * len(work.usernames) for work in plan.videos)


@pytest.mark.parametrize(
    ("collection", "capacity", "advice"),
    [
        (
            msgspec.structs.replace(PEOPLE, visits=Visits(streams=("profile",), every_days=1)),
            {"research": 540},
            "visit the accounts of 'people' every 2 days",
        ),
        (
            msgspec.structs.replace(PEOPLE, visits=Visits(streams=("followers",), every_days=2)),
            {"research": 100, "followers": 5_000},
            "lower max_followers or max_following of 'people', or visit the accounts of 'people' every 10 days",
        ),
        (PEOPLE, {"research": 60}, "collect 'people' every 2 days, or with fewer passes or accounts"),
        (PEOPLE, {"research": 0}, "collect 'people' less often, or with fewer passes or accounts"),
        (
            msgspec.structs.replace(CATS, schedule=Schedule(first=TODAY, passes=(2, 4, 10))),
            {"research": 2},
            "narrow the query of 'cats', or collect it with fewer passes",
        ),
    ],
)
def test_advice_is_about_what_takes_the_most(
    collection: Cohort | Search, capacity: dict[str, int], advice: str
) -> None:
    (warning,) = Engine(a_day(1)).plan(study(collection), TODAY, capacity).estimate.warnings[:1]
    assert warning.endswith(f": {advice}.")


def test_a_collection_that_needs_more_than_its_share_is_told() -> None:
    small = msgspec.structs.replace(CATS, research_share=10, depth=Depth(comments=True))
    estimate = Engine(a_day(1)).plan(study(small), TODAY, {"research": 1_000}).estimate
    assert estimate.warnings[0] == (
        "A usual day of 'cats' needs about 122 research requests (comments 120, videos 2), and its share of 10 % is "
        "100: raise its research_share, or lower max_per_video of 'cats', or leave its comments out."
    )
    assert estimate.days_to_catch_up is None


def test_what_is_too_large_for_any_day_is_told() -> None:
    seldom = Schedule(first=TODAY - timedelta(days=2), last=TODAY - timedelta(days=2), passes=(2,))
    deep = msgspec.structs.replace(CATS, depth=Depth(comments=True), schedule=seldom)
    estimate = Engine(a_day(1)).plan(study(deep), TODAY + timedelta(days=90), {"research": 100}).estimate
    assert estimate.warnings == (
        (
            "The least that can be asked for of 'cats' at once needs about 121 research requests (comments 120, "
            "videos 1), and a day has 100 for it, so it is never asked for: lower max_per_video of 'cats', or leave "
            "its comments out."
        ),
    )
    assert estimate.days_to_catch_up is None
    assert estimate.backlog == {"research": 121}


def test_what_has_ended_costs_nothing_on_a_usual_day() -> None:
    ended = msgspec.structs.replace(CATS, schedule=Schedule(first=date(2026, 1, 1), last=date(2026, 2, 1)))
    assert Engine(a_day(1)).plan(study(ended), TODAY).estimate.usual == ()


def test_measured_volumes_and_comments_replace_what_was_assumed() -> None:
    deep = msgspec.structs.replace(CATS, depth=Depth(comments=True))
    engine = Engine(a_day(250))
    before = requests(engine.plan(study(deep), TODAY).estimate.usual)
    assert before == pytest.approx({"video_query": 2, "comment_list": 120})
    engine.day(study(deep), TODAY)
    after = requests(engine.plan(study(deep), TODAY + timedelta(days=1)).estimate.usual)
    assert after == pytest.approx({"video_query": 6, "comment_list": 250})


def test_dropped_candidates_are_expected_again() -> None:
    engine = Engine(a_day(80))
    plan = engine.plan(study(CATS), TODAY)
    record = engine.run(plan)
    doubled = tuple(msgspec.structs.replace(each, candidates=2 * each.candidates) for each in record.videos)
    engine.state.absorb(msgspec.structs.replace(record, videos=doubled))
    plan = engine.plan(study(CATS), TODAY + timedelta(days=1))
    assert [work.expected for work in plan.videos] == [160, 160]


def test_problems_and_the_digest_are_passed_on() -> None:
    plan = plan_day(study(CATS), StudyState.empty(), TODAY, capacity={}, study_digest="abc", problems=["row 3"])
    assert (plan.study, plan.day, plan.study_digest, plan.problems) == ("study", TODAY, "abc", ("row 3",))


def test_a_study_that_fits_only_just_is_told_that_it_may_never_catch_up() -> None:
    deep = msgspec.structs.replace(CATS, depth=Depth(comments=True))
    estimate = Engine(a_day(1)).plan(study(deep), TODAY, {"research": 150}).estimate
    assert estimate.days_to_catch_up is None
    assert estimate.warnings == (
        (
            "2,420 research requests are left over today, and may never be caught up with: of 150 a day, a usual day "
            "needs about 122 research requests (comments 120, videos 2)."
        ),
    )
