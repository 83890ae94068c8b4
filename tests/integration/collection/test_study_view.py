"""The deduplicated view over raw pages in moto's S3."""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from tests.unit.lake.support import envelope_for
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_view import StudyView, video_pages
from tiktok_collector.errors import Fatal, MissingResource
from tiktok_collector.lake.keys import raw_page_key
from tiktok_collector.lake.raw_pages import CorruptPage, RawPage, RawPageStore, encode_page

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "lake"
VIDEO = 7_320_768_196_569_599_275


class Lake:
    """A bucket of pages written by hand."""

    def __init__(self, s3: "S3Client") -> None:
        self.s3 = s3
        self.store = RawPageStore(s3, BUCKET)

    def put(
        self,
        rows: Sequence[Any],
        collections: tuple[str, ...] = ("cats",),
        *,
        at: str = "2026-11-20T09:00:00.000Z",
        run: str = "r1",
        task: str = "t1",
        generation: int = 0,
        page: int = 1,
        entity: str = "videos",
    ) -> str:
        body = json.dumps({"data": {"videos": rows}, "error": {"code": "ok", "message": "", "log_id": "L"}}).encode()
        key = raw_page_key(entity=entity, dt=at[:10], run_id=run, task_id=task, generation=generation, page=page)
        envelope = msgspec.structs.replace(envelope_for(body), collections=collections, retrieved_at=at)
        self.store.put(key, encode_page(envelope, body))
        return key

    def view(self, days: Sequence[date] | None = None, threads: int = 3) -> StudyView:
        return StudyView.of(PageReader(self.store), video_pages(self.store, days), threads=threads)

    def rows(self, days: Sequence[date] | None = None) -> list[dict[str, Any]]:
        return list(self.view(days).rows())


class CountingStore(RawPageStore):
    """Counts the pages that are read."""

    reads = 0

    def get_all(self, key: str) -> list[RawPage]:
        self.reads += 1
        return super().get_all(key)


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        yield Lake(s3)


def test_a_video_found_by_three_collections_is_one_row_and_carries_all_three(lake: Lake) -> None:
    lake.put([{"id": VIDEO, "like_count": 1}], ("parties", "cats"), at="2026-11-20T09:00:00.000Z", task="t1")
    lake.put([{"id": VIDEO, "like_count": 3}], ("cats",), at="2026-11-22T09:00:00.000Z", task="t2")
    lake.put([{"id": VIDEO, "like_count": 2}], ("accounts",), at="2026-11-21T09:00:00.000Z", task="t3")
    assert lake.rows() == [
        {
            "id": str(VIDEO),
            "like_count": 3,
            "_retrieved_at": "2026-11-22T09:00:00.000Z",
            "_first_retrieved_at": "2026-11-20T09:00:00.000Z",
            "_fetches": 3,
            "_collections": ["accounts", "cats", "parties"],
        }
    ]


def test_the_newest_fetch_wins_wherever_its_key_sorts(lake: Lake) -> None:
    lake.put([{"id": 1, "view_count": 900}], task="a", at="2026-11-20T09:00:02.000Z")
    lake.put([{"id": 1, "view_count": 7, "voice_to_text": "gone since"}], task="z", at="2026-11-20T09:00:01.000Z")
    (row,) = lake.rows()
    assert row["view_count"] == 900
    assert "voice_to_text" not in row
    assert row["_retrieved_at"] == "2026-11-20T09:00:02.000Z"


def test_pages_fetched_again_give_no_second_row(lake: Lake) -> None:
    rows = [{"id": 1}, {"id": 2}, {"id": 1}]
    for generation in (0, 1):
        lake.put(rows, generation=generation, page=1)
        lake.put(rows, generation=generation, page=2)
    view = lake.view()
    assert [(row["id"], row["_fetches"]) for row in view.rows()] == [("1", 4), ("2", 4)]
    assert (view.videos, view.pages) == (2, 4)


def test_all_fields_are_kept_with_ids_as_text(lake: Lake) -> None:
    lake.put([{"id": f"{VIDEO}", "music_id": 2**60, "new": {"playlist_id": 5}, "video_description": "a\u0000b\n"}])
    (row,) = lake.rows()
    assert {name: value for name, value in row.items() if not name.startswith("_")} == {
        "id": str(VIDEO),
        "music_id": str(2**60),
        "new": {"playlist_id": "5"},
        "video_description": "a\u0000b\n",
    }


def test_an_id_is_the_same_as_text_and_as_number(lake: Lake) -> None:
    lake.put([{"id": str(VIDEO)}], page=1)
    lake.put([{"id": VIDEO}], ("dogs",), page=2)
    assert [(row["id"], row["_collections"]) for row in lake.rows()] == [(str(VIDEO), ["cats", "dogs"])]


def test_ad_hoc_pages_are_left_out(lake: Lake) -> None:
    lake.put([{"id": 1, "like_count": 1}], ("cats",), at="2026-11-20T09:00:00.000Z", page=1)
    lake.put([{"id": 1, "like_count": 5}, {"id": 2}], (), at="2026-11-20T10:00:00.000Z", page=2)
    view = lake.view()
    (row,) = view.rows()
    assert (row["like_count"], row["_fetches"], view.pages, view.ad_hoc_pages) == (1, 1, 1, 1)


def test_rows_that_break_their_model_are_counted_and_left_out(lake: Lake) -> None:
    lake.put([{"id": 1}, {"id": 2, "like_count": "many"}, {"id": 3}, "no row"], at="2026-11-20T09:00:00.000Z", page=1)
    lake.put([{"id": 3, "like_count": "many"}], at="2026-11-20T10:00:00.000Z", page=2)
    view = lake.view()
    assert [(row["id"], row["_fetches"]) for row in view.rows()] == [("1", 1), ("3", 1)]
    assert view.quarantined == 3


def test_a_view_of_some_days_is_of_the_runs_that_started_then(lake: Lake) -> None:
    for day in (20, 21, 22):
        lake.put([{"id": 1, "like_count": day}, {"id": day}], (f"c{day}",), at=f"2026-11-{day}T09:00:00.000Z")
    found = lake.rows([date(2026, 11, 21), date(2026, 11, 20), date(2026, 11, 21)])
    assert [(row["id"], row["_collections"]) for row in found] == [
        ("20", ["c20"]),
        ("1", ["c20", "c21"]),
        ("21", ["c21"]),
    ]


def test_other_entities_are_not_read(lake: Lake) -> None:
    lake.put([{"id": 1}], entity="liked_videos")
    assert lake.rows() == []


@pytest.mark.parametrize("threads", [1, 8])
def test_rows_come_in_the_order_of_keys_however_many_threads_read(lake: Lake, threads: int) -> None:
    for page in range(1, 41):
        lake.put([{"id": page * 10 + place} for place in (3, 1, 2)], page=page)
    found = [int(row["id"]) for row in lake.view(threads=threads).rows()]
    assert found == [page * 10 + place for page in range(1, 41) for place in (3, 1, 2)]


def test_lines_of_json(lake: Lake) -> None:
    lake.put([{"id": VIDEO, "video_description": "über\n\u2028"}, {"id": 2}])
    view, file = lake.view(), io.BytesIO()
    assert view.write(file) == 2
    lines = file.getvalue().split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line) for line in lines] == list(view.rows())


def test_a_damaged_page_is_named_in_one_sentence(lake: Lake) -> None:
    for page in range(1, 31):
        key = lake.put([{"id": page}], page=page)
    lake.s3.put_object(Bucket=BUCKET, Key=key, Body=b"not a page")
    with pytest.raises(CorruptPage, match=rf"^The raw page {key} is damaged: [^.]*\.$"):
        lake.view()


def test_a_page_that_is_removed_between_the_readings_is_named(lake: Lake) -> None:
    key = lake.put([{"id": 1}])
    view = lake.view()
    lake.s3.delete_object(Bucket=BUCKET, Key=key)
    with pytest.raises(Fatal, match=rf"^The raw page {key} is missing"):
        list(view.rows())


def test_a_page_without_any_newest_row_is_not_read_again(lake: Lake) -> None:
    old = lake.put([{"id": 1}], at="2026-11-20T09:00:00.000Z", page=1)
    lake.put([{"id": 1}], at="2026-11-20T10:00:00.000Z", page=2)
    view = lake.view()
    lake.s3.delete_object(Bucket=BUCKET, Key=old)
    assert [row["_fetches"] for row in view.rows()] == [2]


def test_whoever_stops_early_has_only_a_few_pages_read(lake: Lake) -> None:
    for page in range(1, 31):
        lake.put([{"id": page}], page=page)
    store = CountingStore(lake.s3, BUCKET)
    view = StudyView.of(PageReader(store), video_pages(store), threads=3)
    store.reads = 0
    rows = view.rows()
    assert next(rows)["id"] == "1"
    del rows
    assert 1 <= store.reads <= 7


def test_an_empty_lake_and_a_missing_bucket(lake: Lake) -> None:
    assert lake.rows() == []
    elsewhere = RawPageStore(lake.s3, "elsewhere")
    with pytest.raises(MissingResource, match="There is no bucket elsewhere"):
        StudyView.of(PageReader(elsewhere), video_pages(elsewhere))
