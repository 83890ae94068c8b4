"""Pure: whether a checkpoint can be one, and which pages in the bucket can be those behind it."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tiktok_collector.collection.paginator import Items, give_up_item
from tiktok_collector.lake.raw_pages import CorruptPage, PageEnvelope
from tiktok_collector.tasks.task import Gap, GapReason, Progress, Task, TaskSpec

_MOST_PAGES: Final = 999_999
_MOST: Final = 2**63 - 1


def is_sound(progress: Progress, items: Items) -> bool:
    """Whether the task can go on at this checkpoint: its page can have a key, and its item is one of `items`."""
    numbers = (progress.cursor or 0, progress.last_id or 0, progress.item_rows)
    tries = (progress.failures, progress.rejections, progress.visits)
    return (
        1 <= progress.generation <= _MOST_PAGES
        and 1 <= progress.page <= _MOST_PAGES
        and 0 <= progress.item < len(items)
        and all(0 <= number <= _MOST for number in (*numbers, *tries))
    )


def begun_again(spec: TaskSpec, progress: Progress) -> Progress:
    """The checkpoint of a task that begins again, since that of `progress` cannot be: the pages it has are adopted."""
    said = f"its checkpoint was impossible (page {progress.page}, item {progress.item}), so it was begun again"
    return Progress(gaps=[*progress.gaps, Gap(GapReason.FAILED, said, window=spec.window, possible=True)])


def behind(task: Task, items: Items, found: PageEnvelope, *, key: str) -> Progress:
    """The checkpoint from which the stored page `found` goes on.

    It is the task's own, unless the page is one of a later item: what was noted of those in between is lost, then, and
    they become gaps.

    Raises:
        CorruptPage: the page is none of this task, or not the next one.
    """
    progress = task.progress
    own = (task.run_id, task.task_id, task.spec.endpoint, progress.generation, progress.page)
    if (found.run_id, found.task_id, found.endpoint, found.generation, found.page) != own:
        raise CorruptPage(
            f"The raw page {key} is another one than its key says: page {found.page} from {found.endpoint}, of task "
            f"{found.task_id} of run {found.run_id}; restore an earlier version of the object."
        )
    if task.spec.sweep is None:
        return progress
    while not _asks_for(found.request, items[progress.item]):
        lost = Gap(GapReason.FAILED, "no page of it is stored, and what was noted of it is lost")
        progress = give_up_item(task.spec, progress, items, lost)
        if progress.exhausted:
            raise CorruptPage(f"The raw page {key} answers what its task never asked; restore an earlier version.")
    return msgspec.structs.replace(progress)


def _asks_for(request: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    return all(request.get(name) == value for name, value in item.items())
