"""Which pages an export reads, in which order, and what becomes of their rows."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from tests.unit.collection.support import COMMENTS, FOLLOWERS, VIDEOS
from tiktok_collector.collection.disclosure import AsGiven
from tiktok_collector.collection.export_document import (
    QUARANTINE,
    identities,
    page_keys,
    page_refs,
    profile_row,
    quarantined_of,
    rows_of,
)
from tiktok_collector.collection.page_reader import StoredPage
from tiktok_collector.collection.plan import new_task
from tiktok_collector.collection.subject import AccountSubject, SearchSubject
from tiktok_collector.events.extraction import Stream
from tiktok_collector.http.answer import Answer
from tiktok_collector.lake.raw_pages import PageEnvelope
from tiktok_collector.research_api.answers import read_frame
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.rows import read_rows
from tiktok_collector.tasks.task import Counts, GapReason, Generation, Progress, Task, TaskSpec, TaskState


def task(task_id: str, spec: TaskSpec, pages: int, **progress: Any) -> Task:
    made = new_task("one", task_id, spec, TaskState.DONE)
    made.progress = Progress(page=pages + 1, **progress)
    return made


def stored(endpoint_name: str, rows: Sequence[dict[str, Any]]) -> StoredPage:
    endpoint = ENDPOINTS[endpoint_name]
    data = {endpoint.row_keys[0]: rows} if endpoint.row_keys else rows[0]
    body = json.dumps({"data": data, "error": {"code": "ok", "message": "", "log_id": "L"}}).encode()
    answer = Answer(
        status=200,
        body=body,
        headers={},
        sent_at=datetime(2026, 11, 20, tzinfo=UTC),
        latency_ms=1,
        retry_after=None,
        request={},
    )
    envelope = PageEnvelope(
        collector="0",
        source="s",
        endpoint=endpoint_name,
        entity=endpoint.entity,
        url="u",
        request={},
        retrieved_at="2026-11-20T09:00:00.000Z",
        run_id="one",
        task_id="t",
        generation=1,
        page=1,
        request_id="r",
        day="2026-11-20",
        family="research",
        has_more=False,
        http_status=200,
        body_sha256="",
        body_bytes=len(body),
    )
    frame = read_frame(endpoint, answer)
    return StoredPage("raw/k", envelope, answer, frame, read_rows(endpoint, frame.rows))


def test_pages_come_by_generation_and_number() -> None:
    keys = list(
        page_keys(
            task("a00001.videos.w001", VIDEOS, 1, generation=2, earlier=[Generation(1, 2, GapReason.SEARCH_LOST)])
        )
    )
    assert [key.rpartition("/")[2] for key in keys] == [
        "a00001.videos.w001-g1-000001.json.gz",
        "a00001.videos.w001-g1-000002.json.gz",
        "a00001.videos.w001-g2-000001.json.gz",
    ]
    assert {key.rpartition("/")[0] for key in keys} == {
        "raw/source=tiktok_research_api/entity=videos/dt=2026-11-20/run=one"
    }


def test_sections_come_in_their_order_and_broken_rows_last() -> None:
    refs = list(
        page_refs(
            [
                task("a00001.comments.w001.g1.p000001", COMMENTS, 1),
                task("a00001.followers", FOLLOWERS, 1),
                task("a00001.videos.w001", VIDEOS, 2, counts=Counts(quarantined=1)),
            ],
            AccountSubject("someone").sections,
        )
    )
    assert [ref.section for ref in refs] == ["videos", "videos", "comments", "followers", QUARANTINE, QUARANTINE]
    assert [ref.scope for ref in refs[:3]] == ["videos", "videos", "a00001.comments.w001.g1.p000001"]


def test_every_stream_has_a_place_in_the_export() -> None:
    placed = {stream for streams in AccountSubject("someone").sections.values() for stream in streams}
    assert placed == {stream.value for stream in Stream} - {"profile"} | {"replies"}


def test_a_search_has_no_lists_of_an_account() -> None:
    placed = {stream for streams in SearchSubject("cats").sections.values() for stream in streams}
    assert placed == {"videos", "comments", "replies", "playlists"}


def test_rows_keep_every_field_with_ids_as_text() -> None:
    page = stored("video_query", [{"id": 7320768196569599275, "like_count": 0, "new": {"music_id": 5}}])
    ((identity, row),) = rows_of(page, AsGiven())
    assert identity == "7320768196569599275"
    assert msgspec.json.decode(row) == {
        "id": "7320768196569599275",
        "like_count": 0,
        "new": {"music_id": "5"},
        "_retrieved_at": "2026-11-20T09:00:00.000Z",
    }


def test_broken_rows_are_told_apart_from_good_ones() -> None:
    page = stored("video_query", [{"id": 1}, {"id": "x"}, {"id": 2}])
    assert list(identities(page)) == ["1", "2"]
    (broken,) = quarantined_of(page, AsGiven())
    entry = json.loads(broken)
    assert (entry["key"], entry["page"], entry["index"], entry["row"]) == ("raw/k", 1, 1, {"id": "x"})
    assert entry["reason"]


def test_followers_are_told_apart_by_name_and_playlist_pages_not_at_all() -> None:
    assert list(identities(stored("user_followers", [{"username": "a"}, {"username": "b"}]))) == ["a", "b"]
    assert list(identities(stored("playlist_info", [{"playlist_id": 7, "playlist_video_ids": [1]}]))) == [""]


def test_a_profile_names_its_account() -> None:
    profile = profile_row(stored("user_info", [{"display_name": "Some One", "follower_count": 3}]), "someone")
    assert profile
    assert (profile["username"], profile["follower_count"]) == ("someone", 3)
