"""Rows as lines and back, and rows without repetitions."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trend_lists.trend_rows import US, hashtag
from tiktok_collector.errors import Fatal
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList
from tiktok_collector.trend_lists.row_lines import ROW_OF, decode_rows, deduplicated, encode_rows
from tiktok_collector.trend_lists.rows import Change, Curve, CurvePoint, HashtagRow, RankFrom, SoundRow, TrendRow

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
VALUES: dict[object, st.SearchStrategy[object]] = {
    str: TEXT,
    str | None: st.none() | TEXT,
    int: st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1),
    int | None: st.none() | st.integers(min_value=0, max_value=1 << 62),
    float | None: st.none() | NUMBER,
    bool | None: st.none() | st.booleans(),
    tuple[str, ...]: st.lists(TEXT, max_size=3).map(tuple),
    RankFrom: st.sampled_from(RankFrom),
    Change | None: st.none() | st.sampled_from(Change),
    Curve | None: st.none()
    | st.builds(Curve, st.lists(st.builds(CurvePoint, TEXT, NUMBER), max_size=2).map(tuple), NUMBER),
}


def any_rows(kind: TrendKind) -> st.SearchStrategy[TrendRow]:
    asked = st.builds(TrendList, kind=st.just(kind), country=TEXT, industry=TEXT)
    row = ROW_OF[kind]
    fields = {each.name: VALUES[each.type] for each in msgspec.structs.fields(row) if each.name != "asked"}
    return st.builds(row, asked=asked, **fields)


@pytest.mark.parametrize("kind", TrendKind)
@given(data=st.data())
def test_rows_come_back_as_they_were(kind: TrendKind, data: st.DataObject) -> None:
    rows = data.draw(st.lists(any_rows(kind), max_size=4).map(tuple))
    lines = encode_rows(rows)
    assert lines.count(b"\n") == len(rows)
    assert decode_rows(lines, kind) == rows


def test_a_line_has_all_columns_flat_and_ids_as_text() -> None:
    row = SoundRow(
        asked=msgspec.structs.replace(US, kind=TrendKind.SOUND),
        retrieved_at="2026-09-01T06:00:00Z",
        rank=2,
        rank_from=RankFrom.SOURCE,
        sound_id="7312345678901234567",
        curve=Curve((CurvePoint("2026-08-31", 0.5),), 100),
    )
    assert json.loads(encode_rows([row])) == {
        "source": "creative_center",
        "kind": "sound",
        "country": "US",
        "period": 7,
        "industry": "",
        "retrieved_at": "2026-09-01T06:00:00Z",
        "rank": 2,
        "rank_from": "source",
        "sound_id": "7312345678901234567",
        "change": None,
        "places": None,
        "title": None,
        "author": None,
        "song_id": None,
        "duration": None,
        "commercial": None,
        "genres": [],
        "curve": {"points": [{"time": "2026-08-31", "value": 0.5}], "scale": 100.0},
        "promoted": None,
    }


def test_without_curves_everything_else_comes_back() -> None:
    bare = hashtag("cats", 1, hashtag_id="9")
    curve = Curve(points=(CurvePoint("2026-08-31", 0.5),), scale=100.0)
    lines = encode_rows([msgspec.structs.replace(bare, curve=curve)])
    assert decode_rows(lines, TrendKind.HASHTAG, curves=False) == (bare,)


def test_columns_are_the_same_whatever_a_row_lacks() -> None:
    lines = encode_rows([hashtag("cats", 1), hashtag("dogs", 2, hashtag_id="9")]).splitlines()
    assert [list(json.loads(line)) for line in lines] == [list(json.loads(lines[0]))] * 2


def test_lines_with_fewer_columns_can_be_read() -> None:
    line = json.loads(encode_rows([hashtag("cats", 1)]))
    del line["promoted"], line["views"]
    assert decode_rows(json.dumps(line).encode() + b"\n", TrendKind.HASHTAG) == (hashtag("cats", 1),)


@pytest.mark.parametrize("data", [b"no json", b'{"kind": "hashtag"}\n', b'{"kind": "hashtag", \xff', b"[1]"])
def test_what_is_no_line_is_an_error(data: bytes) -> None:
    with pytest.raises(Fatal, match="no lines of hashtag trends"):
        decode_rows(data, TrendKind.HASHTAG)


def test_lines_of_another_kind_are_an_error() -> None:
    row = hashtag("cats", 1, msgspec.structs.replace(US, kind=TrendKind.KEYWORD))
    with pytest.raises(Fatal, match="keyword"):
        decode_rows(encode_rows([row]), TrendKind.HASHTAG)


def test_of_rows_with_one_key_the_best_ranked_is_kept() -> None:
    found = deduplicated([hashtag("cats", 3), hashtag("dogs", 2), hashtag("Cats", 1), hashtag("CATS", 4)])
    assert found.rows == (hashtag("Cats", 1), hashtag("dogs", 2))
    assert (found.repeated, found.ranks_repeated) == (2, 0)


def test_of_rows_with_one_key_and_rank_the_first_is_kept() -> None:
    assert deduplicated([hashtag("cats", 1), hashtag("CATS", 1)]).rows == (hashtag("cats", 1),)


def test_different_keys_with_one_rank_are_kept_in_their_order_and_counted() -> None:
    rows = (hashtag("b", 1), hashtag("a", 1), hashtag("c", 1), hashtag("d", 5))
    found = deduplicated(rows)
    assert found.rows == rows
    assert (found.repeated, found.ranks_repeated) == (0, 2)


def test_rows_of_one_rank_are_in_the_order_of_the_rows_that_were_kept() -> None:
    rows = [hashtag("late", 9), hashtag("early", 1), hashtag("late", 1)]
    assert [row.key for row in deduplicated(rows).rows] == ["early", "late"]


@given(st.lists(st.builds(hashtag, st.sampled_from("abcdABCD"), st.integers(1, 6))))
def test_nothing_is_lost_and_nothing_is_there_twice(rows: list[HashtagRow]) -> None:
    found = deduplicated(rows)
    assert {row.key: row.rank for row in found.rows} == {
        row.key: min(each.rank for each in rows if each.key == row.key) for row in rows
    }
    assert len(found.rows) + found.repeated == len(rows)
    ranks = [row.rank for row in found.rows]
    assert ranks == sorted(ranks)
    assert found.ranks_repeated == len(ranks) - len(set(ranks))
    assert deduplicated(found.rows) == msgspec.structs.replace(found, repeated=0)
