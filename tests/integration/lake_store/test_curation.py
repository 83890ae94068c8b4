"""Raw pages of each endpoint become rows, once, and are marked once nobody needs them."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.integration.lake_store.store import AT, DAY, TASKS, VIDEO, LakeStore, page_of
from tiktok_collector.clock import from_iso, iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.keys import raw_page_key
from tiktok_lake.curation import batch_work
from tiktok_lake.curation.curate import CurationOrder
from tiktok_lake.tables import TABLES

TAGGED = {"curated": "true"}


def test_a_video_becomes_a_row_of_its_own_and_one_of_its_counters(store: LakeStore) -> None:
    row = {
        "id": VIDEO,
        "create_time": 1_763_600_000,
        "username": "alice",
        "like_count": 5,
        "view_count": 0,
        "hashtag_names": ["cats", "dogs"],
        "hashtag_info_list": [{"hashtag_id": 2**60, "hashtag_name": "cats", "new": 1.5}],
        "video_label": {"content": "election"},
        "is_stem_verified": False,
    }
    store.put("videos", [row], collections=("cats", "dogs"), task_id="t9", generation=2, page=4)
    report = store.curate()
    assert (report.pages, report.rows, report.left) == (1, {"video_stats": 1, "videos": 1}, 0)
    (video,) = store.rows("videos")
    assert video["video_id"] == VIDEO
    assert video["created_at"] == datetime.fromisoformat("2025-11-20 00:53:20")
    assert (video["like_count"], video["view_count"], video["share_count"]) == (5, 0, None)
    assert video["hashtag_names"] == ["cats", "dogs"]
    assert json.loads(video["hashtag_info_list"]) == row["hashtag_info_list"]
    assert json.loads(video["video_label"]) == {"content": "election"}
    assert (video["is_stem_verified"], video["extra"], video["author_id"]) == (False, None, None)
    provenance = ("source", "entity", "run_id", "task_id", "generation", "page", "row_number", "collections")
    assert [video[name] for name in provenance] == [
        *("tiktok_research_api", "videos", "r1", "t9", 2, 4, 0, ["cats", "dogs"])
    ]
    assert video["fetched_at"] == from_iso(AT).replace(tzinfo=None)
    (stats,) = store.rows("video_stats")
    assert stats == {name: video[name] for name in TABLES["video_stats"].names}


def test_every_file_has_the_columns_of_its_table_in_their_order(store: LakeStore) -> None:
    store.put("videos", [{"id": 1}, {"id": "x"}])
    store.put("comments", [{"id": 1}])
    store.put("users", {"display_name": "A"}, request={"username": "a"})
    store.put("followers", [{"username": "b"}], request={"username": "a"})
    store.put("playlists", {"playlist_id": 5})
    store.curate()
    for name in ("videos", "video_stats", "comments", "users", "relations", "playlists", "quarantine"):
        (row,) = store.rows(name)
        assert tuple(row) == TABLES[name].names, name


@pytest.mark.parametrize(
    ("entity", "kind"), [("liked_videos", "liked"), ("pinned_videos", "pinned"), ("reposted_videos", "reposted")]
)
def test_videos_of_a_persons_lists_are_videos_and_relations(store: LakeStore, entity: str, kind: str) -> None:
    store.put(entity, [{"id": VIDEO, "like_count": 3}, {"id": 2}], request={"username": "alice"})
    store.curate()
    assert [(row["video_id"], row["entity"]) for row in store.rows("videos")] == [(VIDEO, entity), (2, entity)]
    assert store.values("video_stats", "video_id") == [2, VIDEO]
    found = [(row["kind"], row["username"], row["video_id"], row["row_number"]) for row in store.rows("relations")]
    assert found == [(kind, "alice", VIDEO, 0), (kind, "alice", 2, 1)]


def test_followers_of_several_pages_in_an_object_each_with_its_own_page(store: LakeStore) -> None:
    pages = [
        page_of(
            "followers",
            json.dumps({"data": {"user_followers": rows}, "error": {"code": "ok"}}).encode(),
            request={"username": "alice"},
            page=number,
            retrieved_at=f"{DAY}T09:00:0{number}.000Z",
        )
        for number, rows in enumerate(([{"username": "b", "display_name": "B"}], [], [{"username": "c"}]), start=1)
    ]
    store.put_pages("followers", pages)
    assert store.curate().pages == 3
    rows = store.rows("relations")
    assert [(row["other_username"], row["other_display_name"], row["page"]) for row in rows] == [
        ("b", "B", 1),
        ("c", None, 3),
    ]
    assert {(row["kind"], row["username"]) for row in rows} == {("follower", "alice")}


def test_profiles_are_named_by_the_request_and_playlists_hold_videos(store: LakeStore) -> None:
    store.put("users", {"display_name": "Al", "follower_count": 7, "is_verified": True}, request={"username": "alice"})
    answer = {"playlist_id": 9, "playlist_name": "mix", "playlist_item_total": 2, "playlist_video_ids": [VIDEO, 3]}
    store.put("playlists", {**answer, "cursor": 100, "has_more": False}, request={"playlist_id": 9})
    store.curate()
    (user,) = store.rows("users")
    assert (user["username"], user["display_name"], user["follower_count"], user["is_verified"]) == (
        *("alice", "Al", 7, True),
    )
    (playlist,) = store.rows("playlists")
    assert (playlist["playlist_id"], playlist["playlist_item_total"], playlist["extra"]) == (9, 2, None)
    found = [(row["kind"], row["playlist_id"], row["video_id"], row["username"]) for row in store.rows("relations")]
    assert found == [("in_playlist", 9, VIDEO, None), ("in_playlist", 9, 3, None)]


def test_a_comment_without_its_video_has_that_of_the_request(store: LakeStore) -> None:
    store.put("comments", [{"id": 1, "text": "a"}, {"id": 2, "video_id": 4}], request={"video_id": VIDEO})
    store.curate()
    assert [(row["comment_id"], row["video_id"]) for row in store.rows("comments")] == [(1, VIDEO), (2, 4)]


def test_what_is_unknown_is_kept_exactly_and_what_is_broken_is_set_apart(store: LakeStore) -> None:
    big = 2**80 + 1
    rows: list[Any] = [
        {"id": str(VIDEO), "new": {"deep": [big, "a\u0000b"]}, "like_count": 2**70},
        {"id": 1.5, "username": "alice"},
        "no object",
        {"id": 2, "view_count": None, "video_description": "x\u0000y"},
    ]
    key = store.put("videos", rows)
    report = store.curate()
    assert report.rows == {"quarantine": 2, "video_stats": 2, "videos": 2}
    first, last = store.rows("videos")
    assert (first["video_id"], first["row_number"], first["like_count"]) == (VIDEO, 0, None)
    assert json.loads(first["extra"]) == {"new": {"deep": [big, "a\u0000b"]}, "like_count": 2**70}
    assert (last["video_id"], last["row_number"], last["video_description"]) == (2, 3, "x\u0000y")
    broken, text = store.rows("quarantine")
    assert (broken["target"], broken["row_number"], broken["username"], broken["object_key"]) == (
        *("videos", 1, "alice", key),
    )
    assert "$.id" in broken["reason"]
    assert json.loads(broken["row"]) == rows[1]
    assert json.loads(text["row"]) == "no object"


@pytest.mark.parametrize("entity", ["videos", "comments", "followers"])
def test_a_field_that_is_new_is_kept_where_nothing_else_is_amiss(store: LakeStore, entity: str) -> None:
    identity = {"username": "b"} if entity == "followers" else {"id": 1}
    store.put(entity, [{**identity, "new": [2**70, {"a": None}]}])
    store.curate()
    (found,) = store.rows("relations" if entity == "followers" else entity)
    assert json.loads(found["extra"]) == {"new": [2**70, {"a": None}]}


@pytest.mark.parametrize("part", [1, 2])
def test_a_field_that_an_object_names_twice_does_not_stop_the_others(
    store: LakeStore, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_work, "PART", part)
    body = b'{"data":{"videos":[{"id":1,"like_count":2,"like_count":3}]},"error":{"code":"ok"}}'
    store.put_pages("videos", [page_of("videos", body)])
    store.put("videos", [{"id": 2}], page=2)
    assert store.curate().rows["videos"] == 2
    assert {row["video_id"]: row["like_count"] for row in store.rows("videos")} == {1: 3, 2: None}


@pytest.mark.parametrize(
    "row",
    [
        b'{"id":1,"video_description":"a\\ud800b"}',
        b'{"id":1,"video_label":{"a":"\\udc00"}}',
        b'{"id":1,"video_tag":"\xff"}',
        b'{"id":1,"video_label":NaN}',
        b'{"id":1,"sticker_info_list":[{"a":"\\ud800"}]}',
    ],
)
def test_text_that_is_none_is_mended_and_its_neighbours_are_as_they_were(store: LakeStore, row: bytes) -> None:
    body = b'{"data":{"videos":[{"id":2,"voice_to_text":"\\ud83d\\ude00"},%b]},"error":{"code":"ok"}}' % row
    store.put_pages("videos", [page_of("videos", body)])
    store.put("videos", [{"id": 3}], page=2)
    assert store.curate().rows == {"video_stats": 3, "videos": 3}
    found = {each["video_id"]: each for each in store.rows("videos")}
    assert found[2]["voice_to_text"] == "\U0001f600"
    columns = ("video_description", "video_label", "video_tag", "sticker_info_list")
    (mended,) = [found[1][name] for name in columns if found[1][name] is not None]
    assert "\ufffd" in mended or mended == '"NaN"'


def test_what_is_nested_deeply_stops_nothing(store: LakeStore) -> None:
    for page, depth in enumerate((100, 900, 20_000), start=1):
        body = b'{"data":{"videos":[{"id":%d,"video_label":%b}]},"error":{"code":"ok"}}'
        body %= (page, b'{"a":' * depth + b"1" + b"}" * depth)
        store.put_pages("videos", [page_of("videos", body, page=page)])
    store.put("videos", [{"id": 9}], page=9)
    report = store.curate()
    assert (report.objects, report.left) == (4, 0)
    assert len(store.rows("videos")) + len(store.rows("quarantine")) == 4
    assert {1, 9} <= set(store.values("videos", "video_id"))


def test_an_object_that_cannot_be_read_is_told_of_once_and_is_kept_until_it_is_restored(store: LakeStore) -> None:
    # moto takes its times from the machine, and these objects are older than their batch.
    store.clock.time = from_iso("2100-01-01T00:00:00Z")
    good = store.put("videos", [{"id": 1}])
    bad = raw_page_key(entity="videos", dt=DAY, run_id="r1", task_id="t1", generation=0, page=2)
    store.files.objects.put_bytes(bad, b"broken")
    store.end("r1")
    assert store.curate().unreadable == (bad,)
    (row,) = store.rows("quarantine")
    assert (row["object_key"], row["run_id"], row["row"], row["row_number"], row["target"]) == (
        *(bad, "r1", None, None, "videos"),
    )
    assert "damaged" in row["reason"]
    assert (store.tags(good), store.tags(bad)) == (TAGGED, {})
    assert store.curate().objects == 0
    assert len(store.keys("lake/batches/dt=")) == 1


def test_a_restored_object_is_curated(store: LakeStore) -> None:
    store.clock.time = from_iso("2001-01-01T00:00:00Z")
    bad = raw_page_key(entity="videos", dt=DAY, run_id="r1", task_id="t1", generation=0, page=2)
    store.files.objects.put_bytes(bad, b"broken")
    store.curate()
    assert store.curate().unreadable == (bad,), "it was modified after the batch, and is still damaged"
    assert len(store.rows("quarantine")) == 1
    store.files.objects.put_bytes(bad, b"")
    store.s3.delete_object(Bucket=store.bucket, Key=bad)
    store.put("videos", [{"id": 7}], page=2)
    assert store.curate().rows == {"video_stats": 1, "videos": 1}
    assert store.values("videos", "video_id") == [7]


def test_pages_of_newer_code_wait_for_it(store: LakeStore) -> None:
    key = store.put("videos", [{"id": 1}], version=99)
    assert store.curate().unreadable == (key,)
    (row,) = store.rows("quarantine")
    assert "version 99" in row["reason"]


def test_pages_are_curated_at_once_and_marked_when_their_run_has_ended(store: LakeStore) -> None:
    open_key, ended_key = store.put("videos", [{"id": 1}]), store.put("videos", [{"id": 2}], run_id="r2")
    store.end("r1", "running")
    store.end("r2", "complete_with_gaps")
    report = store.curate()
    assert (report.pages, report.tagged, report.waiting) == (2, 1, 1)
    assert (store.tags(open_key), store.tags(ended_key)) == ({}, TAGGED)
    assert (store.curate().tagged, store.curate().waiting) == (0, 1)
    store.end("r1")
    assert store.curate().tagged == 1
    assert store.tags(open_key) == TAGGED


def test_pages_are_marked_once_the_table_too_says_that_their_run_has_ended(store: LakeStore) -> None:
    key = store.put("videos", [{"id": 1}])
    store.end("r1")
    item = {"pk": {"S": "RUN#r1"}, "sk": {"S": "RUN"}, "state": {"S": "running"}}
    store.dynamodb.put_item(TableName=TASKS, Item=item)
    assert (store.curate().waiting, store.tags(key)) == (1, {})
    store.dynamodb.put_item(TableName=TASKS, Item={**item, "state": {"S": "done"}})
    assert (store.curate().tagged, store.tags(key)) == (1, TAGGED)


def test_pages_of_a_run_that_never_ends_are_marked_when_it_is_resumed_no_more(store: LakeStore) -> None:
    key = store.put("videos", [{"id": 1}])
    assert store.curate().waiting == 1
    store.clock.advance(days=11)
    assert (store.curate().tagged, store.tags(key)) == (0, {})
    store.clock.advance(days=1)
    assert (store.curate().tagged, store.tags(key)) == (1, TAGGED)


def test_rows_lie_under_the_day_of_their_fetch(store: LakeStore) -> None:
    store.put("videos", [{"id": 1}], retrieved_at="2026-11-20T23:59:59.999Z")
    store.put("videos", [{"id": 2}], retrieved_at="2026-11-21T00:00:00.000Z", page=2)
    store.curate()
    assert [key.split("/")[2] for key in store.keys("curated/videos/")] == ["dt=2026-11-20", "dt=2026-11-21"]


def test_what_is_new_is_added_and_nothing_twice(store: LakeStore) -> None:
    store.put("videos", [{"id": 1}])
    store.curate()
    store.put("videos", [{"id": 2}], page=2)
    assert store.curate().pages == 1
    assert store.curate().pages == 0
    assert store.values("videos", "video_id") == [1, 2]


def test_a_day_or_a_run_alone(store: LakeStore) -> None:
    store.put("videos", [{"id": 1}])
    store.put("videos", [{"id": 2}], run_id="r2")
    store.put("videos", [{"id": 3}], dt="2026-11-19")
    assert store.curate(CurationOrder(run_id="r2")).pages == 1
    assert store.values("videos", "video_id") == [2]
    assert store.curate(CurationOrder(day="2026-11-19")).pages == 1
    assert store.values("videos", "video_id") == [2, 3]
    assert store.curate().pages == 1


def test_without_time_nothing_is_begun_and_the_report_says_what_is_left(store: LakeStore) -> None:
    store.put("videos", [{"id": 1}])
    report = store.curate(seconds=30)
    assert (report.pages, report.left, store.keys(), store.keys("lake/")) == (0, 1, [], [])


def test_the_record_of_a_batch_goes_with_its_raw_objects(store: LakeStore) -> None:
    key = store.put("videos", [{"id": 1}])
    store.curate()
    assert len(store.keys("lake/batches/dt=")) == 1
    store.s3.delete_object(Bucket=store.bucket, Key=key)
    store.curate()
    assert store.versions("lake/batches/dt=") == 0
    assert store.values("videos", "video_id") == [1]


def test_old_files_without_a_column_are_read_together_with_new_ones(store: LakeStore, tmp_path: Any) -> None:
    import duckdb  # noqa: PLC0415

    old = tmp_path / "old.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1::BIGINT AS video_id, 'a' AS username) TO '{old}' (FORMAT parquet)")
    store.files.put(f"curated/videos/dt={DAY}/c-old.parquet", old)
    store.put("videos", [{"id": 2, "voice_to_text": "hello"}])
    store.curate()
    rows = sorted(store.rows("videos", "video_id", "username", "voice_to_text"), key=lambda row: row["video_id"])
    assert [tuple(row.values()) for row in rows] == [(1, "a", None), (2, None, "hello")]


def test_times_that_are_none_are_null(store: LakeStore) -> None:
    store.put("videos", [{"id": 1, "create_time": -5}, {"id": 2, "create_time": 2**62}, {"id": 3, "create_time": 0}])
    store.curate()
    rows = [(row["create_time"], row["created_at"]) for row in store.rows("videos")]
    assert rows == [(-5, None), (2**62, None), (0, datetime.fromisoformat("1970-01-01"))]


def test_the_clock_writes_what_the_record_says(store: LakeStore) -> None:
    store.put("videos", [{"id": 1}])
    store.curate()
    (key,) = store.keys("lake/batches/dt=")
    (batch,) = store.curation()._batches.all()
    assert (batch.key, batch.planned_at, batch.done_at) == (key, iso(store.clock.now()), iso(store.clock.now()))
    assert (batch.pages, batch.rows) == (1, {"videos": 1, "video_stats": 1})


def test_an_object_that_is_gone_before_it_is_marked_stops_nothing(store: LakeStore) -> None:
    gone, kept = store.put("videos", [{"id": 1}]), store.put("videos", [{"id": 2}], page=2)
    store.curate()
    store.s3.delete_object(Bucket=store.bucket, Key=gone)
    store.end("r1")
    assert store.curate().tagged == 1
    assert store.tags(kept) == TAGGED
    assert store.curate().waiting == 0


def test_an_object_that_is_gone_before_it_is_read_is_left_out(store: LakeStore) -> None:
    gone, kept = store.put("videos", [{"id": 1}]), store.put("videos", [{"id": 2}], page=2)
    store.curation()._batches.plan(DAY, [gone, kept], [])
    store.s3.delete_object(Bucket=store.bucket, Key=gone)
    report = store.curate()
    assert (report.batches, report.objects, report.rows["videos"]) == (1, 1, 1)
    assert store.values("videos", "video_id") == [2]


def test_what_was_begun_has_to_be_finished_before_rows_are_deleted(store: LakeStore) -> None:
    curation, key = store.curation(), store.put("videos", [{"id": 1}])
    curation._batches.plan(DAY, [key], [])
    assert not curation.finish_pending(Deadline.after(store.clock, 30_000))
    assert store.keys("curated/") == []
    assert curation.finish_pending(Deadline.after(store.clock, 900_000))
    assert store.values("videos", "video_id") == [1]
