"""An extraction end to end: what the sandbox has is what the export has, and the ledger is the server's count."""

from datetime import date
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

EVERYTHING = ["profile", "videos", "pinned", "liked", "reposted", "followers", "following", "comments"]
MEDIUM = AccountSpec(
    "medium",
    videos=70,
    days=80,
    followers=250,
    following=40,
    liked=30,
    reposted=12,
    pinned=2,
    playlists=2,
    comments_per_video=2,
    replies_per_comment=1,
)
SMALL = AccountSpec("small", videos=5, days=60, followers=3)


def world() -> World:
    return World.generate(seed=3, accounts=5, videos=50, days=90, specs=[MEDIUM, SMALL])


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [str(row["id"]) for row in rows]


def truth_of_videos(cloud: Cloud, username: str, event: dict[str, Any]) -> list[dict[str, Any]]:
    start, end = date.fromisoformat(event["start_date"]), date.fromisoformat(event["end_date"])
    return cloud.sandbox.world.videos_of(username, start, end)


def assert_ledger_is_servers_count(cloud: Cloud) -> None:
    for family in Family:
        assert cloud.used(family=family) == cloud.sandbox.served(family=family).received
        assert len(cloud.entries(family=family)) == cloud.used(family=family)


def test_one_account_with_everything(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world())
    report = cloud.extract(
        {
            "username": "@Medium",
            "include": EVERYTHING,
            "comments": {"replies": True},
            "identified": True,
            "run_id": "one",
        }
    )
    assert report.state == "complete"
    manifest, export, truth = cloud.manifest("one"), cloud.export("medium"), cloud.sandbox.world
    assert manifest["status"] == "complete"
    videos = truth_of_videos(cloud, "medium", manifest["event"])
    assert len(videos) > 60
    assert ids(export["videos"]) == ids(videos)
    comments = [comment for video in videos for comment in truth.comments_of(video["id"])]
    replies = [reply for comment in comments for reply in truth.replies_of(comment["id"])]
    assert sorted(ids(export["comments"])) == sorted(ids(comments + replies))
    assert replies
    assert [row["username"] for row in export["followers"]] == [row["username"] for row in truth.followers_of("medium")]
    assert [row["username"] for row in export["following"]] == [row["username"] for row in truth.following_of("medium")]
    assert ids(export["liked_videos"]) == ids(truth.liked_by("medium"))
    assert ids(export["reposted_videos"]) == ids(truth.reposted_by("medium"))
    assert ids(export["pinned_videos"]) == ids(truth.pinned_by("medium"))
    assert {row["playlist_id"] for row in export["playlists"]} == {str(each) for each in truth.playlists_of("medium")}
    assert export["profile"]["follower_count"] == 250
    assert_ledger_is_servers_count(cloud)


def test_every_video_field_that_the_api_gives_is_in_the_export(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world())
    cloud.extract({"username": "small", "run_id": "one"})
    truth = truth_of_videos(cloud, "small", cloud.manifest("one")["event"])
    for exported, true in zip(cloud.export("small")["videos"], truth, strict=True):
        assert set(exported) == set(true) | {"_retrieved_at"}
        assert exported["music_id"] == str(true["music_id"])
        assert exported["view_count"] == true["view_count"]


def test_max_videos_stops_early_and_follows_only_those(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world())
    report = cloud.extract(
        {"username": "medium", "include": ["videos", "comments"], "max_videos": 10, "playlists": False, "run_id": "ten"}
    )
    assert report.state == "complete"
    export = cloud.export("medium")
    newest = truth_of_videos(cloud, "medium", cloud.manifest("ten")["event"])[:10]
    assert ids(export["videos"]) == ids(newest)
    assert {row["video_id"] for row in export["comments"]} == set(ids(newest))
    # One page of videos, and one request for the comments of each of the ten.
    assert cloud.sandbox.served(family="research").received == 11


def test_max_videos_reaches_over_windows(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world())
    cloud.extract({"username": "medium", "include": ["videos"], "max_videos": 30, "run_id": "thirty"})
    export = cloud.export("medium")
    assert ids(export["videos"]) == ids(truth_of_videos(cloud, "medium", cloud.manifest("thirty")["event"])[:30])
    streams = {report["task"]: report for report in export["streams"]}
    assert streams["a00001.videos.w003"]["note"] == "max_videos"


def test_many_accounts_in_one_run(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world())
    report = cloud.extract({"usernames": ["medium", "small", "sandbox_carla", "sandbox_nobody"], "run_id": "many"})
    assert report.state == "complete"
    manifest = cloud.manifest("many")
    by_name = {account["username"]: account for account in manifest["accounts"]}
    assert by_name["medium"]["rows"]["videos"] > 60
    assert by_name["sandbox_nobody"]["observation"] == "unknown"
    assert by_name["sandbox_nobody"]["complete"]
    assert_ledger_is_servers_count(cloud)


def test_the_same_event_again_costs_nothing(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world())
    event = {"username": "small", "run_id": "again"}
    first = cloud.extract(event)
    received = cloud.sandbox.served().received
    cloud.clock.sleep(26 * 3600)
    second = cloud.extract(event)
    assert cloud.sandbox.served().received == received
    assert (second.run_id, second.state, second.exports) == (first.run_id, "complete", first.exports)


def test_a_day_with_too_little_quota_goes_on_the_next_day(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={"research_quota": 10, "archive_lag_scale": 0}, research_limit=10)
    report = cloud.extract({"username": "medium", "include": ["videos", "comments"], "run_id": "slow"})
    assert report.state == "parked"
    assert report.resume_at == "2026-11-21T00:02:00.000Z"
    cloud.finish(most_ticks=2_000, minutes=60)
    export = cloud.export("medium")
    assert ids(export["videos"]) == ids(truth_of_videos(cloud, "medium", cloud.manifest("slow")["event"]))
    days = {record.day for record in cloud.sandbox.requests() if record.family == "research"}
    assert len(days) > 5
    for day in days:
        assert cloud.sandbox.served(day=day, family="research").received <= 10
        assert cloud.used(str(day)) == cloud.sandbox.served(day=day, family="research").received
