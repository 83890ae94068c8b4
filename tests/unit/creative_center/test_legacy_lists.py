"""The five lists of the legacy generation: what is asked for, page by page, and what the rows hold."""

from typing import Any

import pytest

from tests.unit.creative_center.support import (
    BEYOND_DOUBLES,
    MIDNIGHT,
    RETRIEVED,
    ROWS_KEYS,
    legacy,
    old,
    old_answer,
    read,
)
from tiktok_collector.errors import CredentialsMissing, Retriable
from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, TrendKind, TrendSource
from tiktok_collector.trend_lists.rows import (
    Change,
    CreatorRow,
    Curve,
    CurvePoint,
    HashtagRow,
    KeywordRow,
    RankFrom,
    SoundRow,
    TrendRow,
    VideoRow,
)
from tiktok_collector.trend_lists.steps import Step, TrendPage

HASHTAG = {
    "hashtag_id": "600001",
    "hashtag_name": "MadeUp",
    "country_info": {"id": "US", "value": "United States", "label": "US"},
    "industry_info": {"id": 23_000_000_000, "value": "News", "label": "label_23000000000"},
    "is_promoted": False,
    "trend": [{"time": MIDNIGHT - 86_400, "value": 0.54}, {"time": MIDNIGHT, "value": 1}],
    "publish_cnt": 115_000,
    "video_views": 19_583_705_445,
    "rank": 2,
    "rank_diff": 3,
    "rank_diff_type": 1,
}
SOUND = {
    "author": "Nobody Real",
    "clip_id": str(BEYOND_DOUBLES),
    "song_id": str(BEYOND_DOUBLES + 1),
    "title": "A Song",
    "duration": 60,
    "if_cml": False,
    "on_list_times": None,
    "promoted": False,
    "rank": 1,
    "rank_diff": 0,
    "rank_diff_type": 2,
    "related_items": [{"item_id": BEYOND_DOUBLES}],
    "trend": [{"time": MIDNIGHT, "value": 0}],
}
KEYWORD = {
    "keyword": "For Free",
    "post": 104_000,
    "post_change": 129.21,
    "impression": 414_000_000,
    "like": 1_984_613,
    "comment": 34_739,
    "share": 61_573,
    "ctr": 4.7,
    "cvr": 100,
    "play_six_rate": 20.94,
    "cost": 853_000,
    "cpa": 0.05,
    "video_list": [str(BEYOND_DOUBLES), BEYOND_DOUBLES, None],
}
CREATOR = {
    "tcm_id": "7400000000000000001",
    "user_id": "62000000000000001",
    "nick_name": "Made Up",
    "country_code": "US",
    "follower_cnt": 9_135_515,
    "liked_cnt": "668294555",
    "tt_link": "https://www.tiktok.com/@made.up_1",
    "items": [{"item_id": str(BEYOND_DOUBLES), "tt_link": "https://www.tiktok.com/@author/video/1", "vv": 13}],
}
VIDEO = {
    "id": str(BEYOND_DOUBLES),
    "item_id": str(BEYOND_DOUBLES),
    "item_url": f"https://www.tiktok.com/@dummy/video/{BEYOND_DOUBLES}",
    "title": "A made-up video",
    "duration": 31,
    "country_code": "US",
    "region": "United States",
}
ROWS: dict[TrendKind, dict[str, Any]] = {
    TrendKind.HASHTAG: HASHTAG,
    TrendKind.SOUND: SOUND,
    TrendKind.KEYWORD: KEYWORD,
    TrendKind.CREATOR: CREATOR,
    TrendKind.VIDEO: VIDEO,
}


def page_of(kind: TrendKind, rows: list[Any]) -> TrendPage:
    adapter, asked = legacy(), old(kind)
    return read(adapter, asked, adapter.first(asked), old_answer(ROWS_KEYS[kind], rows))


def row_of(kind: TrendKind, **more: Any) -> TrendRow:
    (row,) = page_of(kind, [{**ROWS[kind], **more}]).rows
    return row


REQUESTS = {
    TrendKind.HASHTAG: (
        "popular_trend/hashtag/list",
        {"limit": "50", "sort_by": "popular", "period": "7", "country_code": "US", "industry_id": "23000000000"},
    ),
    TrendKind.SOUND: (
        "popular_trend/sound/rank_list",
        {
            "limit": "20",
            "rank_type": "popular",
            "new_on_board": "false",
            "commercial_music": "false",
            "period": "7",
            "country_code": "US",
        },
    ),
    TrendKind.KEYWORD: (
        "script/keyword/list",
        {
            "limit": "50",
            "order_by": "post",
            "order_type": "desc",
            "period": "7",
            "country_code": "US",
            "industry": "23000000000",
        },
    ),
    TrendKind.CREATOR: ("popular_trend/creator/list", {"limit": "50", "sort_by": "follower", "creator_country": "US"}),
    TrendKind.VIDEO: ("popular_trend/list", {"limit": "20", "order_by": "vv", "period": "7", "country_code": "US"}),
}


@pytest.mark.parametrize("kind", TrendKind)
def test_the_first_request(kind: TrendKind) -> None:
    step = legacy().first(old(kind, industry="23000000000"))
    path, params = REQUESTS[kind]
    assert (step.method, step.url) == ("GET", f"https://main.test/creative_radar_api/v1/{path}")
    assert step.params == {"page": "1", **params}
    assert (step.body, step.page, step.offset) == (None, 0, 0)


@pytest.mark.parametrize("kind", TrendKind)
def test_all_countries_and_industries_are_asked_for_without_any(kind: TrendKind) -> None:
    params = legacy().first(old(kind, ALL_COUNTRIES)).params
    assert params.keys() & {"country_code", "creator_country", "industry", "industry_id"} == set()


def test_it_is_counted_with_the_other_generation() -> None:
    assert (legacy().source, legacy().family) == (TrendSource.CREATIVE_CENTER_LEGACY, Family.CREATIVE_CENTER)


@pytest.mark.parametrize("kind", TrendKind)
def test_without_headers_it_says_which_part_of_the_secret_to_fill(kind: TrendKind) -> None:
    with pytest.raises(
        CredentialsMissing, match=f"gives creative_center_legacy.{kind}.*creative_center_legacy.headers"
    ):
        legacy(None).first(old(kind))


def test_a_hashtag() -> None:
    assert row_of(TrendKind.HASHTAG) == HashtagRow(
        asked=old(TrendKind.HASHTAG),
        retrieved_at=RETRIEVED,
        rank=2,
        rank_from=RankFrom.SOURCE,
        change=Change.UP,
        places=3,
        hashtag="madeup",
        name="MadeUp",
        hashtag_id="600001",
        posts=115_000,
        views=19_583_705_445,
        curve=Curve(
            (CurvePoint("2026-11-19T00:00:00.000Z", 0.54), CurvePoint("2026-11-20T00:00:00.000Z", 1.0)), scale=1
        ),
        industries=("23000000000",),
        promoted=False,
    )


@pytest.mark.parametrize(
    ("kind_of_change", "diff", "change", "places"),
    [
        (1, 3, Change.UP, 3),
        ("1", "3", Change.UP, 3),
        (1, None, Change.UP, None),
        (2, 0, Change.UNCHANGED, 0),
        (2, None, Change.UNCHANGED, 0),
        (3, 5, Change.DOWN, -5),
        (3, -5, Change.DOWN, -5),
        (3, None, Change.DOWN, None),
        (4, None, Change.NEW, None),
        (4, 9, Change.NEW, None),
        (5, 9, None, None),
        (0, 9, None, None),
        (None, 9, None, None),
        ("up", 9, None, None),
    ],
)
@pytest.mark.parametrize("kind", [TrendKind.HASHTAG, TrendKind.SOUND])
def test_the_sign_of_a_change_comes_from_its_type(
    kind: TrendKind, kind_of_change: Any, diff: Any, change: Change | None, places: int | None
) -> None:
    row = row_of(kind, rank_diff_type=kind_of_change, rank_diff=diff)
    assert (row.change, row.places) == (change, places)


def test_a_former_ranking_can_be_rebuilt_from_the_changes() -> None:
    """Four rows that were 2, 1, 3 and absent the day before."""
    changes = [(1, 1), (3, 1), (2, 0), (4, None)]
    rows = [
        {**HASHTAG, "hashtag_name": f"madeup{rank}", "rank": rank, "rank_diff_type": kind, "rank_diff": diff}
        for rank, (kind, diff) in enumerate(changes, start=1)
    ]
    page = page_of(TrendKind.HASHTAG, rows)
    assert [None if row.places is None else row.rank + row.places for row in page.rows] == [2, 1, 3, None]


@pytest.mark.parametrize("industry", [None, [], {}, {"id": None}])
def test_an_industry_may_be_absent(industry: Any) -> None:
    row = row_of(TrendKind.HASHTAG, industry_info=industry)
    assert isinstance(row, HashtagRow)
    assert row.industries == ()


def test_a_sound() -> None:
    assert row_of(TrendKind.SOUND) == SoundRow(
        asked=old(TrendKind.SOUND),
        retrieved_at=RETRIEVED,
        rank=1,
        rank_from=RankFrom.SOURCE,
        change=Change.UNCHANGED,
        places=0,
        sound_id=str(BEYOND_DOUBLES),
        title="A Song",
        author="Nobody Real",
        song_id=str(BEYOND_DOUBLES + 1),
        duration=60,
        commercial=False,
        curve=Curve((CurvePoint("2026-11-20T00:00:00.000Z", 0.0),), scale=1),
        promoted=False,
    )


def test_a_keyword() -> None:
    assert row_of(TrendKind.KEYWORD) == KeywordRow(
        asked=old(TrendKind.KEYWORD),
        retrieved_at=RETRIEVED,
        rank=1,
        rank_from=RankFrom.POSITION,
        keyword="for free",
        name="For Free",
        posts=104_000,
        posts_change=129.21,
        impressions=414_000_000,
        likes=1_984_613,
        comments=34_739,
        shares=61_573,
        click_rate=4.7,
        conversion_rate=100,
        six_second_rate=20.94,
        cost=853_000,
        cost_per_action=0.05,
        video_ids=(str(BEYOND_DOUBLES), str(BEYOND_DOUBLES)),
    )


def test_a_creator() -> None:
    assert row_of(TrendKind.CREATOR) == CreatorRow(
        asked=old(TrendKind.CREATOR),
        retrieved_at=RETRIEVED,
        rank=1,
        rank_from=RankFrom.POSITION,
        creator_id="62000000000000001",
        username="made.up_1",
        nickname="Made Up",
        followers=9_135_515,
        likes=668_294_555,
        video_ids=(str(BEYOND_DOUBLES),),
    )


@pytest.mark.parametrize(
    ("link", "handle"),
    [
        ("https://www.tiktok.com/@some_one?lang=en", "some_one"),
        ("https://m.tiktok.com/@some.one/", "some.one"),
        ("www.tiktok.com/@someone", "someone"),
        ("https://www.tiktok.com/", None),
        ("https://elsewhere.test/tiktok.com/@someone", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_the_handle_is_that_of_the_creators_own_page(link: Any, handle: str | None) -> None:
    row = row_of(TrendKind.CREATOR, tt_link=link)
    assert isinstance(row, CreatorRow)
    assert row.username == handle


def test_a_video_has_no_author_since_the_handle_of_its_address_is_a_dummy() -> None:
    assert row_of(TrendKind.VIDEO) == VideoRow(
        asked=old(TrendKind.VIDEO),
        retrieved_at=RETRIEVED,
        rank=1,
        rank_from=RankFrom.POSITION,
        video_id=str(BEYOND_DOUBLES),
        title="A made-up video",
        duration=31,
    )


def test_the_id_of_a_video_may_be_a_bare_number_under_either_name() -> None:
    assert row_of(TrendKind.VIDEO, item_id=BEYOND_DOUBLES + 1).key == str(BEYOND_DOUBLES + 1)
    assert row_of(TrendKind.VIDEO, item_id=None, id=BEYOND_DOUBLES + 2).key == str(BEYOND_DOUBLES + 2)


@pytest.mark.parametrize(
    ("kind", "needs"),
    [
        (TrendKind.HASHTAG, "hashtag_name"),
        (TrendKind.SOUND, "clip_id"),
        (TrendKind.KEYWORD, "keyword"),
        (TrendKind.CREATOR, "user_id"),
        (TrendKind.VIDEO, "item_id"),
    ],
)
def test_a_row_without_what_identifies_it_is_rejected_with_its_place(kind: TrendKind, needs: str) -> None:
    page = page_of(kind, [ROWS[kind], {**ROWS[kind], "id": None, needs: None}, None, ROWS[kind]])
    assert len(page.rows) == 2
    assert page.rejected == (
        f"Row 2 of creative_center_legacy.{kind}.US.7d-all has no usable {needs}, so it is left out.",
        f"Row 3 of creative_center_legacy.{kind}.US.7d-all is not an object, so it is left out.",
    )


@pytest.mark.parametrize("kind", TrendKind)
def test_a_row_needs_nothing_but_what_identifies_it(kind: TrendKind) -> None:
    needed = {"hashtag_name", "clip_id", "keyword", "user_id", "item_id"}
    bare = {name: value for name, value in ROWS[kind].items() if name in needed}
    (row,) = page_of(kind, [bare]).rows
    assert row.key == row_of(kind).key
    assert (row.rank, row.rank_from) == (1, RankFrom.POSITION)


LENGTHS = {
    TrendKind.HASHTAG: (50, 2),
    TrendKind.SOUND: (20, 5),
    TrendKind.KEYWORD: (50, 10),
    TrendKind.CREATOR: (50, 10),
    TrendKind.VIDEO: (20, 25),
}


def follow(kind: TrendKind, size: int, said: dict[str, Any]) -> list[tuple[Step, TrendPage]]:
    """All the steps through pages of one size."""
    adapter, asked = legacy(), old(kind)
    step: Step | None = adapter.first(asked)
    taken = []
    while step is not None:
        page = read(adapter, asked, step, old_answer(ROWS_KEYS[kind], [ROWS[kind]] * size, pagination=said))
        taken.append((step, page))
        step = page.next
    return taken


@pytest.mark.parametrize("kind", TrendKind)
def test_pages_follow_up_to_the_lists_known_length(kind: TrendKind) -> None:
    size, pages = LENGTHS[kind]
    taken = follow(kind, size, {"has_more": True})
    assert [(step.params["page"], step.page, step.offset) for step, _ in taken] == [
        (str(number + 1), number, number * size) for number in range(pages)
    ]
    assert {step.params["limit"] for step, _ in taken} == {str(size)}
    assert not any(page.capped for _, page in taken)


def test_a_longer_page_than_asked_for_ends_the_list_sooner() -> None:
    assert len(follow(TrendKind.HASHTAG, 100, {"has_more": True})) == 1


def test_a_list_that_ends_is_not_followed() -> None:
    ((_, page),) = follow(TrendKind.CREATOR, 50, {"page": 1, "size": 50, "total": 50, "has_more": False})
    assert (page.total, page.capped) == (50, False)


def test_videos_name_their_total_differently() -> None:
    taken = follow(TrendKind.VIDEO, 20, {"page": 1, "limit": 20, "total_count": 40})
    assert [page.total for _, page in taken] == [40, 40]


def test_three_rows_of_a_hundred_are_kept_and_capped() -> None:
    ((_, page),) = follow(TrendKind.HASHTAG, 3, {"page": 1, "size": 3, "total": 100, "has_more": True})
    assert (len(page.rows), page.capped) == (3, True)


def test_positions_go_on_across_pages() -> None:
    taken = follow(TrendKind.VIDEO, 20, {"total_count": 60})
    assert [row.rank for _, page in taken for row in page.rows] == list(range(1, 61))


@pytest.mark.parametrize("kind", TrendKind)
def test_an_empty_list_is_no_error_here(kind: TrendKind) -> None:
    page = page_of(kind, [])
    assert (page.rows, page.rejected, page.next) == ((), (), None)


@pytest.mark.parametrize("kind", TrendKind)
@pytest.mark.parametrize("data", [None, [], {}, {"other": []}, "OK"])
def test_a_success_without_its_list_is_not_an_empty_list(kind: TrendKind, data: Any) -> None:
    with pytest.raises(
        Retriable, match=f"with success but without {ROWS_KEYS[kind]} for creative_center_legacy.{kind}"
    ):
        read(legacy(), old(kind), legacy().first(old(kind)), {"code": 0, "msg": "OK", "data": data})
