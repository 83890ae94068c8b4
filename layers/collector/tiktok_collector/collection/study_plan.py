"""Pure planning of a part of a study's day: its plan's works and visits become tasks.

Every work is a window of its own, so all of them may be worked at once; the order is the plan's rank.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import override

from tiktok_collector.collection import naming
from tiktok_collector.collection.account_streams import account_tasks
from tiktok_collector.collection.plan import Plan, new_task
from tiktok_collector.events.study import Part, StudyDayEvent
from tiktok_collector.study.day_plan import AccountVisit, DayPlan, Purpose, VideoWork
from tiktok_collector.tasks.task import Follow, Task, TaskKind, TaskSpec, TaskState


def works_of(plan: DayPlan, part: Part) -> tuple[VideoWork, ...]:
    """The works of a part: those of batches, or those of searches; the n-th is the subject `v<n>` of its run."""
    return tuple(work for work in plan.videos if bool(work.search) is (part is Part.SEARCHES))


def visits_of(plan: DayPlan, part: Part) -> tuple[AccountVisit, ...]:
    """The visits of a part; the n-th is the subject `a<n>` of its run."""
    return plan.visits if part is Part.ACCOUNTS else ()


@dataclass(frozen=True, slots=True)
class StudyPlan(Plan[StudyDayEvent]):
    """The tasks of one part of a study's day; without works until the day's plan is known."""

    videos: tuple[VideoWork, ...] = ()
    visits: tuple[AccountVisit, ...] = ()

    def of_day(self, plan: DayPlan) -> "StudyPlan":
        """The same with the works and visits of the part."""
        part = self.event.part
        return replace(self, videos=works_of(plan, part), visits=visits_of(plan, part))

    @property
    @override
    def subjects(self) -> int:
        return len(self.videos) + len(self.visits)

    @override
    def subject(self, number: int) -> Iterator[Task]:
        if number <= len(self.videos):
            yield self._window(naming.work(number), self.videos[number - 1])
        else:
            visit = number - len(self.videos)
            yield from self._visit(visit, self.visits[visit - 1])

    def _window(self, subject: str, work: VideoWork) -> Task:
        depth = work.depth
        spec = TaskSpec(
            TaskKind.PAGES,
            "videos",
            self.dt,
            endpoint="video_query",
            window=work.window,
            params={"query": work.query},
            work_class=self.work_class,
            # A control asks whether there is anything at all.
            limit=1 if work.purpose is Purpose.CONTROL else None,
            follow=Follow(
                comments=depth.comments,
                max_comments=depth.max_comments,
                replies=depth.replies,
                playlists=depth.playlists,
            ),
            search=work.search,
            collections=work.collections,
            rank=work.rank,
            failed_before=work.purpose is Purpose.RETRY,
        )
        return new_task(self.run_id, naming.window_task(subject, 1), spec, TaskState.PENDING)

    def _visit(self, number: int, visit: AccountVisit) -> Iterator[Task]:
        base = TaskSpec(
            TaskKind.PAGES,
            "",
            self.dt,
            visit.username,
            work_class=self.work_class,
            collections=visit.collections,
            rank=visit.rank,
        )
        limits = {"followers": visit.max_followers, "following": visit.max_following}
        yield from account_tasks(self.run_id, naming.account(number), base, visit.streams, limits)
