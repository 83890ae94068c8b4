"""Pure planning: what the plans of all kinds of run have in common, and how a task begins.

A run is about subjects: accounts (`extraction_plan`) or a search (`search_plan`). The same request gives the same
tasks, so planning may be repeated.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from tiktok_collector.collection import naming
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import Window, balanced_windows
from tiktok_collector.tasks.task import MANIFEST, NO_QUOTA, Follow, Task, TaskKind, TaskSpec, TaskState, quota_label

PRIORITY: Final[Mapping[str, int]] = {
    "export": 0,
    "profile": 1,
    "videos": 2,
    "pinned": 3,
    "liked": 3,
    "reposted": 3,
    "followers": 3,
    "following": 3,
    "playlists": 4,
    "comments": 5,
    "replies": 6,
    "manifest": 7,
}


@dataclass(frozen=True, slots=True)
class Plan[Event: CollectionEvent](ABC):
    """A run's tasks."""

    event: Event
    period: Window
    run_id: str
    dt: date
    work_class: str

    @property
    @abstractmethod
    def subjects(self) -> int:
        """How many accounts or searches the run is about."""

    @abstractmethod
    def subject(self, number: int) -> Iterator[Task]:
        """The tasks of the n-th subject, from 1. The export comes last: where it is stored, so are all others."""

    def manifest(self) -> Task:
        """The task that ends the run; to be stored after all others."""
        spec = TaskSpec(TaskKind.MANIFEST, MANIFEST, self.dt, work_class=self.work_class)
        return new_task(self.run_id, MANIFEST, spec, TaskState.WAITING)

    def tasks(self) -> Iterator[Task]:
        """All tasks in the order in which they are stored."""
        for number in range(1, self.subjects + 1):
            yield from self.subject(number)
        yield self.manifest()

    def export(self, subject: str, base: TaskSpec) -> Task:
        """The task that writes the export of `subject`."""
        spec = msgspec.structs.replace(base, kind=TaskKind.EXPORT, stream="export", limit=self.event.max_videos)
        return new_task(self.run_id, naming.export_task(subject), spec, TaskState.WAITING)

    def windows(
        self,
        subject: str,
        base: TaskSpec,
        params: Mapping[str, Any],
        follow: Follow,
        *,
        first: TaskState,
        chained: bool,
    ) -> Iterator[Task]:
        """The video windows, balanced and newest first.

        Args:
            subject: Whose.
            base: What their specs have in common.
            params: The query, as the body of a request has it.
            follow: What their rows lead to.
            first: State of the first window; of all if they are not chained.
            chained: Whether each waits for the one before it, so that enough videos end the rest.
        """
        windows = list(balanced_windows(self.period.start, self.period.end))
        for number, window in enumerate(windows, start=1):
            spec = msgspec.structs.replace(
                base,
                stream="videos",
                endpoint="video_query",
                params=dict(params),
                limit=self.event.max_videos,
                window=window,
                follow=follow,
                next_task=naming.window_task(subject, number + 1) if chained and number < len(windows) else None,
            )
            state = TaskState.WAITING if chained and number > 1 else first
            yield new_task(self.run_id, naming.window_task(subject, number), spec, state)


def new_task(run_id: str, task_id: str, spec: TaskSpec, state: TaskState) -> Task:
    """A task that was never worked, with the priority of its stream."""
    quota = quota_label(ENDPOINTS[spec.endpoint].family, spec.work_class) if spec.endpoint else NO_QUOTA
    return Task(run_id, task_id, spec, PRIORITY[spec.stream], quota, state)


def video_query(username: str) -> dict[str, Any]:
    """The query for one account's videos (TikTok docs: query videos)."""
    return {"query": {"and": [{"operation": "EQ", "field_name": "username", "field_values": [username]}]}}
