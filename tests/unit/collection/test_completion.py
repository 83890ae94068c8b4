"""A review after the deadline reads only so much, says so, and sets going nothing that it has not seen."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.clock import HandClock
from tiktok_collector.collection import completion
from tiktok_collector.collection.completion import Completion, Reading, RunProgress
from tiktok_collector.deadline import Deadline
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.task import Task, TaskKind, TaskSpec, TaskState

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = date(2026, 11, 20)
SUBJECTS = 50


class Tasks:
    """A run of accounts whose profiles are there and whose exports wait; counts what was read and set going."""

    def __init__(self) -> None:
        self.read = 0
        self.activated: list[str] = []

    def of_run(self, run_id: str) -> Iterator[Task]:
        for number in range(1, SUBJECTS + 1):
            subject = f"a{number:05d}"
            yield self._task(run_id, f"{subject}.profile", TaskKind.PAGES, TaskState.DONE)
            yield self._task(run_id, f"{subject}.zexport", TaskKind.EXPORT, TaskState.WAITING)
        yield self._task(run_id, "manifest", TaskKind.MANIFEST, TaskState.WAITING)

    def activate(self, task: Task) -> bool:
        self.activated.append(task.task_id)
        return True

    def _task(self, run_id: str, task_id: str, kind: TaskKind, state: TaskState) -> Task:
        self.read += 1
        return Task(run_id, task_id, TaskSpec(kind, "profile", DAY), 1, "none", state)


def reviewed(tasks: Tasks, *readings: Reading) -> list[RunProgress]:
    fake: Any = tasks
    runs: Any = None
    run = Run("one", "user_extraction", {}, "adhoc", "2026-11-20T09:00:00.000Z", RunState.RUNNING)
    return [Completion(fake, runs, HandClock(NOW)).review(run, reading) for reading in readings]


def reading(clock: HandClock, *, seconds: int) -> Reading:
    return Reading(Deadline(clock, NOW + timedelta(seconds=seconds)))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "MOST_TASKS_AFTER_DEADLINE", 20)


def test_before_the_deadline_a_run_is_read_whole() -> None:
    tasks = Tasks()
    (progress,) = reviewed(tasks, reading(HandClock(NOW), seconds=900))
    assert not progress.partial
    assert tasks.read == 2 * SUBJECTS + 1
    assert len(tasks.activated) == SUBJECTS


def test_after_it_only_the_first_tasks_are_and_the_report_says_so() -> None:
    tasks = Tasks()
    (progress,) = reviewed(tasks, reading(HandClock(NOW), seconds=1))
    assert progress.partial
    assert not progress.finished
    assert tasks.read <= 20 + 2
    assert sum(progress.states.values()) == 20
    assert tasks.activated == [f"a{number:05d}.zexport" for number in range(1, 11)]


def test_several_runs_share_what_may_be_read() -> None:
    tasks = Tasks()
    late = reading(HandClock(NOW), seconds=1)
    first, second = reviewed(tasks, late, late)
    assert first.partial
    assert second.partial
    assert tasks.read <= 20 + 2 * 3


def test_a_deadline_that_comes_while_a_run_is_read_ends_the_reading_soon() -> None:
    tasks, clock = Tasks(), HandClock(NOW)
    during = reading(clock, seconds=900)
    of_run = tasks.of_run

    def slowly(run_id: str) -> Iterator[Task]:
        for task in of_run(run_id):
            clock.advance(seconds=30)
            yield task

    tasks.of_run = slowly  # type: ignore[method-assign] # time passes
    (progress,) = reviewed(tasks, during)
    assert progress.partial
    assert 30 <= tasks.read <= 30 + 20 + 2


def test_a_small_run_is_read_whole_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "MOST_TASKS_AFTER_DEADLINE", 1_000)
    (progress,) = reviewed(Tasks(), reading(HandClock(NOW), seconds=1))
    assert not progress.partial
