"""Pure planning of a search: a search event becomes tasks.

Where only so many videos are wanted, its windows follow one another, newest first. Where all are, nothing is gained by
waiting, and every window may be worked at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import override

from tiktok_collector.collection import naming
from tiktok_collector.collection.plan import Plan
from tiktok_collector.events.comments import CommentSettings
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.tasks.task import Follow, Task, TaskKind, TaskSpec, TaskState


@dataclass(frozen=True, slots=True)
class SearchPlan(Plan[SearchEvent]):
    """The tasks of a run about one search."""

    @property
    @override
    def subjects(self) -> int:
        return 1

    @override
    def subject(self, number: int) -> Iterator[Task]:
        subject, query = naming.search(number), {"query": self.event.query.body()}
        base = TaskSpec(TaskKind.PAGES, "", self.dt, search=self.event.name, work_class=self.work_class)
        chained = self.event.max_videos is not None
        yield from self.windows(subject, base, query, self._follow(), first=TaskState.PENDING, chained=chained)
        yield self.export(subject, base)

    def _follow(self) -> Follow:
        comments = self.event.comments or CommentSettings()
        return Follow(
            comments=self.event.comments is not None,
            max_comments=comments.max_per_video,
            replies=comments.replies,
            playlists=self.event.playlists,
        )
