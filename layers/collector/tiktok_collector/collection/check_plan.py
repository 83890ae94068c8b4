"""Pure planning of a check: known videos by their ids, a hundred to a request, and profiles by their names.

Each group of videos is a subject of its own, so that its answer is judged by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, override

from tiktok_collector.collection import naming
from tiktok_collector.collection.account_streams import account_tasks
from tiktok_collector.collection.plan import Plan
from tiktok_collector.collection.refresh_plan import groups_of, videos_task
from tiktok_collector.events.check import CheckEvent
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import Task, TaskKind, TaskSpec

NAME: Final = "terms"
"""What a check is called where a run's searches have names."""


@dataclass(frozen=True)
class CheckPlan(Plan[CheckEvent]):
    """The tasks of a check."""

    @cached_property
    def _groups(self) -> list[tuple[Sequence[int], Window]]:
        return list(groups_of(self.event.ids, self.period.end))

    @property
    @override
    def subjects(self) -> int:
        return len(self._groups) + len(self.event.usernames)

    @override
    def subject(self, number: int) -> Iterator[Task]:
        if number <= len(self._groups):
            base = TaskSpec(TaskKind.PAGES, "", self.dt, search=NAME, work_class=self.work_class)
            task_id = naming.window_task(naming.search(number), 1)
            yield videos_task(self.run_id, task_id, base, *self._groups[number - 1])
        else:
            position = number - len(self._groups)
            base = TaskSpec(TaskKind.PAGES, "", self.dt, self.event.usernames[position - 1], work_class=self.work_class)
            yield from account_tasks(self.run_id, naming.account(position), base, ("profile",), {})
