"""The process killed after every call of a study's day: plan, records and manifests equal the undisturbed ones."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.collection.saboteur import Saboteur
from tests.integration.studies.study_text import study_text
from tiktok_collector.events.study import Part
from tiktok_collector.lake.gzipped import gunzipped
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
ICELAND = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}]}
PARTS = 4


@cache
def world() -> World:
    specs = [AccountSpec("ann", videos=700, days=20, region="IS"), AccountSpec("ben", videos=8, days=20)]
    # Long ago, so that no counter moves between a kill and the resumption.
    return World.generate(seed=5, accounts=1, videos=1, days=60, end=date(2025, 6, 1), specs=specs, samples=False)


def cloud_of(make_cloud: "MakeCloud") -> Cloud:
    cloud = make_cloud(
        world(), now=NOW, settings={"archive_lag_scale": 0, "search_id_change_probability": 0}, threads=1
    )
    cloud.upload_study(
        study_text(
            first_day=date(2025, 5, 20),
            last_day="2025-05-22",
            cohorts={"people": ["ann", "ben"]},
            searches={"north": ICELAND},
        )
    )
    return cloud


def begin(cloud: Cloud, saboteur: Saboteur) -> None:
    services = saboteur.services()
    cloud.study(Part.ACCOUNTS, services=services)
    cloud.study(Part.SEARCHES, services=services)


def resume(cloud: Cloud) -> None:
    """What happens by itself: Lambda delivers both events again, then the worker ticks."""
    cloud.clock.sleep(180)
    for part in Part:
        cloud.study(part)
    if list(cloud.services().runs.open()):
        cloud.finish(most_ticks=10)


def outcome(cloud: Cloud) -> dict[str, Any]:
    """Everything in the bucket without what tells times, and what may differ between two runs of the same work."""
    result: dict[str, Any] = {}
    for key in cloud.keys(""):
        if key.startswith("raw/"):
            envelope, body = cloud.page(key)
            videos = [row.get("id") for row in json.loads(body)["data"].get("videos", ())]
            result[key] = [videos, envelope.cursor_in, envelope.cursor_out, list(envelope.collections)]
        elif key.startswith("studies/state"):
            continue
        else:
            result[key] = timeless(content(cloud, key))
    return result


def content(cloud: Cloud, key: str) -> str:
    data = cloud.services().objects.get_bytes(key)
    assert data is not None
    return (gunzipped(data, key=key) if key.endswith(".gz") else data).decode()


def timeless(text: str) -> str:
    without_times = re.sub(r"2026-11-20T[0-9:.]+Z", "", text)
    return re.sub(r'"(requests|comment_requests|used|user_info|video_query)":[0-9.]+', "", without_times)


def undisturbed(make_cloud: "MakeCloud") -> tuple[dict[str, Any], int, list[str]]:
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    with saboteur.watching(None):
        begin(cloud, saboteur)
    manifest = cloud.json(f"manifests/study=test/dt={TODAY}.json")
    assert manifest["status"] == "complete"
    assert set(manifest["collections"]) == {"people", "north"}
    return outcome(cloud), cloud.sandbox.served().charged, saboteur.calls


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_after_every_call(make_cloud: "MakeCloud", part: int) -> None:
    expected, charged, calls = undisturbed(make_cloud)
    for fatal in range(1 + part, len(calls) + 1, PARTS):
        where = f"killed after call {fatal}, {calls[fatal - 1]}"
        cloud = cloud_of(make_cloud)
        saboteur = Saboteur(cloud)
        with saboteur.watching(fatal):
            begin(cloud, saboteur)
        assert saboteur.dead, where
        resume(cloud)
        found = outcome(cloud)
        assert sorted(found) == sorted(expected), where
        assert found == expected, where
        assert cloud.sandbox.served().charged <= charged + 1, where
        assert cloud.used(family=Family.RESEARCH) >= cloud.sandbox.served(family="research").received, where


def test_lost_tables_are_rebuilt_from_plans_and_manifests_without_a_request(make_cloud: "MakeCloud") -> None:
    expected, charged, calls = undisturbed(make_cloud)
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    with saboteur.watching(len(calls) // 2):
        begin(cloud, saboteur)
    assert saboteur.dead
    cloud.lose_tables()
    cloud.clock.sleep(180)
    cloud.tick(recover=True)
    for part in Part:
        cloud.study(part)
    assert outcome(cloud) == expected
    assert cloud.sandbox.served().charged <= charged + 1


def test_a_run_that_nobody_started_in_time_is_told_and_its_work_is_planned_again(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    with saboteur.watching(13):
        begin(cloud, saboteur)
    cloud.clock.sleep(86_400 + 600)
    cloud.tick()
    first, second = (cloud.json(f"manifests/study=test/dt={TODAY + timedelta(days=n)}.json") for n in range(2))
    assert first["runs"] == {"study-20261120-accounts": "ended", "study-20261120-searches": "never_started"}
    assert (first["status"], second["status"]) == ("complete_with_gaps", "complete")
    assert first["collections"]["people"]["rows"] > second["collections"]["north"]["rows"] > 100
    assert "people" not in second["collections"]
