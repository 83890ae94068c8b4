"""The process killed after every single call while a batch is bisected, then resumed: nothing is lost or new."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.collection.batches import (
    Batch,
    finish,
    gaps_of,
    names,
    store,
    tasks_of,
    videos_in,
    work,
    world_of,
)
from tests.integration.collection.cloud import Cloud
from tests.integration.collection.saboteur import Saboteur

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

BATCH = Batch(names(3))
PARTS = 3
LOST_WITH_A_PROCESS = 4
"""Failures are counted in memory until they lead to something: three of them and a question are asked again at most."""


def cloud_of(make_cloud: "MakeCloud") -> Cloud:
    settings = {"archive_lag_scale": 0, "search_id_change_probability": 0, "poison_usernames": ["account002"]}
    return make_cloud(world_of(BATCH.usernames, videos=60), settings=settings, threads=1)


def one_invocation(cloud: Cloud, saboteur: Saboteur, fatal: int | None) -> None:
    services = saboteur.services()
    with saboteur.watching(fatal):
        store(cloud, [BATCH], services)
        work(cloud, services=services)


def outcome(cloud: Cloud) -> dict[str, Any]:
    tasks = tasks_of(cloud)
    return {
        "tasks": {task.task_id: (task.state, task.progress.note, task.progress.counts.rows) for task in tasks},
        "gaps": list(gaps_of(tasks)),
        "pages": cloud.keys("raw/"),
        "videos": videos_in(cloud),
        "status": cloud.manifest("batches")["status"],
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_after_every_call(make_cloud: "MakeCloud", part: int) -> None:
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    one_invocation(cloud, saboteur, None)
    expected, charged, calls = outcome(cloud), cloud.sandbox.served().charged, saboteur.calls
    assert [gap["item"] for gap in expected["gaps"]] == ["username=account002"]
    assert len(expected["tasks"]) == 5
    requests = [number for number, name in enumerate(calls, start=1) if name == "video_query"]
    # From the failure that leads to the question to the one that a name is given up for; test_crashes has the rest.
    for fatal in range(requests[3] + part, requests[-1] + 4, PARTS):
        where = f"killed after call {fatal}, {calls[fatal - 1]}"
        cloud = cloud_of(make_cloud)
        saboteur = Saboteur(cloud)
        one_invocation(cloud, saboteur, fatal)
        assert saboteur.dead, where
        cloud.clock.sleep(180)
        store(cloud, [BATCH])
        work(cloud)
        finish(cloud, most=20)
        assert outcome(cloud) == expected, where
        # A new process asks a canary at its first failure, too.
        assert cloud.sandbox.served().charged <= charged + LOST_WITH_A_PROCESS + 1, where
