"""How tasks and runs lie in the table: what goes in comes out, and the index sorts as work should be done."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.clock import iso
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks import items
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.task import (
    Counts,
    Follow,
    Gap,
    GapReason,
    Generation,
    Progress,
    Sweep,
    Task,
    TaskKind,
    TaskRef,
    TaskSpec,
    TaskState,
    UploadState,
)

DAYS = st.dates(date(2016, 9, 20), date(2030, 1, 1))
IDS = st.integers(0, 2**63 - 1)
WINDOWS = st.builds(Window, DAYS, DAYS)
SPECS = st.builds(
    TaskSpec,
    kind=st.sampled_from(TaskKind),
    stream=st.sampled_from(["videos", "comments", "export"]),
    dt=DAYS,
    username=st.text(max_size=12),
    endpoint=st.sampled_from(["", "video_query"]),
    window=st.none() | WINDOWS,
    params=st.dictionaries(st.text(max_size=5), IDS | st.text(max_size=5), max_size=3),
    sweep=st.none() | st.builds(Sweep, st.text(max_size=5), st.text(max_size=5), st.none() | IDS, st.none() | IDS),
    limit=st.none() | IDS,
    next_task=st.none() | st.text(max_size=5),
    follow=st.builds(Follow, st.booleans(), st.none() | IDS, st.booleans(), st.booleans()),
)
GAPS = st.builds(
    Gap,
    st.sampled_from(GapReason),
    st.text(max_size=5),
    st.none() | WINDOWS,
    st.none() | st.text(max_size=5),
    st.none() | IDS,
    st.booleans(),
)
PROGRESS = st.builds(
    Progress,
    generation=st.integers(1, 9),
    page=st.integers(1, 10_000),
    cursor=st.none() | IDS,
    search_id=st.none() | st.text(max_size=5),
    window=st.none() | WINDOWS,
    last_id=st.none() | IDS,
    exhausted=st.booleans(),
    counts=st.builds(Counts, IDS, IDS, unknown_fields=st.dictionaries(st.text(max_size=5), IDS, max_size=2)),
    gaps=st.lists(GAPS, max_size=3),
    earlier=st.lists(st.builds(Generation, IDS, IDS, st.sampled_from(GapReason)), max_size=2),
    upload=st.none() | st.builds(UploadState, upload_id=st.text(max_size=5), etags=st.lists(st.text(max_size=5))),
)


@given(spec=SPECS, progress=PROGRESS, state=st.sampled_from(TaskState), priority=st.integers(0, 9))
def test_a_task_comes_back_as_it_was_stored(
    spec: TaskSpec, progress: Progress, state: TaskState, priority: int
) -> None:
    task = Task("run-1", "a00001.videos.w001", spec, priority, "research/adhoc", state, progress)
    back = items.task_from(items.task_item(task))
    assert (back.spec, back.progress, back.state, back.priority) == (spec, progress, state, priority)
    assert (back.run_id, back.task_id, back.quota, back.fence) == ("run-1", "a00001.videos.w001", "research/adhoc", 0)


@pytest.mark.parametrize("state", list(TaskState))
def test_only_pending_tasks_are_listed_as_work(state: TaskState) -> None:
    spec = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20))
    item = items.task_item(Task("run-1", "t", spec, 2, "research/adhoc", state))
    assert ("runnable" in item, "due" in item) == (state is TaskState.PENDING,) * 2


SPEC = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20), rank=7)


def test_an_index_row_names_its_task_and_its_place() -> None:
    item: dict[str, Any] = items.task_item(Task("run#1", "a.b", SPEC, 2, "followers/scheduled"))
    listed = items.listed_from(item)
    assert listed.ref == TaskRef("run#1", "a.b", "followers/scheduled")
    assert listed.order == (2, 7, items.EPOCH)


def test_an_index_row_of_an_earlier_version_is_read_as_well() -> None:
    item: dict[str, Any] = items.task_item(Task("run-1", "t", SPEC, 2, "research/adhoc"))
    listed = items.listed_from({**item, "due": {"S": "2#2026-11-20T09:00:00.000Z"}})
    assert listed.order == (2, 0, "2026-11-20T09:00:00.000Z")


def test_an_earlier_version_reads_when_a_task_of_this_one_is_due() -> None:
    item: dict[str, Any] = items.task_item(Task("run-1", "t", SPEC, 2, "research/adhoc"))
    assert item["due"]["S"].partition("#")[2] == items.EPOCH


PLACES = st.tuples(
    st.integers(0, 9),
    st.integers(0, 999_999),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),  # noqa: DTZ001 - hypothesis wants a naive bound
)


@given(first=PLACES, second=PLACES)
def test_the_index_sorts_by_priority_then_rank_then_time_and_so_do_its_rows_once_read(
    first: tuple[int, int, datetime], second: tuple[int, int, datetime]
) -> None:
    orders, keys = [], []
    for priority, rank, moment in (first, second):
        key = items.due(priority, iso(moment), rank)
        row = {"pk": {"S": "RUN#r"}, "sk": {"S": "TASK#t"}, "runnable": {"S": "r#none"}, "due": {"S": key}}
        keys.append(key)
        orders.append(items.listed_from(row).order)
        assert orders[-1] == (priority, rank, iso(moment))
    assert (keys[0] < keys[1]) == (orders[0] < orders[1])


def test_a_rank_beyond_what_the_key_can_hold_sorts_last_of_its_priority() -> None:
    assert items.due(2, items.EPOCH, 999_998) < items.due(2, items.EPOCH, 2_000_000) < items.due(3, items.EPOCH)


def test_a_run_comes_back_with_the_items_own_state() -> None:
    run = Run("one", "user_extraction", {"usernames": 1}, "adhoc", "2026-11-20T09:00:00.000Z", warnings=["w"])
    item = items.run_item(run, 1)
    assert items.run_from(item) == run
    item["state"] = {"S": "done"}
    assert items.run_from(item).state is RunState.DONE
    assert items.run_ref_from(item) == run.ref
    assert run.ref.started_on == date(2026, 11, 20)


@pytest.mark.parametrize("state", list(TaskState))
def test_what_never_runs_again(state: TaskState) -> None:
    assert state.terminal == (state.value in {"done", "failed", "skipped"})
