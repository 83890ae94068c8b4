"""How far runs are, read from the tasks table: done, parked and until when, by account or collection."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from local_cloud.endpoint import Aws
from local_cloud.orders import Order
from local_cloud.stack import Stack
from tiktok_collector.clock import SystemClock, from_iso
from tiktok_collector.tasks.run import RunState
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskState


@dataclass(frozen=True, slots=True)
class SubjectStatus:
    """How far one account of a run is, or what some collections of a study share."""

    name: str
    total: int
    done: int
    parked: int
    failed: int
    pages: int
    rows: int
    requests: int


@dataclass(frozen=True, slots=True)
class RunStatus:
    """How far a run is. `due` is when its next task may be worked; None if none waits for a time."""

    run_id: str
    planned: bool
    finished: bool
    subjects: list[SubjectStatus]
    due: datetime | None
    reasons: list[str]


class Watcher:
    """Reads the state of runs from the stack's table."""

    def __init__(self, aws: Aws, stack: Stack) -> None:
        clock = SystemClock()
        self._runs = RunStore(aws.dynamodb, stack.tasks_table, clock)
        self._tasks = TaskStore(aws.dynamodb, stack.tasks_table, clock)

    def status(self, order: Order) -> RunStatus:
        """Where the run of `order` stands now."""
        run = self._runs.get(order.run_id)
        tasks = list(self._tasks.of_run(order.run_id)) if run else []
        return RunStatus(
            run_id=order.run_id,
            planned=run is not None and run.state is not RunState.PLANNING,
            finished=run is not None and run.state is RunState.DONE,
            subjects=_by_subject(tasks, order.accounts),
            due=_due(tasks),
            reasons=sorted(
                {task.progress.note for task in tasks if task.state is TaskState.PARKED and task.progress.note}
            ),
        )


def _by_subject(tasks: Iterable[Task], asked: list[str]) -> list[SubjectStatus]:
    groups: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        if name := ", ".join(task.spec.collections) or task.spec.username:
            groups[name].append(task)
    names = list(groups) or asked
    return [_subject(name, groups[name]) for name in names]


def _subject(name: str, tasks: list[Task]) -> SubjectStatus:
    return SubjectStatus(
        name=name,
        total=len(tasks),
        done=sum(task.state.terminal for task in tasks),
        parked=sum(task.state is TaskState.PARKED for task in tasks),
        failed=sum(task.state is TaskState.FAILED for task in tasks),
        pages=sum(task.progress.counts.pages for task in tasks),
        rows=sum(task.progress.counts.rows for task in tasks),
        requests=sum(task.progress.counts.requests for task in tasks),
    )


def _due(tasks: Iterable[Task]) -> datetime | None:
    times = [
        from_iso(task.resume_at) for task in tasks if not task.state.terminal and task.state is not TaskState.WAITING
    ]
    return min(times, default=None)
