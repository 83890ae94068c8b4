"""A task that waits for one that is missing is skipped with a gap, so that its run ends; one that is awaited is not."""

from datetime import date
from typing import Any

import pytest

from benchmarks.fake_dynamodb import FakeDynamoDB
from tests.support.clock import HandClock
from tiktok_collector.collection.completion import Completion, Reading
from tiktok_collector.deadline import Deadline
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import GapReason, Task, TaskKind, TaskSpec, TaskState

SPEC = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20), endpoint="video_query")


def _any(stand_in: object) -> Any:
    return stand_in


def reviewed(state: RunState, before: TaskState) -> Task:
    """The second window of an account, which waits, after a review; the first one is in the state `before`."""
    clock, table, no_runs = HandClock(), _any(FakeDynamoDB()), _any(None)
    tasks = TaskStore(table, "tasks", clock)
    for number, each in ((1, before), (2, TaskState.WAITING)):
        tasks.add(
            Task("one", f"a00001.videos.w00{number}", SPEC, 2, "none", each, resume_at="1970-01-01T00:00:00.000Z")
        )
    run = Run("one", "user_extraction", {}, "adhoc", "2026-11-20T09:00:00.000Z", state)
    Completion(tasks, no_runs, clock).review(run, Reading(Deadline.after(clock, 900_000)))
    found = tasks.get("one", "a00001.videos.w002")
    assert found
    return found


@pytest.mark.parametrize("before", [TaskState.DONE, TaskState.FAILED, TaskState.SKIPPED, TaskState.WAITING])
def test_what_waits_in_vain_is_skipped_with_a_gap(before: TaskState) -> None:
    task = reviewed(RunState.RUNNING, before)
    assert (task.state, [gap.reason for gap in task.progress.gaps]) == (TaskState.SKIPPED, [GapReason.FAILED])


@pytest.mark.parametrize("before", [TaskState.PENDING, TaskState.RUNNING, TaskState.PARKED])
def test_what_another_task_may_still_set_going_waits(before: TaskState) -> None:
    assert reviewed(RunState.RUNNING, before).state is TaskState.WAITING


def test_nothing_is_skipped_while_the_run_is_being_planned() -> None:
    assert reviewed(RunState.PLANNING, TaskState.DONE).state is TaskState.WAITING
