"""A study's day end to end: planned, worked by two functions, recorded, and not paid for twice."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.studies.study_text import study_text
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.study import Part
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}
ICELAND = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}]}


def world_of(*specs: AccountSpec, days: int = 60) -> World:
    return World.generate(seed=3, accounts=1, videos=1, days=days, specs=list(specs), end=TODAY)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def received(cloud: Cloud) -> int:
    return cloud.sandbox.served(family="research").received


def day_manifest(cloud: Cloud, day: date = TODAY) -> Any:
    return cloud.json(f"manifests/study=test/dt={day}.json")


def ids_stored(cloud: Cloud) -> set[int]:
    found = set()
    for key in cloud.keys("raw/source=tiktok_research_api/entity=videos/"):
        _, body = cloud.page(key)
        found |= {video["id"] for video in json.loads(body)["data"].get("videos", ())}
    return found


def test_cohorts_and_searches_are_collected_and_every_day_is_complete(make_cloud: "MakeCloud") -> None:
    world = world_of(AccountSpec("ann", videos=40, days=30, region="IS"), AccountSpec("ben", videos=20, days=30))
    cloud = make_cloud(world, now=NOW, settings=CALM)
    cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": ["ann", "ben"]}, searches={"north": ICELAND}))
    accounts, searches = cloud.study(Part.ACCOUNTS), cloud.study(Part.SEARCHES)
    assert accounts.run
    assert searches.run
    assert (accounts.run.state, searches.run.state) == ("complete", "complete")
    truth = {row["id"] for name in ("ann", "ben") for row in cloud.sandbox.world.videos_of(name, ago(20), ago(2))}
    assert ids_stored(cloud) == truth
    manifest = day_manifest(cloud)
    assert manifest["status"] == "complete"
    assert set(manifest["collections"]) == {"people", "north"}
    people = manifest["collections"]["people"]
    assert people["rows"] == len(truth)
    assert [day["status"] for day in people["days"]] == ["complete"] * 19
    assert cloud.used(family=Family.RESEARCH) == received(cloud) == 2


def test_a_second_event_of_the_day_and_the_next_ticks_cost_nothing(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(AccountSpec("ann", videos=40, days=30)), now=NOW, settings=CALM)
    cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": ["ann"]}))
    cloud.study(Part.ACCOUNTS)
    spent = received(cloud)
    cloud.study(Part.ACCOUNTS)
    cloud.tick()
    assert received(cloud) == spent == 1


@pytest.mark.parametrize(("videos", "days", "requests"), [(7_500, 30, 75), (15_000, 60, 150), (365, 366, 12)], ids=str)
def test_as_few_requests_as_the_data_allow(make_cloud: "MakeCloud", videos: int, days: int, requests: int) -> None:
    spec = AccountSpec("islander", videos=videos, days=days, region="IS")
    world = World.generate(seed=3, accounts=1, videos=1, days=days, specs=[spec], end=TODAY - timedelta(days=1))
    cloud = make_cloud(world, now=NOW, settings=CALM)
    first = TODAY - timedelta(days=days + 1)
    cloud.upload_study(study_text(first_day=first, searches={"north": ICELAND}))
    cloud.study(Part.SEARCHES)
    cloud.finish()
    assert received(cloud) == requests
    assert len(ids_stored(cloud)) == videos
    cloud.clock.sleep(60)
    cloud.study(Part.SEARCHES)
    assert received(cloud) == requests


def test_a_thousand_accounts_one_day(make_cloud: "MakeCloud") -> None:
    world = World.generate(seed=5, accounts=1_000, videos=9_000, days=30, samples=False, end=TODAY)
    cloud = make_cloud(world, now=NOW, settings={**CALM, "drop_rate": 0})
    names = list(cloud.sandbox.world.usernames())
    cloud.upload_study(study_text(first_day=ago(2), cohorts={"people": names}))
    cloud.study(Part.ACCOUNTS)
    videos = sum(len(cloud.sandbox.world.videos_of(name, ago(2), ago(2))) for name in names)
    assert len(ids_stored(cloud)) == videos > 100
    assert received(cloud) <= -(-len(names) // 50) + -(-13 * videos // 1_000)


def test_late_videos_are_counted_on_the_second_pass(make_cloud: "MakeCloud") -> None:
    world = world_of(AccountSpec("ann", videos=600, days=60))
    cloud = make_cloud(world, now=NOW)
    cloud.upload_study(study_text(first_day=ago(3), cohorts={"people": ["ann"]}, last_day=ago(2).isoformat()))
    cloud.study(Part.ACCOUNTS)
    early = ids_stored(cloud)
    cloud.clock.sleep(8 * 86_400)
    cloud.study(Part.ACCOUNTS)
    late = ids_stored(cloud) - early
    manifest = day_manifest(cloud, TODAY + timedelta(days=8))
    assert late
    assert manifest["collections"]["people"]["late_arrivals"] == len(late)
    assert manifest["collections"]["people"]["gone"] == len(
        early - {row["id"] for row in cloud.sandbox.world.videos_of("ann", ago(3), ago(2))}
    )


def test_an_invalid_upload_never_stops_the_study(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(AccountSpec("ann", videos=40, days=30)), now=NOW, settings=CALM)
    cloud.upload_study("version: 1\nname: test\n")
    with pytest.raises(InvalidRequest, match="neither cohorts nor searches"):
        cloud.study(Part.ACCOUNTS)
    assert "neither cohorts nor searches" in (cloud.tick().study_problem or "")
    cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": ["ann"]}))
    cloud.study(Part.ACCOUNTS)
    cloud.upload_study("version: 2\nname: test\nfirst_day: 2015-01-01\ncohorts: {people: {accounts: [ann]}}\n")
    cloud.clock.sleep(86_400)
    report = cloud.study(Part.ACCOUNTS)
    assert report.run
    assert report.run.state == "complete"
    assert "not valid, so the last valid one goes on: study.yaml, line 1 (version)" in report.problems[0]
    assert "line 3 (first_day)" in report.problems[1]
    assert day_manifest(cloud, TODAY + timedelta(days=1))["problems"] == list(report.problems)


def test_the_first_tick_of_the_day_plans_it_where_no_schedule_has(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(AccountSpec("ann", videos=40, days=30)), now=NOW, settings=CALM)
    cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": ["ann"]}))
    report = cloud.tick()
    assert [(run.study, run.state) for run in report.runs] == [("test", "complete")]


def test_what_a_plan_costs_is_said_before_anything_is_sent(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(AccountSpec("ann", videos=40, days=30)), now=NOW, settings=CALM)
    cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": ["ann"]}))
    before = set(cloud.keys())
    report = cloud.study(Part.ACCOUNTS, plan_only=True)
    assert received(cloud) == 0
    assert report.run is None
    assert report.estimate
    assert [(cost.collection, cost.endpoint, cost.requests) for cost in report.estimate.today] == [
        ("people", "video_query", 1)
    ]
    assert set(cloud.keys()) - before <= {"studies/accepted.json.gz"}


def test_without_a_study_file_there_is_nothing_to_do(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(now=NOW)
    report = cloud.study(Part.ACCOUNTS)
    assert "config/study.yaml" in (report.note or "")
    assert cloud.tick().open_runs == 0
