"""A file under imports/ becomes rows once, and is answered with a report beside it."""

import gzip
import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.imports.bucket import BUCKET, FIRST_ID, LIMITS, TASKS, Bucket, comments, csv_of
from tests.support.kills import some
from tiktok_collector.errors import InvalidRequest
from tiktok_lake.imports.conversion import Dataset, convert
from tiktok_lake.imports.names import mapping_key
from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.records import withdraw_unfinished
from tiktok_lake.imports.storing import ImportStore
from tiktok_lake.lease import LakeBusy, lake_lease

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_file_becomes_rows_and_a_report(bucket: Bucket) -> None:
    key = bucket.put("some folder/comments é.csv", comments(3) + b"not an id,someone,text\n")
    summary = bucket.run(key)
    assert (summary.state, summary.taken, summary.quarantined) == ("imported", {"comments": 3}, 1)
    rows = bucket.rows("comments")
    assert [row["text"] for row in rows] == ["hello 0", "hello 1", "hello 2"]
    assert {row["video_id"] for row in rows} == {FIRST_ID}
    assert {row["source"] for row in rows} == {"import"}
    assert {row["run_id"] for row in rows} == {summary.import_id}
    assert {row["task_id"] for row in rows} == {"comments é.csv"}
    assert [row["row_number"] for row in rows] == [2, 3, 4]
    assert {row["fetched_at"] for row in rows} == {NOW.replace(tzinfo=None)}
    assert bucket.keys("curated/comments/") == [f"curated/comments/dt=2026-11-20/i-{summary.import_id}.parquet"]

    report = bucket.report(key)
    (part,) = report.parts
    assert part.family is not None
    assert part.why
    assert part.mapped["comments"]["text"] == ("text",)
    assert (part.rows, part.taken, report.quarantined) == (4, {"comments": 3}, 1)
    assert [each.line for each in part.quarantined_lines] == [5]
    assert report.days == ("2026-11-20", "2026-11-20")
    assert report.files == bucket.keys()
    (refused,) = bucket.rows("quarantine")
    assert (refused["target"], refused["object_key"], refused["row_number"]) == ("comments", key, 5)
    assert refused["reason"] == next(iter(part.quarantined))
    assert "not an id" in refused["row"]


def test_the_same_file_again_doubles_nothing(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(3))
    first = bucket.run(key)
    keys = bucket.versions()
    bucket.clock.advance(days=2)
    bucket.put("comments.csv", comments(3))
    assert bucket.run(key).state == "known"
    again = bucket.run(key, again=True)
    assert (again.state, again.import_id) == ("imported", first.import_id)
    assert bucket.versions() == keys
    assert len(bucket.rows("comments")) == 3


def test_a_changed_file_of_the_same_name_replaces_its_rows(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(3, "old"))
    bucket.run(key)
    other = bucket.put("other.csv", comments(1, "other"))
    bucket.run(other)
    bucket.clock.advance(days=2)
    bucket.put("comments.csv", comments(2, "new"))
    bucket.run(key)
    assert [row["text"] for row in bucket.rows("comments")] == ["new 0", "new 1", "other 0"]
    assert bucket.report(key).replaced
    assert bucket.versions() == bucket.keys()


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"video_id,user,text\n7.58E+18,someone,rounded\n", "quarantined")]
)
def test_a_changed_file_of_which_nothing_can_be_taken_leaves_what_was(
    bucket: Bucket, content: bytes, said: str
) -> None:
    key = bucket.put("comments.csv", comments(3))
    bucket.run(key)
    keys = bucket.versions()
    bucket.put("comments.csv", content)
    assert bucket.run(key).state == "nothing_taken"
    assert bucket.versions() == keys
    assert said in bucket.report(key).outcome


def test_quarantined_rows_are_replaced_by_those_of_the_changed_file(bucket: Bucket) -> None:
    for text in ("one", "two"):
        key = bucket.put("comments.csv", f"video_id,user,text\nno-id,someone,{text}\n".encode())
        bucket.run(key)
    (refused,) = bucket.rows("quarantine")
    assert json.loads(refused["row"])["text"] == "two"
    assert bucket.run(key).state == "known"


def test_what_was_begun_goes_where_the_file_has_become_one_of_nothing(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(3))
    with bucket.dying(_puts_until_the_first_row(bucket)):
        bucket.run(key)
    assert bucket.keys()
    bucket.put("comments.csv", b"")
    bucket.clock.advance(minutes=30)
    assert bucket.run(key).state == "nothing_taken"
    assert bucket.versions() == []
    assert bucket.versions("lake/") == []


def test_rows_of_other_days_lie_under_their_days(bucket: Bucket) -> None:
    rows = [
        {
            "id": FIRST_ID + each,
            "username": "someone",
            "create_time": 1_700_000_000,
            "video_description": "a caption",
            "collected": f"2026-11-{10 + each % 3}T10:00:00Z",
        }
        for each in range(6)
    ]
    key = bucket.put("videos.csv", csv_of(rows))
    bucket.put(mapping_key("videos.csv"), b"fetched_at: collected\n")
    bucket.run(key)
    days = {each.split("/")[2] for each in bucket.keys("curated/videos/")}
    assert days == {"dt=2026-11-10", "dt=2026-11-11", "dt=2026-11-12"}
    assert bucket.report(key).days == ("2026-11-10", "2026-11-12")
    assert {f"{row['fetched_at']:%d}" for row in bucket.rows("videos")} == {"10", "11", "12"}


def test_a_collection_time_that_cannot_be_counts_as_the_day_of_the_import(bucket: Bucket) -> None:
    rows = [
        {
            "id": FIRST_ID + each,
            "username": "a",
            "create_time": 1_700_000_000,
            "view_count": 5,
            "collected": f"{year}-01-01T10:00:00Z",
        }
        for each, year in enumerate((2011, 2031))
    ]
    key = bucket.put("videos.csv", csv_of(rows))
    bucket.put(mapping_key("videos.csv"), b"fetched_at: collected\n")
    bucket.run(key)
    assert {row["fetched_at"] for row in bucket.rows("videos")} == {NOW.replace(tzinfo=None)}


def test_a_mapping_file_put_later_imports_the_file_anew(bucket: Bucket) -> None:
    key = bucket.put("strange.csv", csv_of([{"nummer": FIRST_ID, "tekst": "hej"}]))
    assert bucket.run(key).state == "nothing_taken"
    told = bucket.put(mapping_key("strange.csv"), b"tables:\n  comments:\n    video_id: nummer\n    text: tekst\n")
    assert bucket.run(told).state == "imported"
    assert [row["text"] for row in bucket.rows("comments")] == ["hej"]


def test_a_wrong_mapping_file_is_said_with_its_line(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(1))
    bucket.put(mapping_key("comments.csv"), b"version: '1'\nfamly: x\n")
    assert bucket.run(key).state == "nothing_taken"
    assert "line 2" in bucket.report(key).outcome
    assert bucket.keys() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "ZIP"),
        (gzip.compress(comments(10))[:-10], "breaks off"),
        (b"\x00" * 300, "Nothing was taken"),
        (b"flour,sugar\n1,2\n", "no known family"),
    ],
    ids=["empty", "zip", "cut off", "nul", "another"],
)
def test_failures_are_reports_too(bucket: Bucket, content: bytes, said: str) -> None:
    key = bucket.put("file", content)
    summary = bucket.run(key)
    assert (summary.state, summary.report) == ("nothing_taken", f"{key}.report.json")
    report = bucket.report(key)
    assert report.outcome.startswith("Nothing was taken")
    assert said in report.outcome
    assert bucket.keys() == []


def test_a_file_that_is_too_large_is_not_even_fetched(bucket: Bucket) -> None:
    bucket.limits = ReadingLimits(file_bytes=100)
    key = bucket.put("file.csv", comments(100))
    bucket.run(key)
    assert "split it" in bucket.report(key).outcome


def test_reports_and_folders_are_no_datasets(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(1))
    bucket.run(key)
    before = bucket.versions("")
    assert bucket.run(f"{key}.report.json").state == "ignored"
    assert bucket.run(bucket.put("folder/", b"")).state == "ignored"
    assert bucket.run("imports/absent.csv").state == "absent"
    assert bucket.run(bucket.put("alone.csv.mapping.yaml", b"")).state == "absent"
    assert [each for each in bucket.versions("") if each not in before] == [
        "imports/alone.csv.mapping.yaml",
        "imports/folder/",
    ]


def test_ids_that_an_earlier_import_has_are_counted(bucket: Bucket) -> None:
    bucket.run(bucket.put("one.csv", comments(3)))
    key = bucket.put("two.csv", comments(2) + f"{FIRST_ID},new,new\n".encode())
    bucket.run(key)
    assert bucket.report(key).known_before == {"comments": 2}
    assert len(bucket.rows("comments")) == 6


def test_keys_are_taken_as_eventbridge_and_as_s3_write_them(bucket: Bucket) -> None:
    spaced, plus = bucket.put("a b.csv", b""), bucket.put("a+b%20c.csv", b"")
    function = bucket.function
    assert function.key_of(BUCKET, spaced) == spaced
    assert function.key_of(BUCKET, "imports/a+b.csv") == spaced
    assert function.key_of(BUCKET, plus) == plus
    with pytest.raises(InvalidRequest, match="another"):
        function.key_of("another", spaced)


def test_while_another_changes_the_row_store_it_waits_and_then_gives_up(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(1))
    with lake_lease(bucket.dynamodb, TASKS, bucket.clock), pytest.raises(LakeBusy):
        bucket.run(key)
    assert bucket.keys() == []
    assert bucket.run(key).state == "imported"


def test_a_file_that_a_purge_has_removed_meanwhile_brings_nothing_back(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = bucket.put("comments.csv", comments(1))
    with ExitStack() as purge:
        purge.enter_context(lake_lease(bucket.dynamodb, TASKS, bucket.clock))

        def removed(_: float) -> None:
            bucket.files.remove([key])
            purge.close()

        monkeypatch.setattr(bucket.clock, "sleep", removed)
        assert bucket.run(key).state == "absent"
    assert bucket.keys() == []
    assert bucket.keys("lake/imports/") == []


def test_every_kill_leaves_all_rows_or_none_and_the_next_delivery_ends_it(bucket: Bucket) -> None:
    """The old file, killed in the middle of being replaced by the new one, at every change of AWS there is."""
    old, new = comments(2, "old"), comments(3, "new") + b"x,y,z\n"
    key = bucket.put("comments.csv", old)
    bucket.run(key)
    bucket.put("comments.csv", new)
    with bucket.dying(None) as calls:
        bucket.run(key)
    assert len(calls) >= 8
    for fatal in some(range(1, len(calls) + 1), 3):
        bucket.put("comments.csv", old)
        bucket.run(key)
        bucket.put("comments.csv", new)
        with bucket.dying(fatal) as made:
            bucket.run(key)
        assert len(made) == fatal
        bucket.clock.advance(hours=1)
        bucket.run(key)
        assert [row["text"] for row in bucket.rows("comments")] == ["new 0", "new 1", "new 2"]
        assert len(bucket.rows("quarantine")) == 1
        assert bucket.versions() == bucket.keys()
        assert bucket.keys("lake/imports/begun/") == []
        assert bucket.report(key).outcome.startswith("Taken for ")


def test_nothing_is_stored_when_the_row_store_may_be_held_no_longer(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_bytes(comments(2) + b"no-id,someone,text\n")
    dataset = Dataset(
        path=tmp_path / "comments.csv",
        name="comments.csv",
        key="imports/comments.csv",
        import_id="an-import",
        imported_at=bucket.clock.now(),
    )
    converted = convert(dataset, tmp_path, engine_limits=LIMITS)
    store = ImportStore(bucket.files, bucket.dynamodb, TASKS, bucket.clock)
    with pytest.raises(LakeBusy, match="faster connection"):
        store.store(dataset, converted, stored=lambda _: bucket.clock.advance(minutes=13))
    assert len(bucket.keys()) == 1
    report = store.store(dataset, converted)
    assert bucket.keys() == sorted(report.files)


def test_what_was_begun_is_finished_by_the_next_import_of_anything(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(3))
    with bucket.dying(_puts_until_the_first_row(bucket)):
        bucket.run(key)
    assert bucket.keys("lake/imports/begun/")
    bucket.clock.advance(minutes=30)
    summary = bucket.run(bucket.put("other.csv", comments(1, "other")))
    assert summary.finished == 1
    assert len(bucket.rows("comments")) == 4
    assert bucket.keys("lake/imports/begun/") == []


def test_what_was_begun_leaves_nothing_if_its_file_is_gone(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(3))
    with bucket.dying(_puts_until_the_first_row(bucket)):
        bucket.run(key)
    assert bucket.keys()
    bucket.s3.delete_object(Bucket=BUCKET, Key=key)
    bucket.clock.advance(minutes=30)
    assert bucket.run().abandoned == 1
    assert bucket.versions() == []
    assert bucket.versions("lake/") == []


def test_what_was_begun_is_withdrawn_before_rows_are_deleted_and_can_be_finished_later(bucket: Bucket) -> None:
    key = bucket.put("comments.csv", comments(3))
    with bucket.dying(_puts_until_the_first_row(bucket)):
        bucket.run(key)
    assert bucket.keys()
    withdraw_unfinished(bucket.files)
    assert bucket.versions() == []
    bucket.clock.advance(minutes=30)
    assert bucket.run().finished == 1
    assert len(bucket.rows("comments")) == 3


def _puts_until_the_first_row(bucket: Bucket) -> int:
    """The number of changes after which an import has put its first file into the row store: report, lease, record."""
    assert bucket.keys() == []
    return 4


def test_each_list_of_a_document_is_taken_for_what_it_is(bucket: Bucket) -> None:
    document = {
        "exported": "2026-11-19",
        "comments": [{"video_id": FIRST_ID, "user": "one", "text": "hello"}, {"video_id": "no-id", "text": "lost"}],
        "recipes": [{"flour": 1, "sugar": 2}],
        "empty": [{}, {}],
    }
    key = bucket.put("several.json", json.dumps(document).encode())
    assert bucket.run(key).taken == {"comments": 1}
    report = bucket.report(key)
    taken, unknown, empty = report.parts
    assert (taken.inside, taken.taken, sum(taken.quarantined.values())) == ("comments", {"comments": 1}, 1)
    assert (unknown.inside, unknown.family) == ("recipes", None)
    assert (empty.inside, "no row" in empty.why) == ("empty", True)
    assert report.quarantined == 1


def test_what_is_refused_of_a_list_of_rows_is_quarantined_without_the_others(bucket: Bucket) -> None:
    videos = [{"id": FIRST_ID, "username": "taken"}, {"id": 12, "username": "refused"}]
    page = {"data": {"videos": videos, "cursor": 100}, "error": {"code": "ok"}}
    key = bucket.put("pages.jsonl", json.dumps(page).encode())
    assert bucket.run(key).taken == {"videos": 1, "video_stats": 0}
    (refused,) = bucket.rows("quarantine")
    assert json.loads(refused["row"]) == {"id": 12, "username": "refused", "data.cursor": "100", "error.code": "ok"}
    assert refused["username"] == "refused"
    assert bucket.report(key).parts[0].mapped["videos"]["username"] == ("data.videos[].username",)


def test_a_list_of_ids_is_one_in_json_too(bucket: Bucket) -> None:
    key = bucket.put("ids.json", json.dumps([FIRST_ID, str(FIRST_ID + 1)]).encode())
    assert bucket.run(key).taken == {"videos": 2}
