"""Pure planning of accounts: an extraction event becomes tasks.

Within an account the profile comes first: where it says that the account is gone, private or out of scope, the other
streams are not asked for. Video windows follow one another, newest first, so that `max_videos` stops early.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import override

from tiktok_collector.collection import naming
from tiktok_collector.collection.account_streams import account_tasks
from tiktok_collector.collection.plan import Plan, video_query
from tiktok_collector.events.comments import CommentSettings
from tiktok_collector.events.extraction import ExtractionEvent, Stream
from tiktok_collector.tasks.task import Follow, Task, TaskKind, TaskSpec, TaskState


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
        streams = self.event.streams
        limits: dict[str, int | None] = {
            Stream.FOLLOWERS: self.event.max_followers,
            Stream.FOLLOWING: self.event.max_following,
        }
        yield from account_tasks(self.run_id, subject, base, streams, limits)
        first = TaskState.WAITING if Stream.PROFILE in streams else TaskState.PENDING
        if Stream.VIDEOS in streams:
            query = video_query(username)
            yield from self.windows(subject, base, query, self._follow(), first=first, chained=True)
        yield self.export(subject, base)

    def _follow(self) -> Follow:
        comments = self.event.comments or CommentSettings()
        return Follow(
            comments=Stream.COMMENTS in self.event.streams,
            max_comments=comments.max_per_video,
            replies=comments.replies,
            playlists=Stream.PLAYLISTS in self.event.streams,
        )
