"""A search whose hashtags are picked day by day: each UTC day of videos is asked for with the hashtags of that day."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planner.idealised import PLENTY, Engine, a_day, days_of
from tests.unit.planner.small_studies import schedules
from tiktok_collector.planner.day import plan_day
from tiktok_collector.study.collections import Schedule, Search, Study
from tiktok_collector.study.day_plan import DayPlan, Purpose, VideoWork
from tiktok_collector.study.trend_queries import dated_queries, with_hashtags
from tiktok_collector.study.trends import TrendPick

BEGIN = date(2026, 9, 1)
"""The first day of videos."""
PICK = TrendPick(countries=("US",))
ONLY_US = {"and": [{"operation": "EQ", "field_name": "region_code", "field_values": ["US"]}]}
type Hashtags = Callable[[date], Sequence[str]]


def ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


def new_every_day(day: date) -> tuple[str, ...]:
    return ("evergreen", f"of{day:%m%d}")


def same_every_day(_day: date) -> tuple[str, ...]:
    return ("evergreen",)


def search(
    hashtags: Hashtags, today: date, *, first: date = BEGIN, share: int | None = None, schedule: Schedule | None = None
) -> Search:
    """The search as it is planned on `today`, when all days before have their hashtags."""
    days = [first + timedelta(days=number) for number in range(120)]
    return Search(
        name="trending",
        query=ONLY_US,
        trends=PICK,
        dated=dated_queries(ONLY_US, {day: hashtags(day) for day in days if day < today}),
        schedule=schedule or Schedule(first=first),
        research_share=share,
    )


def study(*searches: Search) -> Study:
    return Study(name="study", searches=searches)


def follow(engine: Engine, hashtags: Hashtags, days: int, schedule: Schedule | None = None) -> list[DayPlan]:
    """So many days from the first day of videos on, each planned with what is picked until then."""
    todays = [BEGIN + timedelta(days=number) for number in range(days)]
    return [engine.day(study(search(hashtags, today, schedule=schedule)), today) for today in todays]


def asked(plans: Sequence[DayPlan]) -> Counter[tuple[date, str]]:
    """How often each day of videos was asked for with each query."""
    works = [work for plan in plans for work in plan.videos if work.purpose is not Purpose.CONTROL]
    return Counter((day, msgspec.json.encode(work.query).decode()) for work in works for day in days_of(work.window))


def test_equal_hashtags_are_one_query_in_whatever_order_they_come() -> None:
    days = {BEGIN: ("b", "a"), BEGIN + timedelta(days=1): ("a", "b"), BEGIN + timedelta(days=2): ("c",)}
    ab, c = dated_queries(ONLY_US, {**days, BEGIN + timedelta(days=4): ("c",), BEGIN + timedelta(days=5): ()})[:2]
    assert (ab.window.start, ab.window.end) == (BEGIN, BEGIN + timedelta(days=1))
    assert ab.query["and"] == [
        *ONLY_US["and"],
        {"operation": "IN", "field_name": "hashtag_name", "field_values": ["a", "b"]},
    ]
    assert c.window.days == 1
    assert with_hashtags({"not": []}, ["x"])["not"] == []


def test_days_that_have_the_same_hashtags_but_do_not_touch_are_apart() -> None:
    third = BEGIN + timedelta(days=2)
    queries = dated_queries({}, {BEGIN: ("a",), BEGIN + timedelta(days=1): (), third: ("a",)})
    assert [each.window.start for each in queries] == [BEGIN, third]
    assert queries[0].query == queries[1].query


def test_every_day_of_videos_is_asked_for_once_a_pass_with_the_hashtags_of_that_day() -> None:
    engine = Engine(a_day(4))
    plans = follow(engine, new_every_day, 40)
    today = BEGIN + timedelta(days=39)
    for number in range(40):
        day = BEGIN + timedelta(days=number)
        query = msgspec.json.encode(with_hashtags(ONLY_US, new_every_day(day))).decode()
        passes = sum((today - day).days >= age for age in (2, 10))
        assert asked(plans)[day, query] == passes
    assert sum(asked(plans).values()) == engine.requests == 38 + 30
    assert [len(plan.videos) for plan in plans] == [0, 0] + [1] * 8 + [2] * 30
    assert all(work.search == "trending" and work.collections == ("trending",) for work in plans[-1].videos)


def test_days_whose_hashtags_stay_share_their_windows() -> None:
    plain = Search(name="trending", query=with_hashtags(ONLY_US, same_every_day(BEGIN)), schedule=Schedule(BEGIN))
    trending, ordinary = Engine(a_day(4)), Engine(a_day(4))
    plans = follow(trending, same_every_day, 40)
    ordinary.days(study(plain), BEGIN, 40)
    assert trending.requests == ordinary.requests < 38 + 30
    assert max(work.window.days for plan in plans for work in plan.videos) > 1


@settings(max_examples=30, deadline=None)
@given(
    schedule=schedules(),
    hashtags=st.lists(st.lists(st.sampled_from("abc"), unique=True, max_size=2), min_size=120, max_size=120),
    volume=st.sampled_from([0.3, 60.0]),
)
def test_whatever_the_hashtags_no_day_is_asked_for_twice_in_a_pass(
    schedule: Schedule, hashtags: list[list[str]], volume: float
) -> None:
    def picked(day: date) -> list[str]:
        return hashtags[(day - schedule.first).days]

    engine, plans = Engine(a_day(volume)), []
    for number in range(-2, 31):
        today = BEGIN + timedelta(days=number)
        current = study(search(picked, today, first=schedule.first, schedule=schedule))
        plans.append(engine.day(current, today))
        assert not [work for work in engine.plan(current, today).videos if work.purpose is not Purpose.CONTROL]
    for (day, query), times in asked(plans).items():
        assert times <= len(schedule.passes)
        assert query == msgspec.json.encode(with_hashtags(ONLY_US, picked(day))).decode()
        assert schedule.first <= day <= (schedule.last or day)
    reference = last_asking_day(schedule, BEGIN + timedelta(days=30))
    for number in range((reference - schedule.first).days - schedule.passes[0] + 1 if reference else 0):
        day = schedule.first + timedelta(days=number)
        wanted = bool(picked(day)) and day <= (schedule.last or day) and day < (reference or day)
        assert any(other == day for other, _ in asked(plans)) == wanted


def last_asking_day(schedule: Schedule, today: date) -> date | None:
    behind = (today - schedule.first).days
    return today - timedelta(days=behind % schedule.every_days) if behind >= 0 else None


def test_a_rhythm_of_several_days_is_counted_from_the_searchs_first_day() -> None:
    plans = follow(Engine(a_day(4)), new_every_day, 30, schedule=Schedule(first=BEGIN, every_days=7, passes=(2,)))
    assert [(plan.day - BEGIN).days for plan in plans if plan.videos] == [7, 14, 21, 28]
    assert set(asked(plans).values()) == {1}
    assert [len(plan.videos) for plan in plans if plan.videos] == [6, 7, 7, 7]


def test_a_day_without_hashtags_is_not_asked_for_until_it_has_some() -> None:
    gap = BEGIN + timedelta(days=5)
    engine = Engine(a_day(4))
    plans = follow(engine, lambda day: () if day == gap else new_every_day(day), 20)
    assert not [day for day, _ in asked(plans) if day == gap]
    today = BEGIN + timedelta(days=20)
    plan = engine.day(study(search(new_every_day, today)), today)
    assert gap in {work.window.start for work in plan.videos}
    assert len(plan.videos) == 3


def test_where_other_hashtags_come_out_only_their_days_are_asked_for_again() -> None:
    engine = Engine(a_day(4))
    follow(engine, new_every_day, 20)
    today, changed = BEGIN + timedelta(days=20), BEGIN + timedelta(days=3)
    later = search(lambda day: ("other",) if day == changed else new_every_day(day), today)
    plan = engine.plan(study(later), today)
    assert sorted(work.window.start for work in plan.videos) == [changed, ago(today, 10), ago(today, 2)]


def backlog(days: int, today: date, share: int | None = None) -> Search:
    return search(new_every_day, today, first=ago(today, days), share=share)


@pytest.mark.parametrize(("share", "windows"), [(10, 4), (50, 20), (None, 40)])
def test_a_search_of_many_queries_has_one_share(share: int | None, windows: int) -> None:
    plan = Engine(a_day(4)).plan(study(backlog(60, BEGIN, share=share)), BEGIN, {"research": 40})
    assert len(plan.videos) == windows
    assert [(cost.collection, cost.requests) for cost in plan.estimate.today] == [("trending", windows)]
    # The search has 59 days that are at least two days old.
    assert plan.estimate.backlog == {"research": 59 - windows}
    assert {each.collections for each in plan.left_out} == {("trending",)}


def test_next_to_others_it_is_one_collection() -> None:
    schedule = Schedule(first=ago(BEGIN, 60), passes=(2,))
    plain = Search(name="plain", query=ONLY_US, schedule=schedule, research_share=30)
    rest = Search(name="rest", query={**ONLY_US, "not": ONLY_US["and"]}, schedule=schedule)
    plan = Engine(a_day(4)).plan(study(backlog(60, BEGIN, share=30), plain, rest), BEGIN, {"research": 100})
    # What the shares leave is not more, however many queries the search has.
    assert {cost.collection: cost.requests for cost in plan.estimate.today} == {"trending": 30, "plain": 30, "rest": 40}


def test_a_usual_day_costs_one_request_a_pass() -> None:
    engine = Engine(a_day(4))
    follow(engine, new_every_day, 30)
    today = BEGIN + timedelta(days=30)
    plan = engine.plan(study(search(new_every_day, today)), today)
    (usual,) = plan.estimate.usual
    assert (usual.collection, usual.endpoint) == ("trending", "video_query")
    assert usual.requests == pytest.approx(2)
    assert plan.estimate.warnings == ()


def test_before_anything_is_picked_a_usual_day_is_known_already() -> None:
    plan = Engine(a_day(4)).plan(study(search(lambda _day: (), BEGIN)), BEGIN)
    assert plan.videos == ()
    assert sum(cost.requests for cost in plan.estimate.usual) == pytest.approx(2)


def test_days_that_were_never_asked_for_are_expected_to_be_like_the_others() -> None:
    engine = Engine(a_day(250))
    follow(engine, new_every_day, 15)
    today = BEGIN + timedelta(days=15)
    plan = engine.plan(study(search(new_every_day, today)), today)
    assert {work.window.start: work.expected for work in plan.videos} == {ago(today, 2): 250, ago(today, 10): 250}


def controls(plan: DayPlan) -> list[VideoWork]:
    return [work for work in plan.videos if work.purpose is Purpose.CONTROL]


def test_a_search_that_falls_silent_is_controlled_with_the_query_of_its_last_day_that_had_videos() -> None:
    last = BEGIN + timedelta(days=20)
    engine = Engine(lambda unit, day: a_day(4)(unit, day) if day <= last else 0)
    plans = follow(engine, new_every_day, 30)
    (first, *_) = [plan for plan in plans if controls(plan)]
    (control,) = controls(first)
    assert (control.window.start, control.window.end) == (last, last)
    assert control.query == with_hashtags(ONLY_US, new_every_day(last))
    assert (first.day - last).days == 6


def test_a_search_that_goes_on_finding_videos_is_not_controlled() -> None:
    assert not [plan for plan in follow(Engine(a_day(2)), new_every_day, 40) if controls(plan)]


def test_what_is_under_way_is_not_planned_again() -> None:
    today = BEGIN + timedelta(days=15)
    engine = Engine(a_day(4))
    current = study(search(new_every_day, today))
    plan = engine.plan(current, today)
    rest = plan_day(
        current, engine.state, today, capacity=PLENTY, in_flight=plan.videos[:5], study_digest="", notes=["as it is"]
    )
    assert len(rest.videos) == len(plan.videos) - 5
    assert not {work.window for work in rest.videos} & {work.window for work in plan.videos[:5]}
    assert rest.notes == ("as it is",)
