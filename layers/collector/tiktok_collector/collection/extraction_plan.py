"""Pure planning of accounts: an extraction event becomes tasks.

Within an account the profile comes first: where it says that the account is gone, private or out of scope, the other
streams are not asked for. Video windows follow one another, newest first, so that `max_videos` stops early.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

import msgspec

from tiktok_collector.collection import naming
from tiktok_collector.collection.plan import Plan, new_task, video_query
from tiktok_collector.events.comments import CommentSettings
from tiktok_collector.events.extraction import ExtractionEvent, Stream
from tiktok_collector.tasks.task import Follow, Task, TaskKind, TaskSpec, TaskState

_ENDPOINTS: Final[Mapping[Stream, str]] = {
    Stream.PROFILE: "user_info",
    Stream.PINNED: "user_pinned_videos",
    Stream.LIKED: "user_liked_videos",
    Stream.REPOSTED: "user_reposted_videos",
    Stream.FOLLOWERS: "user_followers",
    Stream.FOLLOWING: "user_following",
}


@dataclass(frozen=True, slots=True)
class ExtractionPlan(Plan[ExtractionEvent]):
    """The tasks of a run about accounts."""

    @property
    @override
    def subjects(self) -> int:
        return len(self.event.accounts)

    @override
    def subject(self, number: int) -> Iterator[Task]:
        subject, username = naming.account(number), self.event.accounts[number - 1]
        base = TaskSpec(TaskKind.PAGES, "", self.dt, username, work_class=self.work_class)
        gated = Stream.PROFILE in self.event.streams
        first = TaskState.WAITING if gated else TaskState.PENDING
        yield from self._lists(subject, base, first)
        if Stream.VIDEOS in self.event.streams:
            query = video_query(username)
            yield from self.windows(subject, base, query, self._follow(), first=first, chained=True)
        yield self.export(subject, base)

    def _lists(self, subject: str, base: TaskSpec, first: TaskState) -> Iterator[Task]:
        limits = {Stream.FOLLOWERS: self.event.max_followers, Stream.FOLLOWING: self.event.max_following}
        for stream, endpoint in _ENDPOINTS.items():
            if stream in self.event.streams:
                params: dict[str, Any] = {"username": base.username}
                spec = msgspec.structs.replace(
                    base, stream=stream, endpoint=endpoint, params=params, limit=limits.get(stream)
                )
                state = TaskState.PENDING if stream is Stream.PROFILE else first
                yield new_task(self.run_id, naming.stream_task(subject, stream), spec, state)

    def _follow(self) -> Follow:
        comments = self.event.comments or CommentSettings()
        return Follow(
            comments=Stream.COMMENTS in self.event.streams,
            max_comments=comments.max_per_video,
            replies=comments.replies,
            playlists=Stream.PLAYLISTS in self.event.streams,
        )
