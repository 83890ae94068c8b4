"""Polls of trends and manifests of runs become rows once they have ended."""

import json
from datetime import datetime

from tests.integration.lake_store.store import LakeStore
from tests.integration.lake_store.trends import HASHTAGS, VIDEOS, hashtag, store_poll, video
from tiktok_collector.clock import from_iso
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.lake.trend_keys import trend_rows_key
from tiktok_lake.curation.curate import CurationOrder

DAY = "2026-11-20"
SHOWN = ("kind", "country", "period", "rank", "name", "item_id", "video_id", "username", "creator_id", "posts", "views")


def test_a_poll_that_has_ended_becomes_rows_and_one_that_goes_on_does_not(store: LakeStore) -> None:
    store_poll(store, "p1", finished=True)
    store_poll(store, "p2", finished=False)
    report = store.curate()
    assert (report.polls, report.rows) == (1, {"trends": 2})
    first, second = store.rows("trends")
    assert [first[name] for name in SHOWN] == [*("hashtag", "US", 7, 1, "Cats", "42"), None, None, None, 7, None]
    assert [second[name] for name in SHOWN] == [*("video", "US", 7, 1, "a caption"), None, 77, "alice", 9, None, 5]
    assert (first["run_id"], first["task_id"], first["source"]) == (
        *("trends-20261120-p1", HASHTAGS.name, "creative_center"),
    )
    assert first["fetched_at"] == datetime.fromisoformat("2026-11-20 09:00:00")
    assert json.loads(first["row"])["curve"]["points"][0] == {"time": "2026-11-19", "value": 0.5}
    assert store.curate().polls == 0
    store_poll(store, "p2", finished=True)
    assert store.curate().polls == 1
    assert len(store.rows("trends")) == 4


def test_a_poll_that_is_worked_again_replaces_its_rows(store: LakeStore) -> None:
    store_poll(store, "p1", finished=True)
    store.curate()
    more = tuple(hashtag(f"Dogs{number}", number) for number in range(1, 12))
    store_poll(store, "p1", finished=True, rows=(*more, video("77", 1)))
    store.curate()
    assert sorted(row["name"] for row in store.rows("trends")) == sorted(["a caption", *(row.name for row in more)])
    assert len(store.keys("curated/trends/")) == 1


def test_rows_that_cannot_be_read_are_told_of(store: LakeStore) -> None:
    store_poll(store, "p1", finished=True)
    broken = trend_rows_key(VIDEOS, DAY, "p1")
    store.files.objects.put_bytes(broken, b"broken")
    report = store.curate()
    assert (report.unreadable, report.rows) == ((broken,), {"quarantine": 1, "trends": 1})
    (row,) = store.rows("quarantine")
    assert (row["target"], row["object_key"], row["row"]) == ("trends", broken, None)
    store.s3.delete_object(Bucket=store.bucket, Key=trend_rows_key(HASHTAGS, DAY, "p1"))
    store.files.objects.put_bytes(f"trends/polls/dt={DAY}/p9.json", b"{}")
    assert "p9.json" in store.curate().problems[0]


def test_a_day_alone_leaves_trends_and_manifests(store: LakeStore) -> None:
    store_poll(store, "p1", finished=True)
    assert store.curate(CurationOrder(day=DAY)).polls == 0
    assert store.curate(CurationOrder(run_id="r1")).polls == 0


def test_the_manifest_of_a_run_that_has_ended_becomes_a_row_a_task(store: LakeStore) -> None:
    stream = {"task": "a1.videos", "stream": "videos", "endpoint": "video_query", "state": "done", "complete": False}
    counts = {"pages": 2, "rows": 150, "requests": 3, "quarantined": 1, "gaps": [{"reason": "x"}, {"reason": "y"}]}
    subjects = [{"username": "ann", "streams": [stream | counts, {"task": "a1.export", "endpoint": "", "gaps": []}]}]
    head = {"version": 1, "status": "complete_with_gaps", "run_id": "r1", "function": "user_extraction"}
    store.files.objects.put_json(
        manifest_key("r1"), {**head, "finished_at": "2026-11-21T01:00:00.000Z", "accounts": subjects}
    )
    store.end("r2", "running")
    assert store.curate().rows == {"manifests": 1}
    (row,) = store.rows("manifests")
    shown = ("function", "stream", "state", "complete", "entity", "run_id", "task_id")
    assert [row[name] for name in shown] == [*("user_extraction", "videos", "done", False, "videos", "r1", "a1.videos")]
    assert (row["task_pages"], row["task_rows"], row["task_requests"], row["quarantined"], row["gaps"]) == (
        *(2, 150, 3, 1, 2),
    )
    assert row["fetched_at"] == from_iso("2026-11-21T01:00:00Z").replace(tzinfo=None)
    assert "ann" not in str(row)
    assert store.keys("curated/")[0].startswith("curated/manifests/dt=2026-11-21/r-")
    assert store.curate().rows == {}


def test_a_manifest_that_cannot_be_read_is_a_problem_and_stops_nothing(store: LakeStore) -> None:
    store.files.objects.put_bytes(manifest_key("bad"), b"{")
    store.put("videos", [{"id": 1}])
    report = store.curate()
    assert report.pages == 1
    assert "run=bad" in report.problems[0]
