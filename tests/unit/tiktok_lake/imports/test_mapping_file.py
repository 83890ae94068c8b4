"""Mapping files: what they override, and what is wrong with one, by line."""

import json

import pytest

from tests.support.docs import DOCS
from tests.unit.tiktok_lake.imports.mapped import BORN, Row, mapped, video_id
from tiktok_lake.imports.mapping_file import InvalidMapping, MappingFile, read_mapping
from tiktok_lake.imports.mapping_schema import schema_text

V = video_id(1)
UNKNOWN: Row = {"vid": V, "who": "ann", "what": "look", "seen": "1.234", "when": "2026-03-19", "mood": "good"}
NAMED = """
tables:
  videos:
    video_id: vid
    username: who
    video_description: what
    view_count: seen
    create_time: when
"""


def test_columns_of_a_file_that_nobody_knows_are_what_the_mapping_file_says() -> None:
    assert mapped([UNKNOWN]).recognition.family is None
    found = mapped([UNKNOWN], mapping=read_mapping(NAMED.encode()))
    assert found.recognition.family == "mapping_file"
    row = found.row()
    assert (row["video_id"], row["username"], row["view_count"], row["create_time"]) == (int(V), "ann", 1234, BORN)
    assert found.extra == {"mood": "good"}
    assert len(found.tables["video_stats"]) == 1


def test_a_mapping_file_says_what_texts_leave_open() -> None:
    text = NAMED + "decimals: point\ntime_zone: Europe/Copenhagen\ncollected_at: 2026-03-22\n"
    found = mapped([{**UNKNOWN, "when": "2026-03-19 01:00:00", "seen": "1,234"}], mapping=read_mapping(text.encode()))
    assert found.row()["create_time"] == BORN
    assert found.row()["view_count"] == 1234
    assert str(found.row()["fetched_at"]) == "2026-03-22 00:00:00"


def test_a_column_may_say_when_rows_were_collected() -> None:
    text = NAMED + "fetched_at: crawled\ncollected_at: 2026-03-22\n"
    rows: list[Row] = [{**UNKNOWN, "crawled": "2026-03-20T01:02:03Z"}, {**UNKNOWN, "crawled": None}]
    found = mapped(rows, mapping=read_mapping(text.encode()))
    assert [str(each["fetched_at"]) for each in found.tables["videos"]] == [
        "2026-03-20 01:02:03",
        "2026-03-22 00:00:00",
    ]


def test_a_family_may_be_named_and_some_of_its_columns_changed() -> None:
    row: Row = {"id": V, "createTime": str(BORN), "caption": "look", "viewCount": "5", "likeCount": "4", "shown": "6"}
    mapping = MappingFile(family="nsilverblatt", tables={"videos": {"view_count": "shown", "like_count": None}})
    found = mapped([row], mapping=mapping)
    assert found.row()["view_count"] == 6
    assert "like_count" not in found.row()
    assert found.extra == {"viewCount": "5", "likeCount": "4"}


def test_a_family_that_is_named_and_does_not_fit_is_refused() -> None:
    found = mapped([UNKNOWN], mapping=MappingFile(family="pyktok"))
    assert found.recognition.family is None
    assert "it lacks video_id" in found.recognition.why


def test_columns_that_are_not_there_are_named() -> None:
    found = mapped([UNKNOWN], mapping=MappingFile(tables={"videos": {"video_id": "vidd"}}))
    assert found.recognition.family is None
    assert "vidd" in found.recognition.why
    assert "vid, who" in found.recognition.why


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("family: tiktoc\n", "data.csv.mapping.yaml, line 1 (family): 'tiktoc' is no family; known are"),
        ("version: 1\nfamilly: ids\n", "line 2 (familly): 'familly' is not known here; did you mean family?"),
        ("\n\ntime_zone: Copenhagen\n", "line 3 (time_zone): 'Copenhagen' is no time zone"),
        ("encoding: latin-9000\n", "line 1 (encoding): 'latin-9000' is no encoding"),
        ("tables:\n  videos:\n    views: seen\n", "videos has no column 'views'; it has"),
        ("tables:\n  films:\n    views: seen\n", "'films' is no table that imports fill"),
        ("dates: middle_first\n", "line 1 (dates): 'middle_first' is not known here"),
        ("collected_at: last week\n", "line 1 (collected_at): 'last week' is no time"),
        ("encoding: base64\n", "line 1 (encoding): 'base64' is no encoding"),
        ("delimiter: ;;\n", "line 1 (delimiter): "),
        ("delimiter: '\"'\n", "line 1 (delimiter): '\"' cannot part cells"),
        ('delimiter: "\\n"\n', "line 1 (delimiter): '\\n' cannot part cells"),
        ("version: 1\n  family: ids\n", "data.csv.mapping.yaml, line 2"),
        ("", "data.csv.mapping.yaml, line 1: the file is empty"),
        ("family: ids\nfamily: wide\n", "the key 'family' is there twice, in line 1 and in line 2"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InvalidMapping) as caught:
        read_mapping(text.encode(), "data.csv.mapping.yaml")
    assert said in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidMapping) as caught:
        read_mapping(b"family: tiktoc\ndates: never\n")
    assert [each.line for each in caught.value.problems] == [1, 2]


def test_a_mapping_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidMapping, match="not UTF-8"):
        read_mapping(b"family: \xff\n")


def test_the_schema_in_the_docs_is_that_of_the_model() -> None:
    path = DOCS / "imports.schema.json"
    assert path.read_text(encoding="utf-8") == schema_text()
    assert json.loads(schema_text())["additionalProperties"] is False
