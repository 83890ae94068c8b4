"""An extraction end to end: what the sandbox has is what the export has, and the ledger is the server's count."""

from typing import TYPE_CHECKING

from sandbox.world import AccountSpec, World

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud


def small_world(**more: int) -> World:
    spec = AccountSpec(
        "medium",
        videos=130,
        days=80,
        followers=250,
        following=40,
        liked=30,
        reposted=12,
        pinned=2,
        playlists=2,
        comments_per_video=3,
    )
    return World.generate(seed=3, accounts=5, videos=50, days=90, specs=[spec], **more)


def test_one_account_with_everything(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(small_world())
    report = cloud.extract(
        {
            "username": "@Medium",
            "include": ["profile", "videos", "pinned", "liked", "reposted", "followers", "following", "comments"],
            "run_id": "one",
        }
    )
    assert report.state == "complete", report
    export = cloud.export("medium")
    manifest = cloud.manifest("one")
    assert manifest["status"] == "complete"
    start, end = manifest["event"]["start_date"], manifest["event"]["end_date"]
    from datetime import date

    truth = cloud.sandbox.world.videos_of("medium", date.fromisoformat(start), date.fromisoformat(end))
    assert [row["id"] for row in export["videos"]] == [str(row["id"]) for row in truth]
    assert cloud.used() == cloud.sandbox.served(family="research").received
