"""Recognition: what tells a family, and what is said where nothing does."""

import pytest

from tests.unit.tiktok_lake.imports.mapped import BORN, Row, mapped, source_of, video_id
from tiktok_lake.imports.families.every import FAMILIES
from tiktok_lake.imports.families.family import fields_of, reading_of
from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.recognition import recognise
from tiktok_lake.tables import TABLES

V = video_id(1)


def test_unknown_columns_are_answered_with_the_nearest_families() -> None:
    found = mapped([{"video_id": V, "user_name": "ann", "video_desc": "look", "video_time": "1", "n_plays": "5"}])
    assert found.recognition.family is None
    assert found.tables == {}
    assert found.recognition.nearest[0].family == "trending_videos"
    assert found.recognition.nearest[0].missing == ("n_likes",)
    assert "it lacks n_likes" in found.recognition.why
    assert "a mapping file beside it" in found.recognition.why


def test_nothing_like_any_family_is_said_too() -> None:
    found = mapped([{"colour": "red", "size": "5"}])
    assert found.recognition.family is None
    assert "(colour, size)" in found.recognition.why


def test_columns_of_two_families_at_once_are_nobodys_until_a_mapping_file_names_one() -> None:
    two = [FAMILIES["pyktok"], FAMILIES["minet"]]
    row: Row = {name.split("|")[0]: str(BORN) for family in two for name in family.needs}
    found = mapped([row])
    assert found.recognition.family is None
    assert {each.family for each in found.recognition.nearest} == {"pyktok", "minet"}
    assert "name the family in a mapping file" in found.recognition.why
    assert mapped([row], mapping=MappingFile(family="minet")).recognition.family == "minet"


def test_why_names_the_columns() -> None:
    found = mapped([{"ID": V, "Author ID": "1", "Create Time": "1", "Description": "x", "Play Count": "1"}])
    assert found.recognition.why.startswith("It has the columns ID, Author ID, Create Time")
    assert "Digg Count" in found.recognition.missing


def test_ids_beside_anything_else_are_no_list_of_ids() -> None:
    assert mapped([{"video_id": V}]).recognition.family == "ids"
    found = mapped([{"video_id": V, "opinion": "good"}]).recognition
    assert found.family is None
    assert "ids" not in {each.family for each in found.nearest}, "it lacks nothing, and has too much"


@pytest.mark.parametrize(
    ("rows", "family"),
    [
        ([{"column_1": V}, {"column_1": video_id(2)}], "ids"),
        ([{"column_1": f"https://www.tiktok.com/@ann/video/{V}"}], "ids"),
        ([{"column_1": V, "column_2": "ann"}], "ids"),
        ([{"column_1": V, "column_2": "nice, that"}], "comments_minimal"),
        ([{"column_1": V, "column_2": "u_1", "column_3": "nice, that"}], "comments_minimal"),
    ],
)
def test_files_without_a_header_are_told_by_what_is_in_them(rows: list[Row], family: str) -> None:
    found = mapped(rows, header=False)
    assert found.recognition.family == family
    assert found.recognition.why.startswith("It has no header")
    assert found.plan is not None
    assert found.tables[found.plan.targets[0].table][0]["video_id"] == int(V)


@pytest.mark.parametrize(
    "row", [{"column_1": "1", "column_2": "2"}, {"column_1": V, "column_2": "5", "column_3": "7", "column_4": "9"}]
)
def test_files_without_a_header_of_which_nobody_can_tell_need_a_mapping_file(row: Row) -> None:
    found = mapped([row], header=False)
    assert found.recognition.family is None
    assert "does not name its columns" in found.recognition.why
    assert "a mapping file" in found.recognition.why


def test_every_family_fills_columns_that_there_are() -> None:
    for family in FAMILIES.values():
        assert family.tables or family.leaves_out, family.name
        for table in family.tables:
            for column, wanted in table.columns.items():
                assert column in TABLES[table.table].names, (family.name, table.table, column)
                assert fields_of(wanted)
                assert reading_of(table.table, column)


def test_no_two_families_are_told_by_the_same() -> None:
    """A row with just what a family needs and all its signs is that family's."""
    for family in FAMILIES.values():
        if family.leaves_out or family.inside is not None or family.explode is not None:
            continue
        names = [each.split("|")[0].replace("[]", "") for each in (*family.needs, *family.signs)]
        row: Row = dict.fromkeys(names, str(BORN))
        found = recognise(source_of([row]), [row])
        assert found.family == family.name, found.why
