"""A batch is halved down to the names that fail, at a cost that is known beforehand."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.collection.support import DAY, VIDEOS, WINDOW
from tiktok_collector.collection.batch import batch_query, halves, narrowed, usernames_of
from tiktok_collector.collection.canary import canary_body, same_days_body
from tiktok_collector.collection.plan import new_task, video_query
from tiktok_collector.collection.recovery import (
    HEAVY_AFTER,
    HEAVY_AFTER_SPLIT,
    TRIES_IN_PLACE,
    Move,
    after_failure,
    after_refusal,
    names_in_doubt,
)
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import GapReason, Progress, Task, TaskSpec, TaskState

MOST_A_NAME = 15
OTHER = {"operation": "EQ", "field_name": "region_code", "field_values": ["DE"]}
NAMES = st.lists(st.from_regex(r"[a-z0-9_.]{2,12}", fullmatch=True), min_size=1, max_size=60, unique=True)


def batch_of(names: list[str], **changes: Any) -> TaskSpec:
    return msgspec.structs.replace(VIDEOS, username="", params=batch_query(names), collections=("c",), **changes)


def task_of(spec: TaskSpec, progress: Progress | None = None) -> Task:
    task = new_task("run", "v00001.videos.w001", spec, TaskState.RUNNING)
    task.progress = progress or Progress()
    return task


@given(names=NAMES)
def test_halves_are_the_whole_and_nothing_else_of_the_query_changes(names: list[str]) -> None:
    spec = batch_of(names)
    spec.params["query"]["and"].append(OTHER)
    spec.params["query"]["not"] = [OTHER]
    assert usernames_of(spec) == tuple(names)
    first, second = halves(names)
    assert [*first, *second] == names
    assert 0 <= len(first) - len(second) <= 1
    half = narrowed(spec, first)
    assert usernames_of(half) == tuple(first)
    assert half.params["query"]["and"][1:] == [OTHER]
    assert half.params["query"]["not"] == [OTHER]
    assert usernames_of(spec) == tuple(names)


@pytest.mark.parametrize(
    "spec",
    [
        msgspec.structs.replace(VIDEOS, params=video_query("someone")),
        msgspec.structs.replace(VIDEOS, params={"query": {"not": batch_query(["a1", "b2"])["query"]["and"]}}),
        msgspec.structs.replace(VIDEOS, params={"username": "someone"}),
        msgspec.structs.replace(VIDEOS, params={"query": {"and": batch_query(["a1"])["query"]["and"] * 2}}),
        batch_of(["a1", "b2"], limit=10),
    ],
    ids=["one account", "excluded accounts", "a profile", "two lists", "only so many videos of all"],
)
def test_what_cannot_be_halved_by_name_is_no_batch(spec: TaskSpec) -> None:
    assert usernames_of(spec) == ()
    assert not names_in_doubt(spec, Progress(failures=TRIES_IN_PLACE))


def cost_of(names: list[str], bad: set[str], *, first: bool = True) -> tuple[int, list[str]]:
    """Failed requests of a batch whose names are at fault, with the question; and the names that were given up."""
    spec, progress, cost = batch_of(names), Progress(names_blamed=not first), 0
    if not bad & set(names):
        return 0, []
    while True:
        progress.failures += 1
        cost += 1
        if first and names_in_doubt(spec, progress):
            progress.names_blamed = True
            cost += 1
        decision = after_failure(spec, progress, known=True)
        if decision.move is Move.GAP:
            assert (decision.reason, progress.failures, len(names)) == (GapReason.BAD_USERNAME, TRIES_IN_PLACE, 1)
            return cost, list(names)
        if decision.move is Move.BISECT:
            parts = [cost_of(list(part), bad, first=False) for part in halves(names)]
            return cost + sum(part for part, _ in parts), [name for _, found in parts for name in found]
        assert decision.move is Move.AGAIN


@given(size=st.integers(1, 50), data=st.data())
def test_each_bad_name_is_found_and_costs_at_most_fifteen_requests(size: int, data: st.DataObject) -> None:
    names = [f"name{number:02d}" for number in range(size)]
    bad = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=4))
    cost, found = cost_of(names, bad)
    assert found == sorted(bad)
    # A canary goes with every four failures in a row.
    assert cost + cost // 4 <= MOST_A_NAME * len(bad)


def test_it_is_asked_whose_fault_it_is_before_a_window_is_split_and_before_anything_is_given_up() -> None:
    batch, half = batch_of(["a1", "b2"]), batch_of(["a1", "b2"], depth=1)
    assert [names_in_doubt(batch, Progress(failures=n)) for n in (1, 2, 3)] == [False, False, True]
    assert names_in_doubt(batch, Progress(failures=HEAVY_AFTER))
    assert names_in_doubt(half, Progress(failures=HEAVY_AFTER_SPLIT))
    assert names_in_doubt(batch, Progress(failures=1, heavy_budget=0))
    assert not names_in_doubt(batch, Progress(failures=3, names_blamed=True))


@given(failures=st.integers(1, 40), budget=st.integers(-5, 36), rows=st.integers(0, 3), days=st.integers(1, 31))
def test_a_batch_is_neither_split_nor_given_up_without_the_question(
    failures: int, budget: int, rows: int, days: int
) -> None:
    window = Window(WINDOW.start, date.fromordinal(WINDOW.start.toordinal() + days - 1))
    spec = msgspec.structs.replace(batch_of(["a1", "b2"]), window=window)
    progress = Progress(failures=failures, heavy_budget=budget, item_rows=rows)
    if after_failure(spec, progress, known=True).move in {Move.SPLIT, Move.GAP}:
        assert names_in_doubt(spec, progress)


def test_a_name_alone_that_has_given_videos_is_not_in_doubt() -> None:
    alone = batch_of(["a1"])
    assert names_in_doubt(alone, Progress(failures=3))
    assert not names_in_doubt(alone, Progress(failures=3, item_rows=7))


def test_a_refused_batch_is_bisected_and_a_refused_name_is_given_up() -> None:
    assert after_refusal(batch_of(["a1", "b2"])).move is Move.BISECT
    decision = after_refusal(batch_of(["a1"]))
    assert (decision.move, decision.reason) == (Move.GAP, GapReason.BAD_USERNAME)


def test_the_question_is_a_small_batch_of_others_over_the_days_that_fail() -> None:
    searched = Window(WINDOW.start, date(2026, 10, 20))
    body = same_days_body(task_of(batch_of(["a1", "tiktok"]), Progress(window=searched)))
    assert body is not None
    (condition,) = body["query"]["and"]
    assert (condition["operation"], condition["field_values"]) == ("IN", ["tiktokcreators"])
    assert (body["start_date"], body["end_date"], body["max_count"]) == ("20261001", "20261020", 1)
    assert same_days_body(task_of(batch_of(["tiktokcreators", "tiktok"]))) is None


def test_a_batchs_canary_names_none_of_its_accounts() -> None:
    spec = batch_of(["a1", "tiktok"])
    body = canary_body(ENDPOINTS["video_query"], task_of(spec), [spec.params], DAY)
    assert body is not None
    assert body["query"]["and"][0]["field_values"] == ["tiktokcreators"]
