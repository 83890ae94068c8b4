"""Pure: what is made of a task's item that cannot be read, so that it keeps neither its run nor other tasks waiting.

Where its state and lease can be read, whoever claims it works it from the beginning, or ends it as failed. Where they
cannot, nobody can claim it, and it counts as failed at once.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec

from tiktok_collector.clock import from_iso
from tiktok_collector.tasks.task import (
    MANIFEST,
    NO_QUOTA,
    Gap,
    GapReason,
    Progress,
    Task,
    TaskKind,
    TaskSpec,
    TaskState,
)

UNREADABLE: Final = (
    msgspec.MsgspecError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading an item raises that is not what this project writes."""
NO_STREAM: Final = "unreadable"
"""The stream of a task of which nobody can say what it asks for."""
_MOST_TEXT: Final = 200


def stand_in(run_id: str, task_id: str, item: Mapping[str, Any], error: Exception) -> Task:
    """A task in place of one whose item cannot be read for `error`.

    Where nothing but the checkpoint is lost, the task begins again: its stored pages are adopted without a request. Any
    other one has `damage`, and fails.
    """
    why = f"{type(error).__name__}: {error}"[:_MOST_TEXT]
    spec, held = _spec(item), _held(item)
    if task_id == MANIFEST:
        spec = spec or TaskSpec(TaskKind.MANIFEST, MANIFEST, date.min)
    task = Task(run_id, task_id, spec or TaskSpec(TaskKind.PAGES, NO_STREAM, date.min), 0, NO_QUOTA)
    if held is None:
        task.state = TaskState.FAILED
    else:
        task.state, task.fence, task.resume_at, task.quota, task.priority = held
    if spec and not task.state.terminal:
        said = f"its checkpoint could not be read ({why}), so it was begun again"
        task.progress.gaps = [Gap(GapReason.FAILED, said, window=task.spec.window, possible=True)]
        return task
    task.damage = (
        f"The item of task {task_id} of run {run_id} in the table cannot be read ({why}); send the run's event again "
        "under another run_id to collect what it stood for."
    )
    gap = Gap(GapReason.FAILED, task.damage, window=task.spec.window)
    task.progress = Progress(exhausted=True, failed=True, gaps=[gap])
    return task


def _spec(item: Mapping[str, Any]) -> TaskSpec | None:
    try:
        return msgspec.json.decode(item["spec"]["S"], type=TaskSpec)
    except UNREADABLE:
        return None


def _held(item: Mapping[str, Any]) -> tuple[TaskState, int, str, str, int] | None:
    """State, fence, time to resume, quota and priority; None if one of them is not as a claim or its turn needs it."""
    try:
        from_iso(item["lease_until"]["S"])
        resume_at, quota = item["resume_at"]["S"], item["quota"]["S"]
        from_iso(resume_at)
        return TaskState(item["state"]["S"]), int(item["fence"]["N"]), resume_at, quota, int(item["priority"]["N"])
    except UNREADABLE:
        return None
