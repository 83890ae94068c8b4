"""Tasks that cannot be worked: they rest or fail, and the code's own defects end the invocation, not the work."""

from datetime import date, timedelta
from typing import Any

import pytest

from benchmarks.collector import Quiet
from benchmarks.fake_dynamodb import FakeDynamoDB
from tests.support.clock import HandClock
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.checkpoint import begun_again, behind, is_sound
from tiktok_collector.collection.failing import MOST_AT_ONCE, SET_ASIDE, Defect, Failing
from tiktok_collector.errors import Fatal
from tiktok_collector.lake.raw_pages import CorruptPage, PageEnvelope
from tiktok_collector.tasks.store import LEASE, TaskStore
from tiktok_collector.tasks.task import GapReason, Progress, Sweep, Task, TaskKind, TaskRef, TaskSpec, TaskState

SPEC = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20), endpoint="video_query")
ITEMS = [{"video_id": number} for number in (11, 12, 13)]


class Bench:
    """A table with tasks, and what deals with those that cannot be worked."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.tasks = TaskStore(client(), "tasks", self.clock)
        self.failing = Failing(self.tasks, Chain(self.tasks), self.clock, Quiet())

    def claimed(self, task_id: str, spec: TaskSpec = SPEC) -> Task:
        self.tasks.add(Task("run", task_id, spec, 2, "none"))
        task = self.tasks.claim(TaskRef("run", task_id, "none"), "owner")
        assert task is not None
        return task

    def stored(self, task_id: str) -> Task:
        task = self.tasks.get("run", task_id)
        assert task is not None
        return task


def client() -> Any:
    return FakeDynamoDB()


def raised(error: Exception) -> Exception:
    """An error with a traceback, as those that are caught have."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_defect_sets_its_task_aside_and_fails_it_in_the_end() -> None:
    bench = Bench()
    bench.claimed("a.videos")
    for number, pause in enumerate(SET_ASIDE):
        bench.clock.advance(seconds=LEASE.total_seconds() + 1)
        task = bench.claimed("a.videos")
        task.progress.page = 99
        assert bench.failing.set_aside(task, raised(ValueError("odd"))) is TaskState.PARKED
        stored = bench.stored("a.videos")
        assert (stored.progress.page, stored.progress.defects, stored.progress.note) == (1, number + 1, "defect")
        bench.clock.advance(seconds=pause.total_seconds())
    task = bench.claimed("a.videos")
    assert bench.failing.set_aside(task, raised(ValueError("odd"))) is TaskState.FAILED
    (gap,) = bench.stored("a.videos").progress.gaps
    assert gap.reason is GapReason.FAILED
    assert "defect (ValueError" in gap.detail


def test_a_task_that_has_rested_in_an_outage_is_given_as_much_time() -> None:
    bench = Bench()
    task = bench.claimed("a.videos")
    task.progress.visits = 40
    bench.tasks.commit(task)
    assert bench.failing.set_aside(task, raised(ValueError("odd"))) is TaskState.PARKED


def test_many_defects_end_the_invocation_and_keep_the_tasks() -> None:
    bench = Bench()
    for number in range(MOST_AT_ONCE - 1):
        bench.failing.set_aside(bench.claimed(f"a.{number}"), raised(KeyError("x")))
    with pytest.raises(Defect, match="10 tasks met a defect"):
        bench.failing.set_aside(bench.claimed("a.last"), raised(KeyError("x")))
    assert bench.stored("a.last").state is TaskState.PARKED


def test_a_defect_after_another_worker_took_over_changes_nothing() -> None:
    bench = Bench()
    late = bench.claimed("a.videos")
    bench.clock.advance(seconds=LEASE.total_seconds() + 1)
    bench.claimed("a.videos")
    assert bench.failing.set_aside(late, raised(ValueError())) is None
    assert bench.stored("a.videos").state is TaskState.RUNNING


def test_a_task_whose_successor_is_missing_ends_all_the_same() -> None:
    bench = Bench()
    task = bench.claimed(
        "a.w001", TaskSpec(TaskKind.PAGES, "videos", SPEC.dt, endpoint="video_query", next_task="a.w2")
    )
    assert bench.failing.fail(task, Fatal("Why.")) is TaskState.FAILED
    stored = bench.stored("a.w001")
    assert (stored.state, stored.progress.gaps[-1].detail) == (TaskState.FAILED, "Why.")


@pytest.mark.parametrize(
    "progress",
    [
        Progress(page=0),
        Progress(page=10**6),
        Progress(generation=0),
        Progress(item=3),
        Progress(item=-1),
        Progress(cursor=-1),
        Progress(last_id=2**63),
        Progress(visits=-1),
    ],
)
def test_impossible_checkpoints_begin_again(progress: Progress) -> None:
    assert is_sound(Progress(page=7, item=2, cursor=200, last_id=2**62), ITEMS)
    assert not is_sound(progress, ITEMS)
    again = begun_again(SPEC, progress)
    assert is_sound(again, ITEMS)
    assert [gap.possible for gap in again.gaps] == [True]


def envelope(**changes: Any) -> PageEnvelope:
    known: dict[str, Any] = {
        "collector": "1", "source": "s", "endpoint": "comment_list", "entity": "comments", "url": "u",
        "request": {"video_id": 12, "max_count": 100}, "retrieved_at": "2026-11-20T09:00:00.000Z", "run_id": "run",
        "task_id": "a.comments", "generation": 1, "page": 1, "request_id": "r", "day": "2026-11-20",
        "family": "research", "has_more": False, "http_status": 200, "body_sha256": "", "body_bytes": 0,
    }  # fmt: skip
    return PageEnvelope(**{**known, **changes})


SWEEP = Task("run", "a.comments", TaskSpec(
    TaskKind.SWEEP, "comments", SPEC.dt, endpoint="comment_list", sweep=Sweep("key", "video_id")
), 5, "research/adhoc")  # fmt: skip


def test_a_page_of_a_later_item_tells_which_ones_were_given_up() -> None:
    after = behind(SWEEP, ITEMS, envelope(), key="k")
    assert (after.item, after.page, [gap.item for gap in after.gaps]) == (1, 1, ["video_id=11"])
    assert not after.gaps[0].possible
    assert behind(SWEEP, ITEMS, envelope(request={"video_id": 11}), key="k") == SWEEP.progress


@pytest.mark.parametrize(
    "changes",
    [{"run_id": "other"}, {"task_id": "b"}, {"page": 2}, {"generation": 2}, {"endpoint": "user_info"},
     {"request": {"video_id": 99}}],
)  # fmt: skip
def test_pages_of_others_are_not_adopted(changes: dict[str, Any]) -> None:
    with pytest.raises(CorruptPage, match="restore an earlier version"):
        behind(SWEEP, ITEMS, envelope(**changes), key="k")


def test_the_pauses_leave_a_day_to_mend_the_code() -> None:
    assert sum(SET_ASIDE, timedelta()) > timedelta(days=1)
