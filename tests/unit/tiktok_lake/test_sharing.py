"""Exports of tables from a folder: what is in the file, and that nobody is named who must not be."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.support.lake_rows import FETCHED, write
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.pseudonyms.keys import PseudonymKey
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_collector.pseudonyms.rows import PseudonymousRows
from tiktok_lake.columns import ColumnType, Discloses
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.formats import Format
from tiktok_lake.keys import file_key
from tiktok_lake.reading import Days, opened
from tiktok_lake.sharing.aggregate import AggregateOrder, Counted, aggregate
from tiktok_lake.sharing.cells import Smallest
from tiktok_lake.sharing.export import SHARED_IDS, ExportOrder, export_ids, export_rows
from tiktok_lake.sharing.pseudonymous import kept_columns
from tiktok_lake.sources import FolderSource
from tiktok_lake.tables import TABLES

PEOPLE = Pseudonyms(PseudonymKey(SecretStr("k" * 64), "v1"))
AMBER, BIRCH, CEDAR = (PEOPLE.of_name(name) for name in ("amber", "birch.tree", "cedar"))
LIMITS = EngineLimits()
DAY = timedelta(days=1)
type Rows = Sequence[Mapping[str, Any]]


def fill(folder: Path, **rows: Rows) -> None:
    for table, listed in rows.items():
        for number, row in enumerate(listed):
            day = row.get("fetched_at", FETCHED).date().isoformat()
            write(folder / file_key(table, day, f"file-{number:03}"), TABLES[table], [row])


def exported(folder: Path, table: str, **order: Any) -> list[dict[str, Any]]:
    path = folder / "export.jsonl"
    with opened(FolderSource(folder), LIMITS) as lake:
        count = export_rows(lake, ExportOrder(table=table, form=Format.JSONL, **({"people": PEOPLE} | order)), path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert count == len(rows)
    assert [each.name for each in folder.iterdir()] in (["curated", "export.jsonl"], ["export.jsonl", "curated"])
    return rows


def test_videos_name_nobody(tmp_path: Path) -> None:
    fill(
        tmp_path,
        videos=[
            {
                "video_id": 7_321_234_567_890_123_456,
                "username": "amber",
                "author_id": 99,
                "video_description": "With @Birch.Tree! by AMBER, not ambered; mail x@y.org",
                "video_mention_list": ["@birch.tree"],
                "voice_to_text": "amber speaks to birch.tree",
                "hashtag_names": ["amber", "fyp"],
                "music_title": "original sound - amber",
                "hashtag_info_list": '[{"hashtag_id":"12","hashtag_name":"amber","extra":"secret"}]',
                "view_count": 5,
                "extra": '{"author": "amber"}',
                "region_code": "DE",
            }
        ],
    )
    (row,) = exported(tmp_path, "videos")

    assert {name: row[name] for name in ("video_id", "username", "author_id", "view_count", "region_code", "dt")} == {
        "video_id": "7321234567890123456",
        "username": AMBER,
        "author_id": PEOPLE.of_id(99),
        "view_count": 5,
        "region_code": "DE",
        "dt": "2026-11-20",
    }
    mail = PEOPLE.of_name("x@y.org")
    assert row["video_description"] == f"With @{BIRCH}! by {AMBER}, not ambered; mail {mail}"
    assert row["video_mention_list"] == [BIRCH]
    assert row["voice_to_text"] == f"{AMBER} speaks to {BIRCH}"
    assert row["hashtag_names"] == [AMBER, "fyp"]
    assert row["music_title"] == f"original sound - {AMBER}"
    assert row["hashtag_info_list"] == [{"hashtag_id": "12", "hashtag_name": AMBER}]
    assert "extra" not in row


@pytest.mark.parametrize(
    "text",
    [
        "by AMBER",
        "@amber",
        "\uff20amber",
        "https://x.org/%40amber",
        "(amber)",
        "amber amber",
        "Ämber and amber",
    ],
)
def test_however_a_caption_names_its_author(text: str, tmp_path: Path) -> None:
    fill(tmp_path, videos=[{"video_id": 1, "username": "amber", "video_description": text}])
    (row,) = exported(tmp_path, "videos")

    assert "amber" not in row["video_description"].replace("Ämber", "").lower()
    assert AMBER in row["video_description"]


_PIECES = st.sampled_from(
    [
        *"aAb._@ -:/#'",
        "ab",
        "Ab.a",
        "\uff20",
        "%40",
        "@a.b",
        "\u0130",
        "\u017f",
        "\u00e4",
        "a\u0308",
        "\u00c4b",
        "x@y.org",
        "\0",
    ]
)
_WORDS = st.lists(_PIECES, min_size=1, max_size=8).map("".join)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(_WORDS, st.none() | _WORDS, st.lists(_WORDS, max_size=2)), min_size=1, max_size=8))
def test_rows_that_are_not_looked_at_are_as_if_they_had_been(
    rows: list[tuple[str, str | None, list[str]]], tmp_path: Path
) -> None:
    videos = [
        {"video_id": number, "video_description": text, "username": name, "video_mention_list": mentions}
        for number, (text, name, mentions) in enumerate(rows)
    ]
    write(tmp_path / file_key("videos", "2026-11-20", "a"), TABLES["videos"], videos)
    found = [row["video_description"] for row in exported(tmp_path, "videos")]

    one_by_one = PseudonymousRows(PEOPLE, ())
    assert found == [one_by_one.row(row, "videos")["video_description"] for row in videos]


def test_names_beyond_ascii_are_found_in_either_form(tmp_path: Path) -> None:
    fill(tmp_path, videos=[{"video_id": 1, "username": "zo\u00eb", "video_description": "by zoe\u0308"}])
    (row,) = exported(tmp_path, "videos")

    assert row["video_description"] == f"by {PEOPLE.of_name('zo\u00eb')}"


def test_objects_of_rows_without_doubt_are_cleaned_too(tmp_path: Path) -> None:
    stickers = '[{"content":"hello","user":"somebody","sticker_id":9007199254740993}]'
    fill(
        tmp_path,
        videos=[
            {
                "video_id": number,
                "username": "amber",
                "sticker_info_list": stickers,
                "fetched_at": FETCHED + number * DAY,
            }
            for number in range(3)
        ],
    )

    assert [row["sticker_info_list"] for row in exported(tmp_path, "videos")] == 3 * [
        [{"content": "hello", "sticker_id": "9007199254740993"}]
    ]


def test_escaped_letters_in_objects_hide_no_name(tmp_path: Path) -> None:
    labels = json.dumps([{"content": "by zo\u00eb \uff20cedar"}])
    assert "\\u" in labels
    fill(tmp_path, videos=[{"video_id": 1, "username": "zo\u00eb", "video_label": labels}])
    (row,) = exported(tmp_path, "videos")

    assert row["video_label"] == [{"content": f"by {PEOPLE.of_name('zo\u00eb')} \uff20{CEDAR}"}]


def test_accounts_are_pseudonyms_and_their_portraits_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, users=[{"username": "@Amber", "bio_description": "me", "avatar_url": "u", "follower_count": 3}])
    (row,) = exported(tmp_path, "users")

    assert (row["username"], row["follower_count"]) == (AMBER, 3)
    assert not {"display_name", "bio_description", "bio_url", "avatar_url"} & set(row)


def test_comments_do_not_name_the_author_of_their_video(tmp_path: Path) -> None:
    fill(
        tmp_path,
        videos=[{"video_id": 1, "username": "amber"}],
        comments=[
            {"comment_id": 5, "video_id": 1, "text": "well done Amber", "display_name": "Cedar"},
            {"comment_id": 6, "video_id": 2, "text": "amber is a colour", "username": "birch.tree"},
        ],
    )
    rows = {row["comment_id"]: row for row in exported(tmp_path, "comments")}

    assert rows["5"]["text"] == f"well done {AMBER}"
    assert rows["5"]["display_name"] == PEOPLE.of_name("Cedar")
    assert rows["6"]["text"] == "amber is a colour"
    assert rows["6"]["username"] == BIRCH
    assert not [name for name in rows["5"] if name.startswith("_")]


def test_a_number_that_was_made_of_a_name_is_left_out(tmp_path: Path) -> None:
    fill(tmp_path, comments=[{"comment_id": -5, "username": "amber", "text": "hello"}])

    assert exported(tmp_path, "comments")[0]["comment_id"] is None
    assert exported(tmp_path, "comments", people=None)[0]["comment_id"] == "-5"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_rows_that_say_the_same_of_people_are_each_there_once(table: str, tmp_path: Path) -> None:
    """A column of people may be the only one of its kind, as the author's number is in `videos`."""
    kinds = {ColumnType.BIGINT: 7, ColumnType.VARCHAR: "amber", ColumnType.VARCHARS: ["amber"], ColumnType.JSON: "[{}]"}
    row = {each.name: kinds[each.type] for each in TABLES[table].columns if each.type in kinds}
    fill(tmp_path, **{table: [row | {"row_number": number} for number in range(3)]})

    assert sorted(each["row_number"] for each in exported(tmp_path, table)) == [0, 1, 2]


def test_relations_trends_and_imports(tmp_path: Path) -> None:
    fill(
        tmp_path,
        relations=[{"kind": "follower", "username": "amber", "other_username": "cedar", "other_display_name": "C"}],
        trends=[
            {"kind": "creator", "name": "Amber A.", "username": "amber", "row": '{"nickname": "Amber A."}'},
            {"kind": "hashtag", "name": "fyp", "posts": 5},
        ],
        playlists=[{"playlist_id": 4, "playlist_name": "best of @amber", "source": "import", "task_id": "amber.csv"}],
    )
    (relation,) = exported(tmp_path, "relations")
    assert (relation["username"], relation["other_username"], "other_display_name" in relation) == (AMBER, CEDAR, False)
    assert [(row["name"], row["username"], "row" in row) for row in exported(tmp_path, "trends")] == [
        (None, AMBER, False),
        ("fyp", None, False),
    ]
    (playlist,) = exported(tmp_path, "playlists")
    assert (playlist["playlist_name"], playlist["task_id"]) == (f"best of @{AMBER}", None)


@pytest.mark.parametrize("table", TABLES)
def test_a_pseudonymous_export_has_what_is_judged_harmless_of_every_table(table: str, tmp_path: Path) -> None:
    """Each value that may name somebody holds a name; none is found in the file."""
    row = {
        each.name: {
            "VARCHAR[]": ["@name.less"],
            "VARCHAR": "@name.less",
            "JSON": '[{"content": "@name.less", "bad": "name.less"}]',
            "BIGINT": 123_454_321,
        }[each.type]
        for each in TABLES[table].columns
        if each.discloses is not Discloses.NOTHING
    }
    fill(tmp_path, **{table: [row]})
    (found,) = exported(tmp_path, table)

    assert "name.less" not in json.dumps(found)
    assert "123454321" not in json.dumps(found)
    assert [*found] == [*(each.name for each in kept_columns(TABLES[table])), "dt"]


def test_identified_exports_have_every_column_as_it_is(tmp_path: Path) -> None:
    fill(tmp_path, users=[{"username": "amber", "bio_description": "me", "extra": '{"new": 1}'}])
    (row,) = exported(tmp_path, "users", people=None)

    assert (row["username"], row["bio_description"], row["extra"]) == ("amber", "me", {"new": 1})


def test_the_latest_of_each_video_can_be_exported(tmp_path: Path) -> None:
    fill(
        tmp_path,
        videos=[
            {"video_id": 1, "username": "amber", "view_count": 1},
            {"video_id": 1, "username": "amber", "view_count": 2, "fetched_at": FETCHED + DAY},
        ],
    )

    assert [(row["username"], row["view_count"]) for row in exported(tmp_path, "videos_latest")] == [(AMBER, 2)]


def test_days_choose_what_was_fetched(tmp_path: Path) -> None:
    fill(tmp_path, videos=[{"video_id": number, "fetched_at": FETCHED + number * DAY} for number in range(4)])

    for table in ("videos", "videos_latest"):
        rows = exported(tmp_path, table, days=Days("2026-11-21", "2026-11-22"))
        assert sorted(row["video_id"] for row in rows) == ["1", "2"]
    assert exported(tmp_path, "videos", days=Days("2027-01-01")) == []


@pytest.mark.parametrize("people", [PEOPLE, None])
@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET, Format.JSONL])
def test_days_become_one_file_in_every_format(form: Format, people: Pseudonyms | None, tmp_path: Path) -> None:
    fill(
        tmp_path,
        videos=[{"video_id": n, "username": "amber", "fetched_at": FETCHED + n * DAY} for n in range(3)],
    )
    path = tmp_path / "file"
    with opened(FolderSource(tmp_path), LIMITS) as lake:
        assert export_rows(lake, ExportOrder(table="videos", form=form, people=people), path) == 3

    who = AMBER if people else "amber"
    if form is Format.CSV:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        assert [(row["video_id"], row["username"]) for row in rows] == [("'0", who), ("'1", who), ("'2", who)]
    else:
        reader = "read_parquet" if form is Format.PARQUET else "read_json"
        with engine() as connection:
            found = connection.execute(f"SELECT CAST(video_id AS INT), username FROM {reader}($1)", [str(path)])  # noqa: S608
            assert found.fetchall() == [(0, who), (1, who), (2, who)]


def test_ids_alone_are_sorted_and_each_there_once(tmp_path: Path) -> None:
    big = 7_321_234_567_890_123_456
    fill(
        tmp_path,
        videos=[{"video_id": big}, {"video_id": 3}, {"video_id": big}, {"video_id": None}],
        comments=[{"comment_id": 8, "video_id": 3}],
    )
    with opened(FolderSource(tmp_path), LIMITS) as lake:
        assert export_ids(lake, "videos", Days(), tmp_path / "ids") == 2
        assert (tmp_path / "ids").read_text() == f"3\n{big}\n"
        assert export_ids(lake, "comments", Days(), tmp_path / "ids") == 1
        assert (tmp_path / "ids").read_text() == "8\n"


def test_ids_are_those_that_tiktok_gave(tmp_path: Path) -> None:
    fill(tmp_path, comments=[{"comment_id": 8, "video_id": 3}, {"comment_id": -8, "video_id": 3, "source": "import"}])
    with opened(FolderSource(tmp_path), LIMITS) as lake:
        assert export_ids(lake, "comments", Days(), tmp_path / "ids") == 1


def test_ids_of_the_latest_are_those_whose_newest_row_is_of_the_days(tmp_path: Path) -> None:
    fill(tmp_path, videos=[{"video_id": 1}, {"video_id": 2}, {"video_id": 2, "fetched_at": FETCHED + DAY}])
    with opened(FolderSource(tmp_path), LIMITS) as lake:
        assert export_ids(lake, "videos_latest", Days(last="2026-11-20"), tmp_path / "ids") == 1
    assert (tmp_path / "ids").read_text() == "1\n"


def test_ids_that_are_shared_are_never_of_people() -> None:
    for table, name in SHARED_IDS.items():
        if table in TABLES:
            assert TABLES[table].column(name).discloses is Discloses.NOTHING


def test_accounts_have_no_ids_to_share(tmp_path: Path) -> None:
    with opened(FolderSource(tmp_path), LIMITS) as lake, pytest.raises(InvalidRequest, match="users has no ids"):
        export_ids(lake, "users", Days(), tmp_path / "ids")


def cells(
    folder: Path, table: str, by: str, fewest: int = 1, accounts: int = 1
) -> tuple[Counted, list[dict[str, str]]]:
    path = folder / "cells.csv"
    order = AggregateOrder(table=table, by=tuple(by.split(",")), smallest=Smallest(fewest, accounts), plain=True)
    with opened(FolderSource(folder), LIMITS) as lake:
        found = aggregate(lake, order, path)
    return found, list(csv.DictReader(io.StringIO(path.read_text())))


def test_each_video_is_counted_once_as_it_was_fetched_last(tmp_path: Path) -> None:
    created = FETCHED - 3 * DAY
    fill(
        tmp_path,
        videos=[
            {"video_id": 1, "username": "amber", "region_code": "DE", "view_count": 1, "created_at": created},
            {"video_id": 1, "username": "amber", "region_code": "DE", "view_count": 5, "created_at": created}
            | {"fetched_at": FETCHED + DAY},
            {"video_id": 2, "username": "cedar", "region_code": "DE", "view_count": 7, "created_at": created},
            {"video_id": 3, "username": "cedar", "region_code": "FR", "view_count": 9, "created_at": created},
        ],
    )
    found, rows = cells(tmp_path, "videos", "region_code,created_day")

    assert found == Counted(2, 0)
    assert [
        (row["region_code"], row["created_day"], row["rows"], row["accounts"], row["view_count_sum"]) for row in rows
    ] == [("DE", "2026-11-17", "2", "2", "12"), ("FR", "2026-11-17", "1", "1", "9")]


def test_small_cells_are_not_in_the_file(tmp_path: Path) -> None:
    rows = [("DE", 12), ("FR", 3), ("US", 20), ("BR", 11)]
    videos = [
        {"video_id": 100 * place + number, "username": f"user{number}", "region_code": region}
        for place, (region, count) in enumerate(rows)
        for number in range(count)
    ]
    write(tmp_path / file_key("videos", "2026-11-20", "a"), TABLES["videos"], videos)
    found, shown = cells(tmp_path, "videos", "region_code", fewest=10, accounts=3)

    assert found == Counted(2, 2)
    assert [row["region_code"] for row in shown] == ["DE", "US"]


def test_videos_are_counted_by_each_of_their_hashtags(tmp_path: Path) -> None:
    fill(
        tmp_path,
        videos=[
            {"video_id": 1, "username": "amber", "hashtag_names": ["fyp", "fyp", "x"]},
            {"video_id": 2, "username": "amber", "hashtag_names": ["fyp"]},
            {"video_id": 3, "username": "amber"},
        ],
    )

    assert [(row["hashtag"], row["rows"]) for row in cells(tmp_path, "videos", "hashtag")[1]] == [
        ("fyp", "2"),
        ("x", "1"),
    ]


def test_comments_of_unknown_people_are_counted_without_accounts(tmp_path: Path) -> None:
    fill(tmp_path, comments=[{"comment_id": 1, "like_count": 4}, {"comment_id": 2, "like_count": 5}])
    _, (row,) = cells(tmp_path, "comments", "entity", fewest=2, accounts=3)

    assert (row["rows"], row["accounts"], row["like_count_sum"]) == ("2", "", "9")


def test_rows_of_nobody_do_not_hide_that_the_others_are_of_few(tmp_path: Path) -> None:
    videos = [{"video_id": number, "username": "amber" if number else None} for number in range(5)]
    write(tmp_path / file_key("videos", "2026-11-20", "a"), TABLES["videos"], videos)

    assert cells(tmp_path, "videos", "entity", accounts=2)[0] == Counted(0, 1)
    assert cells(tmp_path, "videos", "entity", accounts=1)[1][0]["accounts"] == ""


@pytest.mark.parametrize("by", ["username", "video_id", "video_description", "run_id", "nothing", "author_id", "extra"])
def test_cells_are_never_of_people_or_single_things(by: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=f"cannot be counted by {by}: choose from created_day, "):
        cells(tmp_path, "videos", by)


def test_some_tables_have_no_cells(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="relations cannot be counted"):
        cells(tmp_path, "relations", "kind")
