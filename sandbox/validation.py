"""Validation tasks of the Batch Compliance endpoints: what was uploaded, and when its answer is ready."""

from random import Random
from typing import Any, Literal

import msgspec

from sandbox.settings import Settings

type Category = Literal["video", "comment"]
type TaskStatus = Literal["Processing", "Completed", "Failed"]
_NEVER = float("inf")


class ValidationTask(msgspec.Struct, kw_only=True):
    """One uploaded file of ids.

    `created` is a Unix second; so is `ready`, None for a task that stays in progress for ever.
    """

    id: int
    category: Category
    ids: list[int]
    created: float
    ready: float | None
    fails: bool = False

    def status(self, now: float) -> TaskStatus:
        """Return what the status endpoint says."""
        if now < (_NEVER if self.ready is None else self.ready):
            return "Processing"
        return "Failed" if self.fails else "Completed"


class ValidationTasks:
    """All tasks by id, oldest first."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"validation.{seed}")  # noqa: S311 - reproducible weather, not secrets
        self.by_id: dict[int, ValidationTask] = {}

    def create(
        self, category: Category, ids: list[int], now: float, settings: Settings, *, stuck: bool, fails: bool
    ) -> ValidationTask:
        """Return a new task; its id has 20 digits, more than a signed 64-bit number holds."""
        unlucky = self._random.random() < settings.validation_failure_probability
        number = self._random.randrange(10**19, 18_400_000_000_000_000_000)
        while number in self.by_id:
            number += 1
        ready = None if stuck else now + settings.validation_seconds
        task = ValidationTask(id=number, category=category, ids=ids, created=now, ready=ready, fails=fails or unlucky)
        self.by_id[number] = task
        return task

    def find(self, task_id: int, now: float, settings: Settings) -> ValidationTask | None:
        """Return the task, or None if there is none or it is too old."""
        task = self.by_id.get(task_id)
        lifetime = settings.validation_task_lifetime_seconds
        expired = task is not None and lifetime is not None and now >= task.created + lifetime
        return None if expired else task


def describe(task: ValidationTask, now: float) -> dict[str, Any]:
    """Return a task as the admin route shows it: ids are numbers of up to 20 digits."""
    return {"id": task.id, "category": task.category, "ids": task.ids, "status": task.status(now)}
