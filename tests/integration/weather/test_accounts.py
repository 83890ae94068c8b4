"""Accounts and lists that cannot be had: a fact to record, for few requests, and the run is complete."""

from typing import TYPE_CHECKING

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.weather.support import (
    ACCOUNT,
    CALM,
    assert_ledger_is_right,
    event,
    gaps,
    ids,
    received,
    true_videos,
    weathered,
    world,
)
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

EVERYTHING = ["profile", "videos", "pinned", "liked", "reposted", "followers", "following", "comments"]


@pytest.mark.parametrize(
    ("username", "observation"),
    [("sandbox_carla", "private"), ("sandbox_nobody", "unknown"), ("sandbox_outside", "out_of_scope")],
)
def test_an_account_that_cannot_be_had_costs_one_request(
    make_cloud: "MakeCloud", username: str, observation: str
) -> None:
    cloud = make_cloud(settings=CALM)
    report = cloud.extract(event(username=username, include=EVERYTHING))
    assert report.state == "complete"
    (account,) = cloud.manifest("storm")["accounts"]
    assert (account["observation"], account["complete"], account["gaps"]) == (observation, True, 0)
    assert received(cloud) == 1
    assert received(cloud, Family.FOLLOWERS) == 0
    assert cloud.export(username)["videos"] == []
    assert_ledger_is_right(cloud)


def test_hidden_likes_are_recorded_and_the_rest_is_complete(make_cloud: "MakeCloud") -> None:
    for status in (400, 403):
        cloud = make_cloud(world(videos=50, liked=None), settings={**CALM, "likes_hidden_status": status})
        manifest = weathered(cloud, event(include=["profile", "videos", "liked"]))
        assert manifest["status"] == "complete"
        by_stream = {stream["stream"]: stream for stream in manifest["accounts"][0]["streams"]}
        assert by_stream["liked"]["observation"] == "hidden"
        assert ids(cloud.export(ACCOUNT)["videos"]) == true_videos(cloud)
        assert received(cloud) == 3
        assert_ledger_is_right(cloud)


def test_followers_without_the_scope_are_recorded_and_the_rest_is_complete(make_cloud: "MakeCloud") -> None:
    specs = [AccountSpec(f"account{number}", videos=5, days=60, followers=10) for number in range(4)]
    names = [spec.username for spec in specs]
    cloud = make_cloud(
        World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs),
        settings={**CALM, "unauthorized_endpoints": ["user/followers"]},
        threads=1,
    )
    manifest = weathered(cloud, event(username=None, usernames=names, include=["profile", "videos", "followers"]))
    assert manifest["status"] == "complete_with_gaps"
    found = gaps(manifest)
    assert [gap["reason"] for gap in found] == ["refused"] * len(names)
    assert all("scope_not_authorized" in gap["detail"] for gap in found)
    for name in names:
        assert len(cloud.export(name)["videos"]) > 0
    # It is the same for every account, so it is asked once.
    assert received(cloud, Family.FOLLOWERS) == 1
    assert received(cloud) == 2 * len(names)
    assert_ledger_is_right(cloud)


def test_an_account_that_goes_away_while_its_lists_are_read(make_cloud: "MakeCloud") -> None:
    gone = {"status": 400, "code": "invalid_params", "message": "`username: x` is private"}
    fault = {"kind": "error", "endpoint": "user/reposted_videos", "after": 1, **gone}
    cloud = make_cloud(world(videos=50, reposted=250), settings=CALM, faults=[fault])
    manifest = weathered(cloud, event(include=["profile", "videos", "reposted"]))
    by_stream = {stream["stream"]: stream for stream in manifest["accounts"][0]["streams"]}
    assert by_stream["reposted"]["observation"] == "private"
    assert by_stream["reposted"]["rows"] == len(cloud.export(ACCOUNT)["reposted_videos"]) > 0
    assert received(cloud) == 4
    assert_ledger_is_right(cloud)
