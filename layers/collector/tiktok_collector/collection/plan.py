"""Pure planning: an extraction event becomes tasks.

Within an account the profile comes first: where it says that the account is gone, private or out of scope, the other
streams are not asked for. Video windows follow one another, newest first, so that `max_videos` stops early.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from tiktok_collector.collection import naming
from tiktok_collector.events.extraction import CommentSettings, ExtractionEvent, Stream
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import Window, balanced_windows
from tiktok_collector.tasks.task import NO_QUOTA, Follow, Task, TaskKind, TaskSpec, TaskState, quota_label

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
_ENDPOINTS: Final[Mapping[Stream, str]] = {
    Stream.PROFILE: "user_info",
    Stream.PINNED: "user_pinned_videos",
    Stream.LIKED: "user_liked_videos",
    Stream.REPOSTED: "user_reposted_videos",
    Stream.FOLLOWERS: "user_followers",
    Stream.FOLLOWING: "user_following",
}


@dataclass(frozen=True, slots=True)
class ExtractionPlan:
    """A run's tasks; the same request gives the same tasks, so planning may be repeated."""

    event: ExtractionEvent
    period: Window
    run_id: str
    dt: date
    work_class: str

    def account(self, number: int) -> Iterator[Task]:
        """The tasks of the n-th account, from 1. The export comes last: where it is stored, so are all others."""
        username = self.event.accounts[number - 1]
        base = TaskSpec(TaskKind.PAGES, "", self.dt, number, username, work_class=self.work_class)
        yield from _plan_account(self.event, self.period, self.run_id, base)

    def manifest(self) -> Task:
        """The task that ends the run; to be stored after all others."""
        spec = TaskSpec(TaskKind.MANIFEST, "manifest", self.dt, work_class=self.work_class)
        return new_task(self.run_id, naming.MANIFEST, spec, TaskState.WAITING)

    def tasks(self) -> Iterator[Task]:
        """All tasks in the order in which they are stored."""
        for number in range(1, len(self.event.accounts) + 1):
            yield from self.account(number)
        yield self.manifest()


def new_task(run_id: str, task_id: str, spec: TaskSpec, state: TaskState) -> Task:
    """A task that was never worked, with the priority of its stream."""
    quota = quota_label(ENDPOINTS[spec.endpoint].family, spec.work_class) if spec.endpoint else NO_QUOTA
    return Task(run_id, task_id, spec, PRIORITY[spec.stream], quota, state)


def video_query(username: str) -> dict[str, Any]:
    """The query for one account's videos (API reference: query videos)."""
    return {"query": {"and": [{"operation": "EQ", "field_name": "username", "field_values": [username]}]}}


def _plan_account(event: ExtractionEvent, period: Window, run_id: str, base: TaskSpec) -> Iterator[Task]:
    gated = Stream.PROFILE in event.streams
    first = TaskState.WAITING if gated else TaskState.PENDING
    limits = {Stream.FOLLOWERS: event.max_followers, Stream.FOLLOWING: event.max_following}
    for stream, endpoint in _ENDPOINTS.items():
        if stream in event.streams:
            spec = _of(base, stream, endpoint, params={"username": base.username}, limit=limits.get(stream))
            state = TaskState.PENDING if stream is Stream.PROFILE else first
            yield new_task(run_id, naming.stream_task(base.account, stream), spec, state)
    if Stream.VIDEOS in event.streams:
        yield from _plan_windows(event, period, run_id, base, first)
    export = msgspec.structs.replace(base, kind=TaskKind.EXPORT, stream="export", limit=event.max_videos)
    yield new_task(run_id, naming.export_task(base.account), export, TaskState.WAITING)


def _plan_windows(
    event: ExtractionEvent, period: Window, run_id: str, base: TaskSpec, first: TaskState
) -> Iterator[Task]:
    windows = list(balanced_windows(period.start, period.end))
    for number, window in enumerate(windows, start=1):
        spec = _of(
            base,
            Stream.VIDEOS,
            "video_query",
            params=video_query(base.username),
            limit=event.max_videos,
            window=window,
            follow=_follow(event),
            next_task=naming.window_task(base.account, number + 1) if number < len(windows) else None,
        )
        state = first if number == 1 else TaskState.WAITING
        yield new_task(run_id, naming.window_task(base.account, number), spec, state)


def _follow(event: ExtractionEvent) -> Follow:
    comments = event.comments or CommentSettings()
    return Follow(
        comments=Stream.COMMENTS in event.streams,
        max_comments=comments.max_per_video,
        replies=comments.replies,
        playlists=Stream.PLAYLISTS in event.streams,
    )


def _of(base: TaskSpec, stream: Stream, endpoint: str, **more: Any) -> TaskSpec:
    return msgspec.structs.replace(base, stream=stream, endpoint=endpoint, **more)
