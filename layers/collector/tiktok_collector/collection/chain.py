"""What follows when a task ends: the next window, the halves of a split one, or the streams behind a profile.

The halves of a window follow one another. Those of a batch's names need not: nothing that one finds ends the other.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from tiktok_collector.collection import naming
from tiktok_collector.collection.batch import halves, narrowed, usernames_of
from tiktok_collector.collection.paginator import days_left
from tiktok_collector.collection.plan import new_task
from tiktok_collector.errors import Fatal, ObservationKind
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Gap, Progress, Task, TaskKind, TaskState

SPLIT: Final = "split"
BISECTED: Final = "bisected"
MAX_VIDEOS: Final = "max_videos"
NOTES: Final = frozenset({SPLIT, BISECTED, MAX_VIDEOS})
"""What the note of a task that has ended may say; any other one is why it rested."""
AFTER_DEAD_WINDOW: Final = 12
_GONE: Final = frozenset({ObservationKind.UNKNOWN, ObservationKind.PRIVATE, ObservationKind.OUT_OF_SCOPE})


class Chain:
    """Ends tasks. Successors are made runnable first, so that a crash in between leaves nothing behind."""

    def __init__(self, tasks: TaskStore) -> None:
        self._tasks = tasks

    def end(self, task: Task) -> TaskState:
        """Ends an exhausted task and sets going what follows; may be repeated by the next worker.

        Raises:
            LeaseLost: another worker has the task; what was set going is right all the same.
        """
        if task.progress.note == SPLIT:
            self._start_halves(task)
        elif task.progress.note == BISECTED:
            self._start_parts(task)
        elif task.spec.stream == "profile":
            self._open_gate(task)
        elif task.spec.next_task:
            self._next_window(task, task.spec.next_task)
        state = TaskState.FAILED if task.progress.failed else TaskState.DONE
        self._tasks.finish(task, state)
        return state

    def split(self, task: Task) -> None:
        """Decides that the halves of the task's window take over; `end` carries it out, again after a crash."""
        task.progress.note = SPLIT
        task.progress.exhausted = True
        self._tasks.commit(task)

    def bisect(self, task: Task) -> None:
        """Decides that two batches with half of the names each take over; `end` carries it out, again after a crash."""
        task.progress.note = BISECTED
        task.progress.exhausted = True
        self._tasks.commit(task)

    def _start_parts(self, task: Task) -> None:
        base = msgspec.structs.replace(task.spec, window=_left(task), next_task=None, depth=task.spec.depth + 1)
        for number, names in enumerate(halves(usernames_of(task.spec)), start=1):
            part_id = naming.part_task(task.task_id, number)
            part = new_task(task.run_id, part_id, narrowed(base, names), TaskState.PENDING)
            part.progress = _carried_to_part(task.progress)
            self._tasks.add(part)
        if task.spec.next_task:
            self._next_window(task, task.spec.next_task)

    def _start_halves(self, task: Task) -> None:
        newer, older = _left(task).halves()
        second_id = naming.half_task(task.task_id, 2)
        depth = task.spec.depth + 1
        first_spec = msgspec.structs.replace(task.spec, window=newer, next_task=second_id, depth=depth)
        second_spec = msgspec.structs.replace(task.spec, window=older, depth=depth)
        first = new_task(task.run_id, naming.half_task(task.task_id, 1), first_spec, TaskState.WAITING)
        second = new_task(task.run_id, second_id, second_spec, TaskState.WAITING)
        # What the search had come down to holds for both halves; how far the newer half gets says nothing of the older
        # one, since ids may be days older than the publication that a window goes by.
        first.progress.last_id = second.progress.last_id = task.progress.last_id
        self._tasks.add(second)
        self._tasks.add(first)
        self._tasks.activate(first, _carried(task.progress, first))

    def _next_window(self, task: Task, next_id: str) -> None:
        following = self._tasks.get(task.run_id, next_id)
        if following is None:
            raise Fatal(f"Task {next_id}, which follows {task.task_id}, is missing from run {task.run_id}.")
        if reason := _reason_to_stop(task):
            for skipped in self._from(following):
                self._tasks.skip(skipped, _skipped(skipped, task, reason))
        else:
            self._tasks.activate(following, _carried(task.progress, following))

    def _from(self, task: Task | None) -> Iterator[Task]:
        while task is not None:
            next_id = task.spec.next_task
            yield task
            task = self._tasks.get(task.run_id, next_id) if next_id else None

    def _open_gate(self, task: Task) -> None:
        gone = task.progress.observation if task.progress.observation in _GONE else None
        subject = naming.subject_of(task.task_id)
        first_window = naming.window_task(subject, 1)
        for other in self._tasks.of_run(task.run_id, naming.prefix(subject)):
            if other.state is not TaskState.WAITING or other.spec.kind is not TaskKind.PAGES:
                continue
            if gone:
                self._tasks.skip(other, Progress(exhausted=True, note=f"account_{gone}"))
            elif other.spec.window is None or other.task_id == first_window:
                self._tasks.activate(other)


def _reason_to_stop(task: Task) -> str | None:
    if task.spec.limit is not None and task.progress.item_rows >= task.spec.limit:
        return MAX_VIDEOS
    if task.progress.observation:
        return f"account_{task.progress.observation}"
    return "failed" if task.progress.failed else None


def _skipped(skipped: Task, ended: Task, reason: str) -> Progress:
    progress = Progress(exhausted=True, note=reason)
    if reason == "failed":
        last = ended.progress.gaps[-1:]
        progress.gaps = [Gap(gap.reason, gap.detail, skipped.spec.window) for gap in last]
    return progress


def _left(task: Task) -> Window:
    """The days that a task with a window has yet to ask for."""
    window = days_left(task.spec, task.progress)
    if window is None:
        raise Fatal(f"Task {task.task_id} has no window to split.")
    return window


def _carried_to_part(progress: Progress) -> Progress:
    """What a batch hands on to each half of its names: that names are at fault. Rows are counted anew."""
    return Progress(heavy_budget=progress.heavy_budget, last_id=progress.last_id, names_blamed=True)


def _carried(progress: Progress, following: Task) -> Progress:
    """What a window hands on: how many videos there are already, and among halves the budget."""
    carried = Progress(item_rows=progress.item_rows, last_id=following.progress.last_id)
    if following.spec.depth:
        carried.heavy_budget = progress.heavy_budget
        carried.not_returned = progress.not_returned
    elif progress.heavy_budget <= 0:
        # Where one window was dead, the next one often is (the API fails for months of history): it gets less.
        carried.heavy_budget = AFTER_DEAD_WINDOW
    return carried
