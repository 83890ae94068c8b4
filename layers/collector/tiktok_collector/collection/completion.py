"""Sees how far a run is, and sets going what waits for others: a subject's export, the run's manifest.

A run may have more tasks than can be read once the time is up; then the review ends early and says so, and what it has
not seen is set going at the next tick.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from tiktok_collector.clock import Clock, from_iso
from tiktok_collector.collection import naming
from tiktok_collector.collection.manifest_document import is_complete, not_returned
from tiktok_collector.deadline import Deadline
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import NO_QUOTA, Gap, GapReason, Progress, Task, TaskKind, TaskState

MOST_TASKS_AFTER_DEADLINE: Final = 10_000
"""Some 4 MB, which take a second or two of the twenty that are kept for commits."""
_LIVE: Final = frozenset({TaskState.PENDING, TaskState.RUNNING, TaskState.PARKED})


class RunProgress(msgspec.Struct):
    """How far a run is, as of one consistent reading of its tasks; of the first of them only where it is `partial`."""

    run_id: str
    states: dict[str, int] = msgspec.field(default_factory=dict)
    due: dict[str, int] = msgspec.field(default_factory=dict)
    next_resume: datetime | None = None
    parked_for: dict[str, int] = msgspec.field(default_factory=dict)
    gaps: int = 0
    incomplete: int = 0
    problems: dict[str, str] = msgspec.field(default_factory=dict)
    requests: int = 0
    not_returned: int = 0
    exports: list[str] = msgspec.field(default_factory=list)
    manifest: str | None = None
    activated: bool = False
    partial: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing of the run will ever be worked again."""
        return not self.partial and bool(self.states) and all(TaskState(state).terminal for state in self.states)


class Reading:
    """How much may be read, in all reviews that it is given to: everything before the deadline, only so much after."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._left = MOST_TASKS_AFTER_DEADLINE

    def allows(self, tasks: int) -> bool:
        """Whether to read on, now that so many more tasks have been read."""
        if self._deadline.passed:
            self._left -= tasks
        return self._left > 0


class Completion:
    """Looks at runs. May be called at any time by any worker; what it sets going is set going once."""

    def __init__(self, tasks: TaskStore, runs: RunStore, clock: Clock) -> None:
        self._tasks = tasks
        self._runs = runs
        self._clock = clock

    def review(self, run: Run, reading: Reading) -> RunProgress:
        """Activates the exports of subjects that are done, then the manifest; closes a run that has ended.

        Where `reading` ends before the run's tasks do, the rest is left to the next review.
        """
        progress = RunProgress(run.run_id)
        manifest: Task | None = None
        for tasks in naming.by_subject(self._tasks.of_run(run.run_id)):
            for task in tasks:
                if task.spec.kind is TaskKind.MANIFEST:
                    manifest = task
                else:
                    self._note(progress, task)
            self._review_subject(progress, run, tasks)
            progress.partial = not reading.allows(len(tasks))
            if progress.partial:
                return progress
        if manifest:
            self._review_manifest(progress, run, manifest)
        return progress

    def _review_subject(self, progress: RunProgress, run: Run, tasks: Sequence[Task]) -> None:
        if run.state is RunState.RUNNING:
            self._skip_stranded(progress, tasks)
        export = next((task for task in tasks if task.spec.kind is TaskKind.EXPORT), None)
        others = [task for task in tasks if task.spec.kind in {TaskKind.PAGES, TaskKind.SWEEP}]
        if export and export.state is TaskState.WAITING and all(task.state.terminal for task in others):
            progress.activated |= self._tasks.activate(export)

    def _skip_stranded(self, progress: RunProgress, tasks: Sequence[Task]) -> None:
        """Ends tasks that wait for one that is missing or cannot be read: nothing would ever set them going."""
        asking = [task for task in tasks if task.spec.kind in {TaskKind.PAGES, TaskKind.SWEEP}]
        if any(task.state in _LIVE for task in asking):
            return
        # A task sets going what follows before it ends, so one that still waits when it is skipped waits in vain.
        for task in asking:
            if task.state is TaskState.WAITING:
                gap = Gap(GapReason.FAILED, "the task before it is missing or cannot be read", window=task.spec.window)
                progress.activated |= self._tasks.skip(task, Progress(exhausted=True, note="failed", gaps=[gap]))

    def _review_manifest(self, progress: RunProgress, run: Run, manifest: Task) -> None:
        if manifest.damage:
            # Nobody can claim it, and it needs nothing but its id: without it the run would never end.
            fresh = Task(run.run_id, manifest.task_id, manifest.spec, manifest.priority, NO_QUOTA, TaskState.WAITING)
            self._tasks.replace(fresh)
            progress.activated = True
            return
        all_done = progress.finished or not progress.states
        if manifest.state is TaskState.WAITING and all_done and run.state is RunState.RUNNING:
            progress.activated |= self._tasks.activate(manifest)
        if manifest.state.terminal and run.state is RunState.RUNNING:
            self._runs.close(run)
        self._note(progress, manifest)
        progress.manifest = manifest.progress.result_key

    def _note(self, progress: RunProgress, task: Task) -> None:
        state = task.state
        progress.states[state] = progress.states.get(state, 0) + 1
        progress.gaps += len(task.progress.gaps)
        progress.incomplete += state.terminal and not is_complete(task)
        for gap in task.progress.gaps:
            if not gap.possible:
                progress.problems.setdefault(f"{task.spec.stream} {gap.reason}", gap.detail)
        progress.requests += task.progress.counts.requests
        progress.not_returned += len(not_returned(task))
        if task.spec.kind is TaskKind.EXPORT and task.progress.result_key:
            progress.exports.append(task.progress.result_key)
        if state not in {TaskState.PENDING, TaskState.PARKED, TaskState.RUNNING}:
            return
        resume_at = from_iso(task.resume_at)
        if resume_at <= self._clock.now():
            if state is not TaskState.RUNNING:
                progress.due[task.quota] = progress.due.get(task.quota, 0) + 1
        else:
            progress.next_resume = min(resume_at, progress.next_resume or resume_at)
            progress.parked_for[task.progress.note] = progress.parked_for.get(task.progress.note, 0) + 1
