"""The API down altogether: everything is there in the end, no gap, and few requests are wasted meanwhile."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.weather.support import (
    ACCOUNT,
    CALM,
    END,
    START,
    assert_everything_is_there,
    assert_ledger_is_right,
    event,
    gaps,
    ids,
    received,
    true_videos,
    world,
)
from tiktok_collector.collection.health import SUSPECT_AFTER
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

THREE_HOURS = 18
"""Ticks."""
THREADS = 8
EVERYTHING = ["profile", "videos", "pinned", "liked", "reposted", "followers", "following", "comments"]
WITHOUT_VIDEOS = ["profile", "pinned", "liked", "reposted", "followers", "following"]
PAUSES_IN_THREE_HOURS = 7
"""The first of 10 minutes where the API had answered just before, the others of half an hour or more."""


def busy_world() -> World:
    spec = AccountSpec(
        ACCOUNT, videos=40, days=60, followers=150, following=30, liked=20, reposted=10, pinned=2, comments_per_video=1
    )
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=[spec])


def ticks(cloud: Cloud, number: int, *, minutes: int = 10) -> None:
    for _ in range(number):
        cloud.clock.sleep(minutes * 60)
        cloud.tick()


@pytest.mark.parametrize("fault", ["internal_error", "gateway_timeout", "reset_after"])
def test_an_outage_of_three_hours_before_anything_was_had(make_cloud: "MakeCloud", fault: str) -> None:
    cloud = make_cloud(busy_world(), settings=CALM, faults=[{"kind": fault}], threads=THREADS)
    report = cloud.extract(event(include=EVERYTHING))
    assert report.state == "parked"
    ticks(cloud, THREE_HOURS)
    # The profile is asked first, and one canary tells that it is not the account's fault.
    wasted = received(cloud) + received(cloud, Family.FOLLOWERS)
    assert wasted <= 2 * PAUSES_IN_THREE_HOURS
    cloud.sandbox.faults.clear()
    cloud.finish()
    assert_everything_is_there(cloud, cloud.manifest("storm"))
    assert len(cloud.export(ACCOUNT)["followers"]) == 150
    assert_ledger_is_right(cloud, unknown=wasted if fault == "reset_after" else 0)


def test_an_outage_that_begins_under_eight_busy_threads(make_cloud: "MakeCloud") -> None:
    specs = [AccountSpec(f"account{number}", videos=10, days=60, pinned=1, reposted=3) for number in range(8)]
    cloud = make_cloud(
        World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs),
        settings=CALM,
        faults=[{"kind": "internal_error", "after": 12}],
        threads=THREADS,
    )
    names = [spec.username for spec in specs]
    cloud.extract(event(username=None, usernames=names, include=["profile", "videos", "pinned", "reposted"]))
    before = 12
    # What is under way fails; then a canary for each of the first endpoints that were met.
    at_once = THREADS + 2 * (SUSPECT_AFTER + 1)
    assert received(cloud) <= before + at_once
    ticks(cloud, THREE_HOURS // 2, minutes=20)
    assert received(cloud) <= before + at_once + 2 * 2 * PAUSES_IN_THREE_HOURS
    wasted = received(cloud) - before
    cloud.sandbox.faults.clear()
    cloud.finish()
    manifest = cloud.manifest("storm")
    assert manifest["status"] == "complete"
    for name in names:
        assert ids(cloud.export(name)["videos"]) == ids(cloud.sandbox.world.videos_of(name, START, END))
        assert ids(cloud.export(name)["reposted_videos"]) == ids(cloud.sandbox.world.reposted_by(name))
    needed = 4 * len(names)
    assert received(cloud) == needed + wasted
    assert_ledger_is_right(cloud)


def test_while_one_endpoint_is_down_the_others_go_on(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(
        world(pinned=2, reposted=150, followers=300),
        settings=CALM,
        faults=[{"kind": "internal_error", "endpoint": "video/query"}],
    )
    report = cloud.extract(event(include=["profile", "videos", "pinned", "reposted", "followers"]))
    assert report.state == "parked"
    assert report.parked == {"api_down": 1}
    assert report.tasks["done"] == 4
    ticks(cloud, THREE_HOURS)
    # A try and a canary each time.
    assert cloud.sandbox.served(endpoint="video/query").received <= 2 * PAUSES_IN_THREE_HOURS
    cloud.sandbox.faults.clear()
    cloud.finish()
    assert_everything_is_there(cloud, cloud.manifest("storm"))
    assert_ledger_is_right(cloud)


def test_an_outage_of_a_day_in_mid_search_costs_no_gap(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "internal_error", "after": 1}])
    cloud.extract(event())
    ticks(cloud, 24, minutes=60)
    # The pauses grow to an hour, so that a day costs two requests an hour at most.
    assert received(cloud) <= 1 + SUSPECT_AFTER + 1 + 2 * 24
    cloud.sandbox.faults.clear()
    cloud.finish()
    manifest = cloud.manifest("storm")
    assert_everything_is_there(cloud, manifest)
    assert gaps(manifest) == []
    assert_ledger_is_right(cloud)


def test_hours_of_luck_one_in_three(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "internal_error", "probability": 2 / 3}])
    cloud.extract(event())
    cloud.finish()
    assert ids(cloud.export(ACCOUNT)["videos"]) == true_videos(cloud)
    # Three pages take nine requests; what splitting and canaries add stays in proportion.
    assert received(cloud) <= 60
    assert_ledger_is_right(cloud)


def test_the_report_says_when_it_goes_on(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "internal_error"}])
    report = cloud.extract(event())
    assert report.state == "parked"
    assert report.parked == {"api_down": 1}
    assert report.resume_at is not None
    again = cloud.extract(event())
    assert again.resume_at == report.resume_at
    cloud.clock.sleep(timedelta(minutes=5).total_seconds())
    before = received(cloud)
    cloud.tick()
    assert received(cloud) == before
