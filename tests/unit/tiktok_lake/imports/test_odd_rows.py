"""Odd rows: what is refused and why, what is kept as text, and what the report is told."""

import pytest

from tests.unit.tiktok_lake.imports.mapped import BORN, IMPORTED_AT, Row, mapped, video_id
from tiktok_lake.imports.mapping_file import MappingFile

V = video_id(1)
ROW: Row = {
    "user_name": "ann",
    "user_id": "6800000000000000001",
    "video_id": V,
    "video_desc": "look",
    "video_time": str(BORN),
    "n_likes": "4",
    "n_plays": "5",
}
LATER = str((int(IMPORTED_AT.timestamp()) + 5 * 86_400) << 32)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "there is no id of a video"),
        ("nan", "there is no id of a video"),
        ("7.61896E+18", "the id of a video has lost its last digits in a spreadsheet or a float"),
        ("7618958318589020160.0", "the id of a video has lost its last digits in a spreadsheet or a float"),
        ("7017666017", "the id of a video cannot be TikTok's: it has 10 digits in place of 19"),
        ("3", "the id of a video cannot be TikTok's: it has 1 digits in place of 19"),
        ("-3", "the id of a video cannot be TikTok's: it is not positive"),
        (LATER, "the id of a video cannot be TikTok's: the time in it has not come yet"),
        ("abc", "what should be the id of a video is no number that an id can be"),
        ("9" * 20, "what should be the id of a video is no number that an id can be"),
        ("https://vm.tiktok.com/ZMabc/", "the link leads to no id of a video"),
    ],
)
def test_a_row_without_an_id_that_tiktok_could_have_given_is_refused(text: str | None, reason: str) -> None:
    found = mapped([{**ROW, "video_id": text}, ROW])
    assert found.refused == [(1, reason)]
    assert [each["video_id"] for each in found.tables["videos"]] == [int(V)]
    assert len(found.tables["video_stats"]) == 1


def test_made_up_ids_are_taken_where_a_mapping_file_says_so() -> None:
    found = mapped([{**ROW, "video_id": "3"}], mapping=MappingFile(ids="any"))
    assert found.row()["video_id"] == 3


@pytest.mark.parametrize("number", range(5))
def test_a_column_of_rounded_ids_is_told_by_how_they_end(number: int) -> None:
    rounded = [str(int(video_id(each)) // 1000 * 1000) for each in range(4)]
    exact = video_id(50 + number)
    found = mapped([{**ROW, "video_id": each} for each in (*rounded, exact)])
    assert [each["video_id"] for each in found.tables["videos"]] == [int(exact)]
    assert {reason for _, reason in found.refused} == {
        "the id of a video has lost its last digits in a spreadsheet or a float"
    }


def test_rounded_ids_come_back_from_the_links_beside_them() -> None:
    whole = [video_id(each) for each in range(4)]
    rows: list[Row] = [
        {**ROW, "video_id": f"{int(each) // 1000}000", "video_link": f"https://www.tiktok.com/@ann/video/{each}"}
        for each in whole
    ]
    found = mapped(rows)
    assert [each["video_id"] for each in found.tables["videos"]] == [int(each) for each in whole]


def test_one_exact_id_that_ends_in_zeros_among_many_is_taken() -> None:
    ends_so = str(int(V) // 1000 * 1000)
    found = mapped([{**ROW, "video_id": each} for each in (ends_so, *(video_id(each) for each in range(2, 40)))])
    assert found.refused == []


def test_what_cannot_be_read_is_null_and_stays_as_text() -> None:
    found = mapped([{**ROW, "n_likes": "lots", "video_time": "yesterday", "n_plays": "984.1K"}])
    assert "like_count" not in found.row()
    assert found.row()["view_count"] == 984_100
    assert found.extra == {"n_likes": "lots", "video_time": "yesterday"}
    assert "1 values of n_likes cannot be read and are kept as text in extra." in found.notes


def test_what_is_odd_is_said_of_rows_that_are_taken_alone() -> None:
    comment = {"user": "ann", "text": "hello"}
    found = mapped([{"video_id": video_id(1), **comment}, {"video_id": "12", **comment}])
    assert len(found.refused) == 1
    assert [note.split(" ")[0] for note in found.notes] == ["1"]


def test_what_is_not_there_is_not_unreadable() -> None:
    found = mapped([{**ROW, "n_likes": "nan", "n_plays": None, "user_id": "0"}])
    assert "extra" not in found.row()
    assert found.notes == []


def test_columns_that_no_table_has_are_kept_and_named() -> None:
    found = mapped([{**ROW, "My Note": 'kept, as it "is"', "empty": None}])
    assert found.extra == {"My Note": 'kept, as it "is"'}
    assert found.plan is not None
    assert found.plan.kept == ("My Note", "empty")


def test_a_column_called_like_those_of_the_plan_is_a_column() -> None:
    row: Row = {**ROW, "_text_0": "a", "videos.video_id": "b", 'quo"ted': "c", "it's": "d", "{braces}": "e"}
    assert mapped([row]).extra == {"_text_0": "a", "videos.video_id": "b", 'quo"ted': "c", "it's": "d", "{braces}": "e"}


def test_times_without_a_zone_are_utc_and_that_is_said() -> None:
    found = mapped([{**ROW, "video_time": "2026-03-19 00:00:00"}])
    assert found.row()["create_time"] == BORN
    assert any("name no zone and are taken as UTC" in note for note in found.notes)
    told = mapped([{**ROW, "video_time": "2026-03-19 01:00:00"}], mapping=MappingFile(time_zone="Europe/Copenhagen"))
    assert told.row()["create_time"] == BORN
    assert not any("zone" in note for note in told.notes)


def test_ids_tell_the_zone_of_times_that_name_none() -> None:
    rows: list[Row] = [{**ROW, "video_id": video_id(each), "video_time": "2026-03-19 02:00:40"} for each in range(4)]
    (warning,) = mapped(rows).recognition.warnings
    assert "2 hours after those in the ids" in warning
    assert "UTC+2" in warning
    in_utc: list[Row] = [{**row, "video_time": "2026-03-19 00:00:40"} for row in rows]
    assert mapped(in_utc).recognition.warnings == ()


def test_days_and_dates_without_a_year_are_said() -> None:
    found = mapped([{**ROW, "video_time": "2026-03-19"}, {**ROW, "video_time": "3-19"}, {**ROW, "video_time": "5-1"}])
    assert [each["create_time"] for each in found.tables["videos"]] == [BORN, BORN, None]
    assert any(note.startswith("1 times are days only") for note in found.notes)
    assert any(note.startswith("1 dates have no year") for note in found.notes)
    assert "1 values of video_time cannot be read and are kept as text in extra." in found.notes


def test_times_far_from_those_in_the_ids_are_said_and_taken() -> None:
    found = mapped([{**ROW, "video_time": str(BORN + 30 * 86_400)}])
    assert found.row()["create_time"] == BORN + 30 * 86_400
    assert any("more than three days" in note for note in found.notes)


def test_a_time_becomes_a_timestamp_beside_it() -> None:
    assert str(mapped([ROW]).row()["created_at"]) == "2026-03-19 00:00:00"


def test_the_caption_says_whom_a_video_answers() -> None:
    found = mapped([{**ROW, "video_desc": "#stitch met @bob wow"}]).row()
    assert (found["reference_kind"], found["reference_username"]) == ("stitch", "bob")
    assert found["video_mention_list"] == ["bob"]


def test_a_nul_in_a_text_is_no_end_of_it() -> None:
    assert mapped([{**ROW, "video_desc": "a\x00b #one"}]).row()["hashtag_names"] == ["one"]
