"""Rows of the Business API as rows of trends."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.business_api.support import (
    ALL,
    HASHTAGS,
    KEYWORDS,
    SOUNDS,
    WHEN,
    body,
    hashtag,
    json_values,
    read,
    sound,
)
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.place import MOST_ROWS
from tiktok_collector.trend_lists.rows import (
    Change,
    Curve,
    CurvePoint,
    HashtagRow,
    KeywordRow,
    RankFrom,
    SoundRow,
    TrendRow,
)


def hashtag_row(**more: Any) -> HashtagRow:
    (row,) = read(body([hashtag(**more)])).rows
    assert isinstance(row, HashtagRow)
    return row


def sound_row(**more: Any) -> SoundRow:
    (row,) = read(body([sound(**more)]), SOUNDS).rows
    assert isinstance(row, SoundRow)
    return row


def test_a_hashtag() -> None:
    assert hashtag_row(hashtag_name="#AutumnWalk ") == HashtagRow(
        asked=HASHTAGS,
        retrieved_at=WHEN,
        rank=3,
        rank_from=RankFrom.SOURCE,
        change=Change.UP,
        places=2,
        hashtag="autumnwalk",
        name="#AutumnWalk ",
        hashtag_id="1650000000000001",
        posts=41_000,
        views=21_000_000_000,
        curve=Curve(points=(CurvePoint("2026-11-19", 0.25), CurvePoint("2026-11-21", 1.0)), scale=8_000),
    )


def test_a_sound() -> None:
    assert sound_row() == SoundRow(
        asked=SOUNDS,
        retrieved_at=WHEN,
        rank=5,
        rank_from=RankFrom.SOURCE,
        sound_id="7250000000000000022",
        song_id="7250000000000000021",
        title="Slow Rain",
        author="Made Up Trio",
        duration=62,
        commercial=True,
        genres=("POP", "EASY_LISTENING"),
    )


def test_keywords_have_the_rank_of_their_place() -> None:
    page = read(body(["#Rain Boots", "winter soup"], KEYWORDS), KEYWORDS)
    assert page.rows == tuple(
        KeywordRow(
            asked=KEYWORDS, retrieved_at=WHEN, rank_from=RankFrom.POSITION, rank=rank, keyword=keyword, name=name
        )
        for rank, keyword, name in ((1, "rain boots", "#Rain Boots"), (2, "winter soup", "winter soup"))
    )
    assert (page.next, page.total, page.capped) == (None, None, False)


@pytest.mark.parametrize(
    ("stated", "change", "places"),
    [
        (4, Change.UP, 4),
        ("4", Change.UP, 4),
        (-11, Change.DOWN, -11),
        ("-11", Change.DOWN, -11),
        (0, Change.UNCHANGED, 0),
        ("NEW", Change.NEW, None),
        ("new", Change.NEW, None),
        (None, None, None),
        ("soaring", None, None),
        (1.5, None, None),
    ],
)
def test_the_change_of_a_rank(stated: Any, change: Change | None, places: int | None) -> None:
    row = hashtag_row(rank_change=stated)
    assert (row.change, row.places) == (change, places)


@pytest.mark.parametrize("stated", [7, "7", " 7 ", 7.0])
def test_a_rank_may_be_text(stated: Any) -> None:
    row = hashtag_row(rank_position=stated)
    assert (row.rank, row.rank_from) == (7, RankFrom.SOURCE)


@pytest.mark.parametrize("stated", [None, "", "first", 0, -3, 1.5, True, [1]])
def test_a_rank_that_is_none_is_the_place(stated: Any) -> None:
    rows = read(body([hashtag(), hashtag(hashtag_name="second", rank_position=stated)])).rows
    assert [(row.rank, row.rank_from) for row in rows] == [(3, RankFrom.SOURCE), (2, RankFrom.POSITION)]


def test_rows_with_one_rank_are_both_kept_in_their_order() -> None:
    rows = read(body([hashtag(hashtag_name=name, rank_position=1) for name in ("b", "a")])).rows
    assert [(row.key, row.rank) for row in rows] == [("b", 1), ("a", 1)]


def test_numbers_as_text_and_ids_as_numbers() -> None:
    row = hashtag_row(hashtag_id=9_007_199_254_740_993, views="12", posts="3", trending_history=None)
    assert (row.hashtag_id, row.views, row.posts, row.curve) == ("9007199254740993", 12, 3, None)
    clip = {"song_clip_id": 7_512_619_474_084_711_723}
    assert sound_row(full_duration_song_clip=clip, duration="62").key == "7512619474084711723"
    assert sound_row(duration="62").duration == 62


def test_numbers_beyond_all_sense_are_left_out() -> None:
    row = hashtag_row(views=10**30, posts=-1, rank_change=-(10**30), rank_position=2**63)
    assert (row.views, row.posts, row.change, row.places) == (None, None, None, None)
    assert (row.rank, row.rank_from) == (1, RankFrom.POSITION)


def test_a_list_without_end_is_cut_and_says_so() -> None:
    page = read(body(["word"] * (MOST_ROWS + 1), KEYWORDS), KEYWORDS)
    assert len(page.rows) == MOST_ROWS
    assert page.rejected == (f"{KEYWORDS.name} has 1001 rows; those after the first 1000 are left out.",)


def test_a_row_needs_nothing_but_its_name() -> None:
    assert read(body([{"hashtag_name": "bare"}])).rows == (
        HashtagRow(asked=HASHTAGS, retrieved_at=WHEN, rank=1, rank_from=RankFrom.POSITION, hashtag="bare", name="bare"),
    )
    assert sound_row(**dict.fromkeys(sound()) | {"commercial_music_id": "1"}).key == "1"


@pytest.mark.parametrize(
    ("full", "trending", "key"),
    [
        ({"song_clip_id": "1"}, {"song_clip_id": "2"}, "1"),
        (None, {"song_clip_id": "2"}, "2"),
        ({"song_clip_id": ""}, {"song_clip_id": 2}, "2"),
        ({"song_clip_id": 1.0}, None, "7250000000000000021"),
        ([], "clip", "7250000000000000021"),
    ],
)
def test_a_sound_is_known_by_its_clip_else_by_its_track(full: Any, trending: Any, key: str) -> None:
    row = sound_row(full_duration_song_clip=full, trending_song_clip=trending)
    assert (row.key, row.song_id) == (key, "7250000000000000021")


@pytest.mark.parametrize("stated", [0, "0", None, "long"])
def test_a_clip_has_no_duration(stated: Any) -> None:
    assert sound_row(duration=stated).duration is None


@pytest.mark.parametrize("genres", [None, "POP", {}, [None, "", 3.5]])
def test_genres_that_are_none(genres: Any) -> None:
    assert sound_row(genres=genres).genres == ()


@pytest.mark.parametrize(
    ("wanted", "value", "sentence"),
    [
        (HASHTAGS, hashtag(hashtag_name=None), "Row 2 of business_api.hashtag.US.7d-all has no hashtag_name."),
        (HASHTAGS, hashtag(hashtag_name=" # "), "Row 2 of business_api.hashtag.US.7d-all has no hashtag_name."),
        (HASHTAGS, "text", "Row 2 of business_api.hashtag.US.7d-all is not an object."),
        (HASHTAGS, None, "Row 2 of business_api.hashtag.US.7d-all is not an object."),
        (
            SOUNDS,
            {"commercial_music_name": "Slow Rain", "commercial_music_id": 7.25e18},
            "Row 2 of business_api.sound.GB.90d-all has neither a song_clip_id nor a commercial_music_id.",
        ),
        (KEYWORDS, {"keyword": "x"}, "Row 2 of business_api.keyword.ALL.0d-all is no keyword."),
        (KEYWORDS, "", "Row 2 of business_api.keyword.ALL.0d-all is no keyword."),
    ],
)
def test_a_row_without_what_identifies_it_is_told_and_its_neighbours_stay(
    wanted: TrendList, value: Any, sentence: str
) -> None:
    good: dict[TrendList, tuple[Any, Any]] = {
        HASHTAGS: (hashtag(), hashtag(hashtag_name="other")),
        SOUNDS: (sound(), sound()),
        KEYWORDS: ("one", "two"),
    }
    before, after = good[wanted]
    page = read(body([before, value, after], wanted), wanted)
    assert page.rejected == (sentence,)
    assert len(page.rows) == 2


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2026-11-20", "2026-11-20"),
        (" 2026-11-20 00:00:00", "2026-11-20"),
        ("2026-11-20T23:59:59Z", "2026-11-20"),
        ("20261120", "2026-11-20"),
        (20_261_120, "2026-11-20"),
        (1_795_132_800, "2026-11-20"),
        ("1795132800", "2026-11-20"),
    ],
)
def test_days_of_a_curve_in_their_forms(day: Any, known: str) -> None:
    row = hashtag_row(trending_history=[{"date": day, "views_daily": "5000"}])
    assert row.curve == Curve(points=(CurvePoint(known, 1.0),), scale=5_000)


@pytest.mark.parametrize("day", [None, "yesterday", "2026-13-40", 10**30, [], "", "12345-11-20"])
def test_a_day_that_is_none_has_no_point(day: Any) -> None:
    history = [{"date": day, "views_daily": 9_000}, {"date": "2026-11-20", "views_daily": 5_000}]
    assert hashtag_row(trending_history=history).curve == Curve(points=(CurvePoint("2026-11-20", 1.0),), scale=5_000)


def test_days_are_put_in_order_and_the_first_of_two_counts() -> None:
    days = (("2026-11-21", 1_000), ("2026-11-19", 4_000), ("2026-11-21", 3_000))
    row = hashtag_row(trending_history=[{"date": day, "views_daily": views} for day, views in days])
    assert row.curve == Curve(points=(CurvePoint("2026-11-19", 1.0), CurvePoint("2026-11-21", 0.25)), scale=4_000)


@pytest.mark.parametrize("views", [None, 0, -1, "many", "NaN", float("1e308") * 10])
def test_a_history_without_views_is_no_curve(views: Any) -> None:
    assert hashtag_row(trending_history=[{"date": "2026-11-20", "views_daily": views}]).curve is None


fields = st.sampled_from(sorted(hashtag().keys() | sound().keys()))
odd_rows = st.dictionaries(fields, json_values, max_size=8) | json_values


@given(rows=st.lists(odd_rows, max_size=6), wanted=st.sampled_from(ALL))
def test_every_row_is_read_or_told(rows: list[Any], wanted: TrendList) -> None:
    page = read(body(rows, wanted), wanted)
    assert len(page.rows) + len(page.rejected) == len(rows)
    for row in page.rows:
        _is_sound(row)


@given(history=st.lists(st.fixed_dictionaries({"date": json_values, "views_daily": json_values}), max_size=5))
def test_a_curve_lies_between_0_and_1_in_the_order_of_days(history: list[Any]) -> None:
    curve = hashtag_row(trending_history=history).curve
    if curve is not None:
        times = [point.time for point in curve.points]
        assert times == sorted(set(times))
        assert max(point.value for point in curve.points) == 1
        assert min(point.value for point in curve.points) >= 0


def _is_sound(row: TrendRow) -> None:
    assert row.rank >= 1
    assert row.key
    assert msgspec.json.encode(row)
