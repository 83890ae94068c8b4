"""Ends or sets aside a task that cannot be worked, whatever is wrong with it: the others must not wait for it."""

import threading
from datetime import timedelta
from traceback import extract_tb
from typing import Final

import msgspec

from tiktok_collector.clock import Clock
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.waiting import Waiting
from tiktok_collector.errors import Fatal, InvocationStopped, LeaseLost
from tiktok_collector.observability import Log
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Gap, GapReason, Progress, Task, TaskState

SET_ASIDE: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""How long a task rests that met a defect: a person who deploys the mended code within a day loses nothing."""
MOST_AT_ONCE: Final = 10
"""Defects after which an invocation ends: then it is more likely the code than a task."""


class Defect(InvocationStopped):
    """So many tasks met a defect that the code must be at fault; they are kept."""


class Failing:
    """The tasks of one invocation that cannot be worked; safe for many threads."""

    def __init__(self, tasks: TaskStore, chain: Chain, clock: Clock, log: Log) -> None:
        self._tasks = tasks
        self._chain = chain
        self._clock = clock
        self._log = log
        self._lock = threading.Lock()
        self._defects = 0

    def fail(self, task: Task, error: Fatal) -> TaskState | None:
        """Ends the task as failed, with a gap that says why; returns its state, None if another worker has it.

        Where what follows it cannot be set going, or its checkpoint is too large to be stored, the task ends all the
        same.
        """
        task.progress.gaps = [*task.progress.gaps, Gap(GapReason.FAILED, str(error), window=task.spec.window)]
        task.progress.failed = task.progress.exhausted = True
        try:
            return self._chain.end(task)
        except LeaseLost:
            return None
        except InvocationStopped:
            raise
        except Fatal as again:
            self._log.warning("task failed again at its end", extra=_fields(task, str(again)))
        task.progress = _small(task.progress)
        try:
            self._tasks.finish(task, TaskState.FAILED)
        except LeaseLost:
            return None
        return TaskState.FAILED

    def set_aside(self, task: Task, error: Exception) -> TaskState | None:
        """Parks a task that met a defect, at the checkpoint that is stored; after some times it fails.

        Raises:
            Defect: too many did.
        """
        where = extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__} in {where.name}, line {where.lineno}"
        self._log.warning("task met a defect", extra=_fields(task, f"{said}: {error}"))
        try:
            state = self._rested(task, Fatal(f"The task met a defect ({said}); report it with the log."))
        except LeaseLost:
            return None
        with self._lock:
            self._defects += 1
            if self._defects >= MOST_AT_ONCE:
                raise Defect(f"{self._defects} tasks met a defect, the last one {said}; report it with the log.")
        return state

    def _rested(self, task: Task, error: Fatal) -> TaskState | None:
        stored = self._tasks.get(task.run_id, task.task_id)
        if stored is None or stored.fence != task.fence:
            raise LeaseLost(f"Task {task.task_id} of run {task.run_id} was taken over by another worker.")
        defects = max(0, stored.progress.defects)
        if defects >= len(SET_ASIDE):
            return self.fail(stored, error)
        stored.progress.defects = defects + 1
        stored.progress.note = Waiting.DEFECT
        self._tasks.park(stored, self._clock.now() + SET_ASIDE[defects])
        return TaskState.PARKED


def _small(progress: Progress) -> Progress:
    """What an item can hold in any case: how far the task is, and the last of its gaps."""
    return Progress(
        generation=progress.generation,
        page=progress.page,
        item=progress.item,
        window=progress.window,
        exhausted=True,
        failed=True,
        counts=msgspec.structs.replace(progress.counts, unknown_fields={}),
        gaps=progress.gaps[-1:],
        earlier=progress.earlier,
    )


def _fields(task: Task, reason: str) -> dict[str, object]:
    return {"run_id": task.run_id, "task_id": task.task_id, "reason": reason}
