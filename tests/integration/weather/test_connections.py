"""Connections that break, answers that come too late, and a server that is not there."""

import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sandbox.server import HOST
from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.weather.support import (
    CALM,
    assert_everything_is_there,
    assert_ledger_is_right,
    event,
    received,
    weathered,
    world,
)
from tiktok_collector import deadline
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.research_api.client import ResearchApiClient

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

PAGES = 3


def test_a_connection_reset_before_the_server_counted_is_of_unknown_fate(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "reset_before", "after": 1, "times": 2}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES
    assert cloud.used() == PAGES + 2
    assert_ledger_is_right(cloud, not_received=2, unknown=2)


def test_a_connection_reset_after_the_server_counted_is_of_unknown_fate_too(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "reset_after", "after": 1, "times": 2}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == cloud.used() == PAGES + 2
    assert_ledger_is_right(cloud, unknown=2)


def test_an_answer_past_the_deadline_parks_and_the_next_tick_finishes(
    make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "LEAST_TIMEOUT_SECONDS", 0.1)
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "delay", "seconds": 0.8, "after": 1, "times": 1}])
    report = cloud.extract(event(), seconds=deadline.COMMIT_MARGIN_SECONDS + 0.6)
    assert (report.state, report.tasks["parked"]) == ("parked", 1)
    assert received(cloud) == 2
    cloud.finish(minutes=2)
    assert_everything_is_there(cloud, cloud.manifest("storm"))
    assert received(cloud) == PAGES + 1
    assert_ledger_is_right(cloud, unknown=1)


def test_no_request_is_begun_that_may_not_end_before_the_deadline(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM)
    report = cloud.extract(event(), seconds=deadline.COMMIT_MARGIN_SECONDS)
    assert received(cloud) == cloud.used() == 0
    assert report.tasks["pending"] == 1
    cloud.finish(minutes=1)
    assert_everything_is_there(cloud, cloud.manifest("storm"))
    assert received(cloud) == PAGES
    assert_ledger_is_right(cloud)


def test_a_server_that_is_not_there_costs_nothing(make_cloud: "MakeCloud") -> None:
    specs = [AccountSpec(f"account{number}", videos=8, days=60, pinned=1) for number in range(8)]
    cloud = make_cloud(World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs), settings=CALM, threads=8)
    names = [spec.username for spec in specs]
    cloud.services().tokens.get()
    asked = event(username=None, usernames=names, include=["profile", "videos", "pinned"])
    report = cloud.extract(asked, services=unreachable(cloud))
    assert report.state == "parked"
    assert report.parked["unreachable"] == 1
    assert any("No connection to TikTok's API, so nothing is sent" in sentence for sentence in report.waiting)
    # What was reserved was never sent, and is given back.
    assert cloud.used() == 0
    (line,) = [extra for message, extra in cloud.log.lines if message == "page not available"]
    assert str(line["reason"]).startswith(f"No connection to {HOST}")
    assert "nothing was sent" in str(line["reason"])
    for _ in range(18):
        cloud.clock.sleep(600)
        cloud.tick(services=unreachable(cloud))
    assert received(cloud) == cloud.used() == 0
    cloud.finish()
    assert cloud.manifest("storm")["status"] == "complete"
    assert received(cloud) == 3 * len(names)
    assert_ledger_is_right(cloud)


def unreachable(cloud: Cloud) -> CollectionServices:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    return replace(cloud.services(), client=ResearchApiClient(f"http://{HOST}:{port}", cloud.clock))
