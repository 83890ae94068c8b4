"""Rows for people's tools."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.research_api.export_rows import MAX_SAFE_INTEGER, exportable_row

ID = 7_320_768_196_569_599_275


def test_ids_become_text_wherever_they_are() -> None:
    row = {
        "id": ID,
        "music_id": 7,
        "playlist_id": None,
        "effect_ids": ["63960564"],
        "playlist_video_ids": [ID, 8],
        "hashtag_info_list": [{"hashtag_id": 12, "hashtag_name": "cats"}],
        "like_count": 3,
        "create_time": 1_704_499_196,
        "is_stem_verified": True,
    }
    assert exportable_row(row) == {
        "id": str(ID),
        "music_id": "7",
        "playlist_id": None,
        "effect_ids": ["63960564"],
        "playlist_video_ids": [str(ID), "8"],
        "hashtag_info_list": [{"hashtag_id": "12", "hashtag_name": "cats"}],
        "like_count": 3,
        "create_time": 1_704_499_196,
        "is_stem_verified": True,
    }


def test_any_integer_that_a_double_cannot_hold_becomes_text() -> None:
    row = {"new": {"deep": [2**53, 2**53 + 1, -(2**53) - 1]}}
    assert exportable_row(row) == {"new": {"deep": [2**53, str(2**53 + 1), str(-(2**53) - 1)]}}


def test_unknown_fields_and_null_and_nul_are_kept() -> None:
    row = {"new": {"a": [None, 1.5]}, "username": "a\x00b"}
    assert exportable_row(row) == row


def test_the_row_itself_is_not_changed() -> None:
    row = {"id": 1, "x": [{"y_id": 2}]}
    exportable_row(row)
    assert row == {"id": 1, "x": [{"y_id": 2}]}


def test_nesting_beyond_reason_is_kept_as_text() -> None:
    deep: Any = ID
    for _ in range(5_000):
        deep = [deep]
    assert str(ID) in json.dumps(exportable_row({"new": deep}))


NAMES = st.sampled_from(["id", "music_id", "effect_ids", "new"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner),
    max_leaves=10,
)


def integers_in(value: Any) -> list[int]:
    if isinstance(value, list):
        return [number for item in value for number in integers_in(item)]
    if isinstance(value, dict):
        return [number for item in value.values() for number in integers_in(item)]
    return [value] if isinstance(value, int) else []


@given(st.dictionaries(NAMES | st.text(max_size=5), JSON, max_size=4))
def test_a_reader_with_doubles_loses_nothing(row: dict[str, Any]) -> None:
    exported = exportable_row(row)
    assert exported.keys() == row.keys()
    assert all(abs(number) <= MAX_SAFE_INTEGER for number in integers_in(exported))
    assert json.loads(json.dumps(exported)) == exported
