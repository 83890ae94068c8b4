"""Videos of the current generation: the overview says when the period ended, then the list is asked for."""

from typing import Any

import pytest

from tests.unit.creative_center.support import (
    BEYOND_DOUBLES,
    LOGIN,
    MIDNIGHT,
    RETRIEVED,
    current,
    overview_answer,
    read,
    video,
    video_answer,
    videos,
)
from tiktok_collector.errors import InvalidRequest, Retriable
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES
from tiktok_collector.trend_lists.rows import RankFrom, VideoRow
from tiktok_collector.trend_lists.steps import Step, TrendPage


def list_step(*, period: int = 7, country: str = "US") -> Step:
    adapter, asked = current(), videos(country, period=period)
    step = read(adapter, asked, adapter.first(asked), overview_answer()).next
    assert step is not None
    return step


def listed(entities: list[Any], *, logged_in: bool = False, **said: Any) -> TrendPage:
    return read(current(login=LOGIN if logged_in else None), videos(), list_step(), video_answer(entities, **said))


def row_of(entity: dict[str, Any]) -> VideoRow:
    (row,) = listed([entity]).rows
    assert isinstance(row, VideoRow)
    return row


@pytest.mark.parametrize(
    ("country", "host"),
    [
        ("US", "us"),
        ("DE", "eu"),
        ("IS", "eu"),
        ("LI", "eu"),
        ("NO", "eu"),
        ("GB", "eu"),
        ("CH", "eu"),
        ("JP", "main"),
        (ALL_COUNTRIES, "main"),
    ],
)
def test_the_host_depends_on_the_country(country: str, host: str) -> None:
    report = f"https://{host}.test/CreativeOne/Report"
    assert current().first(videos(country)).url == f"{report}/GetTopContentsOverview"
    assert list_step(country=country).url == f"{report}/CreativeCenterGetTopContentsList"


def test_the_overview_comes_first_and_has_no_rows() -> None:
    adapter = current()
    step = adapter.first(videos())
    page = read(adapter, videos(), step, overview_answer())
    assert (step.method, step.params, step.body, step.page) == ("GET", {"countryCode": "US"}, None, 0)
    assert (page.rows, page.total, page.capped) == ((), None, False)


@pytest.mark.parametrize(("period", "dimension", "ended"), [(7, "3", MIDNIGHT - 86_400), (30, "5", MIDNIGHT - 172_800)])
def test_the_list_is_asked_for_with_the_end_of_its_period(period: int, dimension: str, ended: int) -> None:
    step = list_step(period=period)
    assert step.params == {
        "periodDimension": dimension,
        "periodEndTimestamp": str(ended),
        "orderByMetric": "1",
        "countryCode": "US",
        "contentLabelIDs": "",
        "organicOnly": "false",
        "limit": "20",
        "page": "1",
    }
    assert (step.method, step.body, step.page, step.offset) == ("GET", None, 1, 0)


def test_all_countries_are_asked_for_without_a_country() -> None:
    assert current().first(videos(ALL_COUNTRIES)).params == {}
    assert "countryCode" not in list_step(country=ALL_COUNTRIES).params


def test_another_period_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidRequest, match=r"no videos of 120 days for US: take one of the periods 7, 30\."):
        current().first(videos(period=120))


@pytest.mark.parametrize("ended", [None, 0, "soon", []])
def test_an_overview_without_the_end_of_the_period_may_have_it_later(ended: Any) -> None:
    adapter = current()
    with pytest.raises(Retriable, match=r"without lastWeeklyEndTimestamp for creative_center.video.US.7d-all"):
        read(adapter, videos(), adapter.first(videos()), overview_answer(lastWeeklyEndTimestamp=ended))


def test_a_row() -> None:
    assert row_of(video(4)) == VideoRow(
        asked=videos(),
        retrieved_at=RETRIEVED,
        rank=1,
        rank_from=RankFrom.POSITION,
        video_id=str(BEYOND_DOUBLES + 4),
        title="Made-up video 4",
        author_id=str(BEYOND_DOUBLES - 4),
        username="made.up4",
        created_at="2026-11-20T00:00:00.000Z",
        views=5_000_000_000,
        organic_views=4_000_000_000,
        engagement_rate=0.125,
        six_second_rate=0.5,
        labels=("Cooking",),
    )


def test_only_the_id_is_needed() -> None:
    row = row_of({"itemInfo": {"itemID": "77"}})
    assert (row.video_id, row.author_id, row.username, row.created_at, row.labels) == ("77", None, None, None, ())


def test_parts_of_another_shape_are_as_if_absent() -> None:
    entity = {
        **video(),
        "itemAuthorInfo": [],
        "itemMetrics": "none",
        "contentTags": [None, {}, {"contentLabelName": "A"}],
    }
    row = row_of(entity)
    assert (row.username, row.views, row.labels) == (None, None, ("A",))


@pytest.mark.parametrize("item_id", [None, 0, 7.5e18, "", [], True])
def test_a_row_without_an_exact_id_is_rejected(item_id: Any) -> None:
    page = listed([video(1), video(2, itemID=item_id)])
    assert len(page.rows) == 1
    assert page.rejected == (
        "Row 2 of creative_center.video.US.7d-all has no usable itemInfo.itemID, so it is left out.",
    )


def test_the_author_may_be_under_either_name() -> None:
    assert row_of(video(1, authorID=0, creatorID="55")).author_id == "55"


def test_a_time_beyond_the_calendar_is_none() -> None:
    assert row_of(video(1, createTime=10**15)).created_at is None


def test_without_a_login_the_four_rows_of_page_one_are_all() -> None:
    page = listed([video(number) for number in range(4)], limit=4)
    assert (len(page.rows), page.next, page.total, page.capped) == (4, None, 100, True)


def test_with_a_login_pages_follow_up_to_the_fifth() -> None:
    adapter = current(login=LOGIN)
    step: Step | None = list_step()
    numbers = []
    while step is not None:
        numbers.append((step.params["page"], step.page, step.offset))
        entities = [video(step.offset + number) for number in range(20)]
        step = read(adapter, videos(), step, video_answer(entities)).next
    assert numbers == [("1", 1, 0), ("2", 2, 20), ("3", 3, 40), ("4", 4, 60), ("5", 5, 80)]


def test_ranks_go_on_across_pages() -> None:
    adapter = current(login=LOGIN)
    second = read(adapter, videos(), list_step(), video_answer([video(number) for number in range(20)])).next
    assert second is not None
    page = read(adapter, videos(), second, video_answer([video(20), {}, video(22)]))
    assert [row.rank for row in page.rows] == [21, 23]


def test_a_success_without_its_list_is_not_an_empty_list() -> None:
    with pytest.raises(Retriable, match="without entityInfos"):
        read(current(), videos(), list_step(), overview_answer())
