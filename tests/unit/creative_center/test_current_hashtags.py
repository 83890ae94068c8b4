"""Hashtags of the current generation: what is asked for, page by page, and what the rows hold."""

from typing import Any

import pytest

from tests.unit.creative_center.support import (
    LOGIN,
    MIDNIGHT,
    RETRIEVED,
    current,
    hashtag,
    hashtag_answer,
    hashtags,
    read,
)
from tiktok_collector.errors import InvalidRequest, Retriable
from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.rows import CurvePoint, HashtagRow, RankFrom, TrendRow
from tiktok_collector.trend_lists.steps import Step, TrendPage

WRITTEN = " #\uff2d\uff41\uff44\uff45\uff35\uff50 "
"""In full-width letters."""


def first_page(items: list[Any], *, logged_in: bool = False, **said: Any) -> TrendPage:
    adapter = current(login=LOGIN if logged_in else None)
    return read(adapter, hashtags(), adapter.first(hashtags()), hashtag_answer(items, **said))


def only_row(item: Any) -> TrendRow:
    (row,) = first_page([item]).rows
    return row


def row_of(**more: Any) -> HashtagRow:
    row = only_row(hashtag(**more))
    assert isinstance(row, HashtagRow)
    return row


def test_the_first_request() -> None:
    step = current().first(hashtags("DE", period=30, industry="23000000000"))
    assert (step.method, step.url) == ("POST", "https://main.test/CreativeOne/KnowledgeAPI/GetHashtagList")
    assert step.body == {"timeRange": 30, "page": 1, "limit": 20, "countryCode": "DE", "industryID": 23_000_000_000}
    assert (step.params, step.page, step.offset) == ({}, 0, 0)


def test_without_an_industry_none_is_sent() -> None:
    assert "industryID" not in (current().first(hashtags()).body or {})


def test_an_industry_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"'games' is not an industry of creative_center\.hashtag\.US\.7d-games"):
        current().first(hashtags(industry="games"))


@pytest.mark.parametrize("kind", [TrendKind.SOUND, TrendKind.KEYWORD, TrendKind.CREATOR])
def test_a_kind_that_it_has_not_is_refused_with_those_that_it_has(kind: TrendKind) -> None:
    with pytest.raises(InvalidRequest, match=f"no list of {kind}s now: ask it for hashtag or video"):
        current().first(TrendList(source=TrendSource.CREATIVE_CENTER, kind=kind, country="US", period=7))


def test_it_is_counted_with_its_source() -> None:
    assert (current().source, current().family) == (TrendSource.CREATIVE_CENTER, Family.CREATIVE_CENTER)


def test_a_row() -> None:
    row = row_of(hashtagName=WRITTEN, rank=1)
    assert row == HashtagRow(
        asked=hashtags(),
        retrieved_at=RETRIEVED,
        rank=1,
        rank_from=RankFrom.SOURCE,
        hashtag="madeup",
        name=WRITTEN,
        hashtag_id="9001",
        posts=1_000,
        views=19_583_705_445,
        curve=row.curve,
        industries=("23000000000",),
    )
    assert row.curve is not None
    assert row.curve.scale == 100
    assert row.curve.points == (
        CurvePoint("2026-11-19T00:00:00.000Z", 0.977),
        CurvePoint("2026-11-20T00:00:00.000Z", 1.0),
    )


def test_numbers_may_be_text_and_the_reverse() -> None:
    row = row_of(hashtagID=9_001, publishCnt=5, vv="7", rankIndex="4", industryIDs=[23_000_000_000])
    assert (row.hashtag_id, row.posts, row.views, row.rank) == ("9001", 5, 7, 4)
    assert row.industries == ("23000000000",)


@pytest.mark.parametrize("given", [9_007_199_254_740_993, "9007199254740993"])
def test_ids_beyond_doubles_are_exact(given: Any) -> None:
    assert row_of(hashtagID=given).hashtag_id == "9007199254740993"


@pytest.mark.parametrize("absent", [None, {}, "x", -1, 2**63, 1e300])
def test_optional_values_that_cannot_be_read_are_none(absent: Any) -> None:
    row = row_of(publishCnt=absent, vv=absent, popularityCurve=absent, industryIDs=absent)
    assert (row.posts, row.views, row.curve, row.industries) == (None, None, None, ())


def test_only_the_name_is_needed() -> None:
    row = only_row({"hashtagName": "madeup"})
    assert (row.key, row.rank, row.rank_from) == ("madeup", 1, RankFrom.POSITION)


@pytest.mark.parametrize("rank", [None, 0, -3, "first", 1.5, 2**70])
def test_without_a_usable_rank_the_position_is_taken(rank: Any) -> None:
    adapter = current(login=LOGIN)
    step = Step(endpoint=adapter.first(hashtags()).endpoint, method="POST", url="", body={"page": 2}, page=1, offset=20)
    page = read(adapter, hashtags(), step, hashtag_answer([hashtag(), hashtag(2, rankIndex=rank)]))
    assert [(row.rank, row.rank_from) for row in page.rows] == [(1, RankFrom.SOURCE), (22, RankFrom.POSITION)]


def test_duplicate_ranks_are_kept_as_they_are() -> None:
    page = first_page([hashtag(1), hashtag(2, rankIndex=1), hashtag(4)])
    assert [row.rank for row in page.rows] == [1, 1, 4]


@pytest.mark.parametrize("name", [None, "", " # ", 5.5, [], True])
def test_a_row_without_a_name_is_rejected_with_its_place(name: Any) -> None:
    page = first_page([hashtag(1), hashtag(2, hashtagName=name), "text", hashtag(4, rankIndex=None)])
    assert [row.rank for row in page.rows] == [1, 4]
    assert page.rejected == (
        "Row 2 of creative_center.hashtag.US.7d-all has no usable hashtagName, so it is left out.",
        "Row 3 of creative_center.hashtag.US.7d-all is not an object, so it is left out.",
    )


def test_a_page_without_end_is_read_up_to_a_thousand_rows() -> None:
    page = first_page([1] * 5_000 + [hashtag()])
    assert page.rows == ()
    assert len(page.rejected) == 1_001
    assert "has 5001 rows" in page.rejected[-1]


def test_a_curve_beyond_its_scale_is_scaled_by_its_own_maximum() -> None:
    points = [{"timestamp": MIDNIGHT, "value": 200}, {"timestamp": MIDNIGHT + 86_400, "value": "50"}]
    curve = row_of(popularityCurve=points).curve
    assert curve is not None
    assert (curve.scale, [point.value for point in curve.points]) == (200, [1.0, 0.25])


def test_points_that_cannot_be_read_are_left_out_of_a_curve() -> None:
    points = [
        {"timestamp": MIDNIGHT, "value": 25},
        {"timestamp": MIDNIGHT, "value": None},
        {"timestamp": 10**14, "value": 1},
        {"timestamp": 0, "value": 1},
        {"value": 1},
        {"timestamp": MIDNIGHT, "value": -1},
        "point",
    ]
    curve = row_of(popularityCurve=points).curve
    assert curve is not None
    assert [point.value for point in curve.points] == [0.25]


def test_without_a_login_three_rows_of_a_hundred_are_all_and_capped() -> None:
    page = first_page([hashtag(rank) for rank in (1, 2, 3)])
    assert (len(page.rows), page.next, page.total, page.capped) == (3, None, 100, True)


@pytest.mark.parametrize(("total", "has_more", "capped"), [(3, True, False), (None, True, True), (None, False, False)])
def test_capped_is_what_the_source_says(total: int | None, has_more: bool, capped: bool) -> None:
    page = first_page([hashtag(rank) for rank in (1, 2, 3)], total=total, has_more=has_more)
    assert (page.next, page.capped) == (None, capped)


def test_without_a_login_a_full_page_is_not_followed() -> None:
    page = first_page([hashtag(rank) for rank in range(1, 21)])
    assert (page.next, page.capped) == (None, True)


def follow(sizes: list[int], *, total: Any = 100, has_more: Any = True) -> list[tuple[Step, TrendPage]]:
    """The steps that a login takes through pages of these sizes."""
    adapter = current(login=LOGIN)
    step: Step | None = adapter.first(hashtags())
    taken: list[tuple[Step, TrendPage]] = []
    for size in sizes:
        assert step is not None
        items = [hashtag(step.offset + number) for number in range(1, size + 1)]
        page = read(adapter, hashtags(), step, hashtag_answer(items, total=total, has_more=has_more))
        taken.append((step, page))
        step = page.next
    return taken


def test_with_a_login_five_pages_are_asked_for() -> None:
    taken = follow([20] * 5)
    assert [(step.page, step.offset, (step.body or {})["page"]) for step, _ in taken] == [
        (0, 0, 1),
        (1, 20, 2),
        (2, 40, 3),
        (3, 60, 4),
        (4, 80, 5),
    ]
    assert {(step.body or {})["countryCode"] for step, _ in taken} == {"US"}
    assert [row.rank for _, page in taken for row in page.rows] == list(range(1, 101))
    assert taken[-1][1].next is None
    assert not any(page.capped for _, page in taken)


def test_no_sixth_page_is_asked_for_however_many_there_are() -> None:
    assert follow([20] * 5, total=10_000)[-1][1].next is None


@pytest.mark.parametrize("has_more", [False, 0, "false"])
def test_a_list_that_ends_is_not_followed(has_more: Any) -> None:
    page = follow([20, 20], total=40, has_more=True)[-1][1]
    assert page.next is not None
    page = follow([20], total=20, has_more=has_more)[0][1]
    assert (page.next, page.capped) == (None, False)


@pytest.mark.parametrize("has_more", [None, "perhaps"])
def test_where_the_source_does_not_say_its_total_decides(has_more: Any) -> None:
    pages = follow([20, 20], total="40", has_more=has_more)
    assert pages[0][1].next is not None
    assert pages[1][1].next is None


def test_a_login_that_gets_three_rows_keeps_them_and_is_capped() -> None:
    page = first_page([hashtag(rank) for rank in (1, 2, 3)], logged_in=True)
    assert (len(page.rows), page.next, page.capped) == (3, None, True)


def test_a_login_that_ends_between_pages_is_capped() -> None:
    page = follow([20, 3])[-1][1]
    assert (page.next, page.capped) == (None, True)


def test_a_list_that_ends_long_before_its_total_is_capped() -> None:
    page = follow([20], total=100, has_more=False)[0][1]
    assert (page.next, page.capped) == (None, True)


def test_a_page_that_lacks_a_row_is_followed() -> None:
    page = follow([19])[0][1]
    assert page.next is not None
    assert (page.next.offset, page.capped) == (19, False)


def test_an_empty_list_is_no_error_here_and_not_followed() -> None:
    page = first_page([], logged_in=True, total=0, has_more=True)
    assert (page.rows, page.rejected, page.next, page.capped) == ((), (), None, False)


@pytest.mark.parametrize("items", [None, {}, "none"])
def test_a_success_without_its_list_is_not_an_empty_list(items: Any) -> None:
    body = {**hashtag_answer([]), "items": items}
    with pytest.raises(Retriable, match=r"without items for creative_center\.hashtag\.US\.7d-all"):
        read(current(), hashtags(), current().first(hashtags()), body)
    del body["items"]
    with pytest.raises(Retriable, match="without items"):
        read(current(), hashtags(), current().first(hashtags()), body)
