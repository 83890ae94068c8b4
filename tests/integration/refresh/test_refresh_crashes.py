"""The process killed after calls of `data_refresh` that change something: the next ticks end with the same result.

A kill after call n leaves the same state as one before call n + 1.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.saboteur import Saboteur
from tests.integration.refresh.lake_cloud import LakeCloud
from tests.support.kills import some
from tiktok_lake.refresh.rounds import ASKED, ROUNDS

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}
EVERY = 24
LOST_AT_MOST = 1
"""Requests: one whose answer was not stored."""


def lake_of(make_cloud: "MakeCloud") -> tuple[LakeCloud, Saboteur]:
    spec = AccountSpec("kept", videos=8, days=25, comments_per_video=1)
    world = World.generate(seed=3, accounts=1, videos=1, days=25, specs=[spec])
    lake = LakeCloud(make_cloud(world, settings=CALM, threads=1))
    lake.keep("kept", date(2026, 11, 1), date(2026, 11, 15))
    lake.cloud.clock.sleep(12 * 86_400)
    lake.cloud.sandbox.vanish(videos=sorted(lake.ids("videos"))[:1])
    return lake, Saboteur(lake.cloud)


def outcome(lake: LakeCloud) -> dict[str, Any]:
    (certificate,) = lake.certificates()
    status = lake.status()
    return {
        "videos": lake.ids("videos"),
        "stats": lake.ids("video_stats"),
        "comments": lake.ids("comments", "comment_id"),
        "users": lake.ids("users", "username"),
        "checked": certificate.checked,
        "valid": certificate.still_valid,
        "deleted": certificate.deleted,
        "ids": certificate.ids,
        "due": status.due,
        "told": [each.ids for each in status.deletions],
        "left": lake.versions(ASKED) + lake.versions(ROUNDS),
        "orders": lake.versions("lake/deletions/"),
    }


def ended(lake: LakeCloud) -> None:
    for _ in range(6):
        lake.cloud.clock.sleep(3_600)
        report = lake.refresh()
        if not report.rounds and not any(report.due.values()):
            return
    raise AssertionError(report)


def undisturbed(make_cloud: "MakeCloud") -> tuple[dict[str, Any], list[int], int]:
    lake, saboteur = lake_of(make_cloud)
    calls = []
    for _ in range(2):
        with saboteur.watching(None):
            lake.refresh(services=saboteur.services())
        calls.append(len(saboteur.calls))
        lake.cloud.clock.sleep(3_600)
    return outcome(lake), calls, paid(lake)


def paid(lake: LakeCloud) -> int:
    """Requests that bring something."""
    endpoints = ("validation_task/create", "validation_task/download", "user/info")
    return sum(each.endpoint in endpoints for each in lake.cloud.sandbox.requests())


def test_a_kill_at_any_boundary_changes_nothing(make_cloud: "MakeCloud") -> None:
    expected, calls, requests = undisturbed(make_cloud)
    boundaries = [(tick, call) for tick in (0, 1) for call in range(1, calls[tick] + 1)]
    for tick, call in some(boundaries, EVERY):
        lake, saboteur = lake_of(make_cloud)
        if tick:
            lake.refresh()
            lake.cloud.clock.sleep(3_600)
        with saboteur.watching(call):
            lake.refresh(services=saboteur.services())
        assert saboteur.dead, (tick, call)
        what = (tick, call, saboteur.calls[-1])
        ended(lake)
        assert outcome(lake) == expected, what
        # Whether a task is done may have to be asked once more.
        assert paid(lake) <= requests + LOST_AT_MOST, what
