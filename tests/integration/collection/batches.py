"""Runs of batches of accounts, stored as a planner stores them and worked like any other run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tiktok_collector.clock import iso
from tiktok_collector.collection import naming
from tiktok_collector.collection.batch import batch_query
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.plan import new_task
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.research_api.rows import Video
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.task import MANIFEST, Task, TaskKind, TaskSpec, TaskState

RUN = "batches"
WINDOW = Window(date(2026, 10, 10), date(2026, 11, 9))
"""31 days."""


@dataclass(frozen=True)
class Batch:
    """Accounts that are asked for together over some days."""

    usernames: Sequence[str]
    window: Window = WINDOW


def names(number: int) -> list[str]:
    return [f"account{position:03d}" for position in range(1, number + 1)]


def world_of(usernames: Sequence[str], *, videos: int, days: int = 60, **more: Any) -> World:
    """Each of the accounts has so many videos, evenly over the days before the world's end."""
    specs = [AccountSpec(name, videos=videos, days=days, **more) for name in usernames]
    return World.generate(seed=5, accounts=1, videos=1, days=90, specs=specs)


def store(cloud: Cloud, batches: Sequence[Batch], services: CollectionServices | None = None, **changes: Any) -> None:
    """Stores a run of one task for each batch; may be repeated."""
    services = services or cloud.services()
    started = iso(cloud.clock.now())
    period = {"start_date": WINDOW.start.isoformat(), "end_date": WINDOW.end.isoformat()}
    run = services.runs.create(Run(RUN, "video_search", period, "scheduled", started), 5)
    for number, batch in enumerate(batches, start=1):
        spec = TaskSpec(
            TaskKind.PAGES,
            "videos",
            run.started.date(),
            endpoint="video_query",
            window=batch.window,
            params=batch_query(batch.usernames),
            work_class="scheduled",
            collections=("cohort",),
            **changes,
        )
        services.tasks.add(new_task(RUN, naming.window_task(f"v{number:05d}", 1), spec, TaskState.PENDING))
    manifest = TaskSpec(TaskKind.MANIFEST, "manifest", run.started.date(), work_class="scheduled")
    services.tasks.add(new_task(RUN, MANIFEST, manifest, TaskState.WAITING))
    services.runs.mark_planned(run)


def collect(cloud: Cloud, batches: Sequence[Batch], **changes: Any) -> list[Task]:
    """Works the batches to their end, tick by tick; returns the tasks."""
    store(cloud, batches, **changes)
    work(cloud)
    finish(cloud)
    return tasks_of(cloud)


def work(cloud: Cloud, *, seconds: float = 900, services: CollectionServices | None = None) -> None:
    """What one invocation does with the run in so many seconds."""
    services = services or cloud.services()
    deadline = Deadline(cloud.clock, cloud.clock.now() + timedelta(seconds=seconds))
    services.engine(deadline, f"owner-{cloud.clock.now()}", cloud.log).drain(list(services.runs.open()))


def finish(cloud: Cloud, *, most: int = 200, minutes: int = 10) -> None:
    """Works the run every ten minutes until it is done."""
    for _ in range(most):
        if not list(cloud.services().runs.open()):
            return
        cloud.clock.sleep(minutes * 60)
        work(cloud)
    raise AssertionError(f"the run is still open after {most} invocations")


def tasks_of(cloud: Cloud) -> list[Task]:
    """The run's tasks that ask for pages."""
    return [task for task in cloud.services().tasks.of_run(RUN) if task.spec.kind is not TaskKind.MANIFEST]


def videos_in(cloud: Cloud) -> set[int]:
    """The ids of all videos in the bucket."""
    reader = PageReader(cloud.services().pages)
    keys = [key for key in cloud.keys("raw/") if "/entity=videos/" in key]
    return {row.id for key in keys for row in reader.read(key).typed.rows if isinstance(row, Video)}


def true_videos(cloud: Cloud, usernames: Sequence[str], windows: Sequence[Window] = (WINDOW,)) -> set[int]:
    """The ids that the sandbox has of the accounts in the windows."""
    world = cloud.sandbox.world
    return {row["id"] for name in usernames for each in windows for row in world.videos_of(name, each.start, each.end)}


def gaps_of(tasks: Sequence[Task]) -> Iterator[Mapping[str, Any]]:
    """The certain gaps: reason, item, window, and the accounts that the task asked for."""
    for task in tasks:
        for gap in task.progress.gaps:
            if not gap.possible:
                condition = task.spec.params["query"]["and"][0]
                yield {
                    "reason": gap.reason,
                    "item": gap.item,
                    "window": gap.window,
                    "usernames": condition["field_values"],
                    "state": task.state,
                }


def without(window: Window, day: date) -> list[Window]:
    """The window without one of its days."""
    before, after = Window(window.start, day - timedelta(days=1)), Window(day + timedelta(days=1), window.end)
    return [each for each in (before, after) if each.start <= each.end]
