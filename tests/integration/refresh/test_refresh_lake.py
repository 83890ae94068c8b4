"""What was collected is checked in time, and what TikTok no longer has is deleted, with a certificate."""

from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.refresh.lake_cloud import LakeCloud

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}
PERIOD = {"start_date": "20261101", "end_date": "20261115"}


def world() -> World:
    spec = AccountSpec("kept", videos=40, days=25, comments_per_video=2, followers=3)
    return World.generate(seed=3, accounts=1, videos=1, days=25, specs=[spec])


def collected(make_cloud: "MakeCloud", **settings: Any) -> LakeCloud:
    lake = LakeCloud(make_cloud(world(), settings={**CALM, **settings}))
    lake.cloud.extract({"username": "kept", "include": ["profile", "videos", "comments"], "run_id": "one", **PERIOD})
    lake.curate()
    return lake


def test_nothing_is_asked_before_it_is_due(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    before = lake.cloud.sandbox.served().received
    lake.cloud.clock.sleep(10 * 86_400)
    report = lake.refresh()
    assert (report.rounds, report.requests, report.due) == (0, 0, {"accounts": 0, "videos": 0, "comments": 0})
    assert lake.cloud.sandbox.served().received == before
    assert lake.status().next_due[:10] == "2026-12-01"


def test_what_is_gone_is_deleted_with_all_that_derives_from_it(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    videos, comments = lake.ids("videos"), lake.ids("comments", "comment_id")
    gone = sorted(videos)[:2]
    lost = [row[0] for row in lake.rows("comments", "comment_id", f"video_id NOT IN ({gone[0]}, {gone[1]})")][:3]
    lake.cloud.clock.sleep(12 * 86_400)
    lake.cloud.sandbox.vanish(videos=gone, comments=lost)
    report = lake.refresh_until_done()
    assert lake.ids("videos") == videos - set(gone)
    assert lake.ids("video_stats") == videos - set(gone)
    assert lake.ids("comments").isdisjoint(gone)
    assert lake.ids("comments", "comment_id").isdisjoint(lost)
    (certificate,) = lake.certificates()
    assert certificate.rule == "refresh"
    assert certificate.checked == {"videos": len(videos), "comments": len(comments), "accounts": 1}
    assert certificate.still_valid["videos"] == len(videos) - 2
    assert len(certificate.ids.videos) == 2
    assert report.due == {"videos": 0, "comments": 0, "accounts": 0}
    assert report.late == {"videos": 0, "comments": 0, "accounts": 0}
    # Nothing of the round is left, in no version.
    assert not lake.versions("lake/refreshes/work/")
    assert not lake.versions("lake/refreshes/rounds/")
