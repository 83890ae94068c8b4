from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.planner.idealised import PLENTY, Engine, a_day
from tiktok_collector.planner.batches import balanced, batch_size, query_of
from tiktok_collector.study.collections import Cohort, Schedule, Study
from tiktok_collector.study.day_plan import VideoWork
from tiktok_collector.study.record import RunRecord

TODAY = date(2026, 9, 1)
NAMES = tuple(f"user{number:03}" for number in range(120))
STUDY = Study(
    name="study",
    cohorts=(Cohort(name="all", usernames=NAMES, schedule=Schedule(first=TODAY - timedelta(days=2), passes=(2,))),),
)


def sizes(works: Sequence[VideoWork]) -> list[int]:
    return [len(work.usernames) for work in works]


@given(names=st.lists(st.text(max_size=3), unique=True, max_size=200), size=st.integers(1, 60))
def test_batches_are_the_fewest_and_of_nearly_one_size(names: list[str], size: int) -> None:
    groups = balanced(names, size)
    assert [name for group in groups for name in group] == names
    assert len(groups) == -(-len(names) // size)
    assert not groups or max(map(len, groups)) <= min(size, min(map(len, groups)) + 1)


def test_accounts_are_batched_in_the_order_of_their_names() -> None:
    shuffled = msgspec.structs.replace(STUDY.cohorts[0], usernames=NAMES[::-1])
    plan = Engine(a_day(1)).plan(msgspec.structs.replace(STUDY, cohorts=(shuffled,)), TODAY)
    assert [work.usernames for work in plan.videos] == [NAMES[:40], NAMES[40:80], NAMES[80:]]


@pytest.mark.parametrize(
    ("setting", "too_large", "size"), [(50, None, 50), (50, 50, 25), (50, 7, 3), (50, 1, 1), (10, 50, 10)]
)
def test_a_batch_is_half_of_what_was_too_large(setting: int, too_large: int | None, size: int) -> None:
    assert batch_size(setting, too_large) == size


def worked(engine: Engine, day: date, **changes: object) -> None:
    """A day whose results say something more about every batch."""
    record = engine.run(engine.plan(STUDY, day, PLENTY))
    videos = tuple(msgspec.structs.replace(result, **changes) for result in record.videos)
    engine.state.absorb(RunRecord(study="study", run_id=f"{day}", day=day, part="accounts", videos=videos))


def test_batches_are_smaller_for_30_days_after_one_was_too_large() -> None:
    engine = Engine(a_day(1))
    worked(engine, TODAY, bisected=40)
    for number in range(1, 33):
        plan = engine.day(STUDY, TODAY + timedelta(days=number))
        assert sizes(plan.videos) == ([20] * 6 if number < 30 else [40] * 3)


def with_one_bisected(engine: Engine, day: date) -> RunRecord:
    """A day on which the first batch was bisected and the others were not."""
    record = engine.run(engine.plan(STUDY, day, PLENTY))
    first = msgspec.structs.replace(record.videos[0], bisected=len(record.videos[0].usernames))
    return msgspec.structs.replace(record, videos=(first, *record.videos[1:]))


def test_batches_stay_as_they_are_if_others_of_that_size_went_through() -> None:
    engine = Engine(a_day(1))
    engine.state.absorb(with_one_bisected(engine, TODAY))
    assert sizes(engine.plan(STUDY, TODAY + timedelta(days=1)).videos) == [40] * 3


def test_that_much_smaller_ones_went_through_says_nothing_of_the_size() -> None:
    engine = Engine(a_day(1))
    smaller = Cohort(name="some", usernames=("zoe",), schedule=STUDY.cohorts[0].schedule)
    record = engine.run(engine.plan(msgspec.structs.replace(STUDY, cohorts=(*STUDY.cohorts, smaller)), TODAY))
    videos = tuple(
        msgspec.structs.replace(each, bisected=40 if len(each.usernames) == 40 else 0) for each in record.videos
    )
    engine.state.absorb(msgspec.structs.replace(record, videos=videos))
    assert sizes(engine.plan(STUDY, TODAY + timedelta(days=1)).videos) == [20] * 6


def test_a_name_that_makes_queries_fail_is_asked_for_alone_until_it_does_no_more() -> None:
    engine = Engine(a_day(1))
    worked(engine, TODAY, bad_usernames=("user007",))
    plan = engine.plan(STUDY, TODAY + timedelta(days=1))
    assert sorted(sizes(plan.videos)) == [1, 39, 40, 40]
    (alone,) = (work for work in plan.videos if len(work.usernames) == 1)
    assert alone.usernames == ("user007",)
    engine.day(STUDY, TODAY + timedelta(days=1))
    assert sizes(engine.plan(STUDY, TODAY + timedelta(days=2)).videos) == [40, 40, 40]


def test_a_name_that_fails_alone_stays_alone() -> None:
    engine = Engine(a_day(1), fails=lambda unit, _day, _on: unit == "user007")
    worked(engine, TODAY, bad_usernames=("user007",))
    for number in range(1, 40):
        plan = engine.day(STUDY, TODAY + timedelta(days=number))
        assert all(len(work.usernames) == 1 for work in plan.videos if "user007" in work.usernames)


def test_one_account_is_asked_for_with_eq_and_several_with_in() -> None:
    assert query_of(["ada"]) == {"and": [{"operation": "EQ", "field_name": "username", "field_values": ["ada"]}]}
    assert query_of(["ada", "bo"])["and"][0]["operation"] == "IN"
