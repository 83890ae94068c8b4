"""Pure planning of a refresh: ids of videos become the fewest queries by `video_id`.

The API filters by day of publication, and an id says when it was made, which is up to three days before. So ids are
grouped by their time: as many as fit one page, over a window that holds every day on which one of them can have been
published.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, override

import msgspec

from tiktok_collector.collection import naming
from tiktok_collector.collection.plan import Plan, new_task
from tiktok_collector.events.refresh import VideoRefreshEvent
from tiktok_collector.research_api.endpoints import MAX_COUNT
from tiktok_collector.study.video_ids import publication
from tiktok_collector.study.windows import MAX_WINDOW_DAYS, Window
from tiktok_collector.tasks.task import Progress, Task, TaskKind, TaskSpec, TaskState


@dataclass(frozen=True, slots=True)
class RefreshPlan(Plan[VideoRefreshEvent]):
    """The tasks of a run about known videos."""

    @property
    @override
    def subjects(self) -> int:
        return 1

    @override
    def subject(self, number: int) -> Iterator[Task]:
        subject = naming.search(number)
        base = TaskSpec(TaskKind.PAGES, "", self.dt, search=self.event.name, work_class=self.work_class)
        groups = list(groups_of(self.event.ids, self.period.end))
        for position, (ids, window) in enumerate(reversed(groups), start=1):
            yield videos_task(self.run_id, naming.window_task(subject, position), base, ids, window)
        yield self.export(subject, base)


def groups_of(ids: Sequence[int], last: date) -> Iterator[tuple[Sequence[int], Window]]:
    """Groups of ids that one request can ask for, oldest first, each with its window.

    Args:
        ids: In ascending order, each once.
        last: The last day that may be asked for.
    """
    begin = 0
    for end in range(1, len(ids) + 1):
        full = end - begin == MAX_COUNT
        if full or end == len(ids) or _window(ids[begin], ids[end], last).days > MAX_WINDOW_DAYS:
            yield ids[begin:end], _window(ids[begin], ids[end - 1], last)
            begin = end


def videos_task(run_id: str, task_id: str, base: TaskSpec, ids: Sequence[int], window: Window) -> Task:
    """The task that asks for one of `groups_of`; `base` has the day, the work class and the search.

    Videos that do not come stay in its progress.
    """
    spec = msgspec.structs.replace(base, stream="videos", endpoint="video_query", window=window, params=_query_of(ids))
    task = new_task(run_id, task_id, spec, TaskState.PENDING)
    task.progress = Progress(not_returned=list(ids))
    return task


def _window(first_id: int, last_id: int, last: date) -> Window:
    return Window(min(publication(first_id).start, last), min(publication(last_id).end, last))


def _query_of(ids: Sequence[int]) -> dict[str, Any]:
    values = [str(video_id) for video_id in ids]
    return {"query": {"and": [{"operation": "IN", "field_name": "video_id", "field_values": values}]}}
