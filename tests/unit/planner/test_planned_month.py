"""A month of planned days of random small studies, against a plain account of what is due."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planner.idealised import Engine, a_day, days_of
from tests.unit.planner.small_studies import BEGIN, studies
from tiktok_collector.study.collections import Cohort, Schedule, Search, Study
from tiktok_collector.study.day_plan import DayPlan, Estimate, Purpose, VideoWork

MONTH = 31


def units_of(collection: Cohort | Search) -> tuple[str, ...]:
    return (collection.name,) if isinstance(collection, Search) else collection.usernames


def units_asked(work: VideoWork) -> tuple[str, ...]:
    return (work.search,) if work.search else work.usernames


def last_asking_day(schedule: Schedule, today: date) -> date | None:
    asking = [
        schedule.first + timedelta(days=number)
        for number in range(0, (today - schedule.first).days + 1, schedule.every_days)
    ]
    return asking[-1] if asking else None


def wanted(study: Study, today: date) -> Iterator[tuple[str, date, int]]:
    """Every unit and day with each age at which it should have been asked for by the last asking day."""
    for collection in study.collections:
        schedule = collection.schedule
        reference = last_asking_day(schedule, today)
        if reference is None:
            continue
        day = schedule.first
        while day < reference and (schedule.last is None or day <= schedule.last):
            for age in schedule.passes:
                if (reference - day).days >= age:
                    for unit in units_of(collection):
                        yield unit, day, age
            day += timedelta(days=1)


class Account:
    """When each day of each unit was last asked for."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str, date], date] = {}

    def age(self, unit: str, day: date) -> int:
        return (self.asked[unit, day] - day).days if (unit, day) in self.asked else 0

    def due(self, study: Study, today: date) -> set[tuple[str, date]]:
        return {(unit, day) for unit, day, age in wanted(study, today) if self.age(unit, day) < age}

    def note(self, plan: DayPlan) -> None:
        for work in without_controls(plan):
            for unit in units_asked(work):
                for day in days_of(work.window):
                    self.asked[unit, day] = plan.day


def without_controls(plan: DayPlan) -> list[VideoWork]:
    return [work for work in plan.videos if work.purpose is not Purpose.CONTROL]


def works_by_unit_and_day(plan: DayPlan) -> dict[tuple[str, date], list[VideoWork]]:
    works = defaultdict(list)
    for work in without_controls(plan):
        for unit in units_asked(work):
            for day in days_of(work.window):
                works[unit, day].append(work)
    return works


@settings(max_examples=20, deadline=None)
@given(study=studies(), volume=st.sampled_from([0.3, 7.0, 60.0]))
def test_what_is_due_is_asked_for_once_and_never_again(study: Study, volume: float) -> None:
    engine, account = Engine(a_day(volume)), Account()
    for number in range(MONTH):
        today = BEGIN + timedelta(days=number)
        due = account.due(study, today)
        plan = engine.day(study, today)
        works = works_by_unit_and_day(plan)
        assert all(len(works[unit_and_day]) == 1 for unit_and_day in due)
        for work in without_controls(plan):
            assert work.window.days <= 31
            assert work.window.end < today
            for unit in units_asked(work):
                assert {(unit, work.window.start), (unit, work.window.end)} <= due
        account.note(plan)
        assert not account.due(study, today)
        assert without_controls(engine.plan(study, today)) == []


@settings(max_examples=20, deadline=None)
@given(study=studies(), volume=st.sampled_from([0.3, 7.0]), capacity=st.sampled_from([8, 10**6]))
def test_depth_comes_with_the_last_pass_and_only_then(study: Study, volume: float, capacity: int) -> None:
    engine, account = Engine(a_day(volume)), Account()
    for number in range(MONTH):
        plan = engine.day(study, BEGIN + timedelta(days=number), {"research": capacity, "followers": 100})
        works = works_by_unit_and_day(plan)
        for collection in study.collections:
            last_pass = collection.schedule.passes[-1]
            for unit in units_of(collection):
                for (other, day), those in works.items():
                    in_schedule = collection.schedule.first <= day <= (collection.schedule.last or day)
                    completes = account.age(unit, day) < last_pass <= (plan.day - day).days
                    if other == unit and in_schedule and completes:
                        assert collection.depth.comments <= any(work.depth.comments for work in those)
                        assert collection.depth.playlists <= any(work.depth.playlists for work in those)
        for work in plan.videos:
            if work.depth.comments:
                newest_age = (plan.day - work.window.end).days
                assert newest_age >= min(each.schedule.passes[-1] for each in study.collections if each.depth.comments)
        account.note(plan)


def sums(costs: Estimate, collection: str | None = None) -> Mapping[str, float]:
    by_family: dict[str, float] = {"research": 0.0, "followers": 0.0}
    for cost in costs.today:
        if collection in {None, cost.collection}:
            by_family[cost.family] += cost.requests
    return by_family


@settings(max_examples=20, deadline=None)
@given(study=studies(shares=True), volume=st.sampled_from([0.3, 7.0, 60.0]), research=st.integers(0, 40))
def test_no_plan_exceeds_the_capacity_or_a_share_by_its_own_estimate(
    study: Study, volume: float, research: int
) -> None:
    engine, capacity = Engine(a_day(volume)), {"research": research, "followers": 5}
    for plan in engine.days(study, BEGIN, MONTH, capacity):
        spent = sums(plan.estimate)
        assert all(spent[family] <= capacity[family] + 1e-3 for family in capacity)
        for collection in study.collections:
            if collection.research_share is not None:
                limit = research * collection.research_share / 100
                assert sums(plan.estimate, collection.name)["research"] <= limit + 1e-3


def as_assumed(unit: str, day: date) -> int:
    """A world with as much in it as is assumed before anything is known."""
    return 100 if unit.startswith("search") else a_day(0.5)(unit, day)


@settings(max_examples=60, deadline=None)
@given(study=studies(), factor=st.sampled_from([1.1, 1.3, 1.6, 2.5]))
def test_what_is_said_to_be_caught_up_with_is(study: Study, factor: float) -> None:
    """Where a day has so many times the requests of a usual one."""
    engine, today = Engine(as_assumed), BEGIN
    usual = sum(cost.requests for cost in engine.plan(study, today).estimate.usual if cost.family == "research")
    capacity = {"research": ceil(usual * factor), "followers": 300}
    engine.days(study, today, 3, capacity)
    plan = engine.plan(study, today + timedelta(days=3), capacity)
    expected = plan.estimate.days_to_catch_up
    if expected is not None:
        assert (expected == 0) == (not plan.estimate.backlog)
        plans = engine.days(study, today + timedelta(days=3), 2 * expected + 20, capacity)
        assert any(not plan.estimate.backlog for plan in plans)


@settings(max_examples=20, deadline=None)
@given(study=studies(shares=True), volume=st.sampled_from([0.3, 7.0]), research=st.integers(5, 60))
def test_the_same_is_planned_of_the_same_and_in_one_order(study: Study, volume: float, research: int) -> None:
    engine, capacity = Engine(a_day(volume)), {"research": research, "followers": 50}
    engine.days(study, BEGIN, 5, capacity)
    plan = engine.plan(study, BEGIN + timedelta(days=5), capacity)
    assert engine.plan(study, BEGIN + timedelta(days=5), capacity) == plan
    ranks = sorted([work.rank for work in plan.videos] + [visit.rank for visit in plan.visits])
    assert ranks == list(range(len(ranks)))
