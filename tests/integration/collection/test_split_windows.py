"""The halves of a split window: each knows what the search had come down to, and nothing of how far the other got."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.plan import new_task, video_query
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskKind, TaskRef, TaskSpec, TaskState

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

WINDOW = Window(date(2026, 8, 1), date(2026, 8, 10))


def id_of(day: int) -> int:
    """An id that was made on a day of August."""
    return int(datetime(2026, 8, day, 12, tzinfo=UTC).timestamp()) << 32


def claimed(tasks: TaskStore, task_id: str) -> Task:
    task = tasks.get("run", task_id)
    assert task is not None
    found = tasks.claim(TaskRef("run", task_id, task.quota), "test")
    assert found is not None, task_id
    return found


@pytest.mark.parametrize("reached", [None, id_of(9)])
def test_an_older_half_is_not_bound_by_the_ids_of_the_newer_one(make_cloud: "MakeCloud", reached: int | None) -> None:
    tasks = make_cloud().services().tasks
    chain = Chain(tasks)
    spec = TaskSpec(
        TaskKind.PAGES, "videos", WINDOW.end, endpoint="video_query", window=WINDOW, params=video_query("someone")
    )
    tasks.add(new_task("run", "a00001.videos.w001", spec, TaskState.PENDING))
    whole = claimed(tasks, "a00001.videos.w001")
    whole.progress.last_id = reached
    chain.split(whole)
    chain.end(whole)
    newer = claimed(tasks, "a00001.videos.w001.1")
    assert newer.progress.last_id == reached
    # Published within the newer half, but made three days before it.
    newer.progress.last_id, newer.progress.item_rows = id_of(3), 7
    chain.end(newer)
    older = claimed(tasks, "a00001.videos.w001.2")
    assert older.progress.last_id == reached
    assert older.progress.item_rows == 7
