"""Pagination against small servers: everything is covered, cursors advance, every loop ends."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.collection.support import (
    COMMENTS,
    FOLLOWERS,
    PAGE_SIZE,
    VIDEOS,
    WINDOW,
    Clip,
    ListServer,
    TimeServer,
    VideoServer,
    seconds_of,
    walk,
)
from tiktok_collector.collection import paginator
from tiktok_collector.collection.paginator import (
    MAX_GENERATIONS,
    MAX_RESTARTS,
    MOST_STEPS,
    PageFacts,
    advance,
    begin_generation,
    give_up_item,
    next_body,
    remaining_window,
)
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import Gap, GapReason, Progress

VIDEO_QUERY, COMMENT_LIST, USER_FOLLOWERS = (
    ENDPOINTS[name] for name in ("video_query", "comment_list", "user_followers")
)
NO_ITEM: list[dict[str, Any]] = [{}]


@st.composite
def clips(draw: st.DrawFn, most: int = 60) -> list[Clip]:
    """Videos of the window with ids made up to three days before publication, some deleted."""
    found = {}
    for low in range(draw(st.integers(0, most))):
        published = WINDOW.start + timedelta(days=draw(st.integers(0, WINDOW.days - 1)))
        moment = seconds_of(published) + draw(st.integers(-3 * 86_400 + 86_399, 86_399))
        identifier = (moment << 32) + low
        found[identifier] = Clip(identifier, published, dropped=draw(st.booleans()))
    return list(found.values())


def certain(progress: Progress) -> list[GapReason]:
    return [gap.reason for gap in progress.gaps if not gap.possible]


def visible(videos: list[Clip]) -> set[int]:
    return {clip.id for clip in videos if not clip.dropped}


@given(videos=clips())
def test_every_candidate_is_asked_for_once_whatever_was_dropped(videos: list[Clip]) -> None:
    way = walk(VIDEOS, VideoServer(videos).serve)
    assert way.ids == visible(videos)
    assert len(way.bodies) == max(1, -(-len(videos) // PAGE_SIZE))
    counts = way.progress.counts
    assert (counts.requested, counts.dropped) == (len(videos), len(videos) - len(visible(videos)))
    assert counts.rows == way.progress.item_rows == len(visible(videos))
    assert {gap.reason for gap in way.progress.gaps if gap.possible} <= {GapReason.EMPTY_PAGE}
    assert certain(way.progress) == []


@given(videos=clips())
def test_offset_cursors_strictly_advance_and_only_returned_ones_are_sent(videos: list[Clip]) -> None:
    way = walk(VIDEOS, VideoServer(videos).serve)
    sent = [body.get("cursor", 0) for body in way.bodies]
    assert all(before < after for before, after in pairwise(sent))
    assert sent[1:] == [page.cursor for page in way.pages[:-1]]
    assert all("search_id" not in body for body in way.bodies[:1])
    assert all(body["search_id"] == "7" for body in way.bodies[1:])


@given(videos=clips(), lost=st.lists(st.booleans(), max_size=30))
def test_lost_searches_cost_pages_but_no_video(videos: list[Clip], lost: list[bool]) -> None:
    lost = lost if sum(lost) < MAX_GENERATIONS else []
    way = walk(VIDEOS, VideoServer(videos).serve, lost=lost)
    assert way.ids == visible(videos)
    assert way.progress.item_rows == len(visible(videos))
    assert [each.number for each in way.progress.earlier] == list(range(1, way.progress.generation))
    assert sum(each.pages for each in way.progress.earlier) + way.progress.page - 1 == len(way.pages)


@given(videos=clips(), late=clips(most=10), lost=st.lists(st.booleans(), max_size=12), after=st.integers(0, 6))
def test_videos_that_stay_are_had_while_others_arrive(
    videos: list[Clip], late: list[Clip], lost: list[bool], after: int
) -> None:
    server = VideoServer(videos)
    taken = 0

    def serve(body: Mapping[str, Any]) -> PageFacts:
        nonlocal taken
        taken += 1
        if taken == after:
            server.clips.extend(clip for clip in late if clip.id not in {each.id for each in videos})
        return server.serve(body)

    lost = lost if sum(lost) < MAX_GENERATIONS else []
    # Arrivals push the rest further down the list, so nothing is skipped; some rows may come twice.
    assert visible(videos) <= walk(VIDEOS, serve, lost=lost).ids


@given(videos=clips(), limit=st.integers(1, 70), lost=st.lists(st.booleans(), max_size=12))
def test_a_limit_is_reached_with_the_newest_videos_and_not_a_page_more(
    videos: list[Clip], limit: int, lost: list[bool]
) -> None:
    lost = lost if sum(lost) < MAX_GENERATIONS else []
    way = walk(msgspec.structs.replace(VIDEOS, limit=limit), VideoServer(videos).serve, lost=lost)
    newest = set(sorted(visible(videos), reverse=True)[:limit])
    assert newest <= way.ids
    assert way.progress.item_rows - way.pages[-1].rows < limit


def test_a_new_search_asks_only_for_days_that_can_hold_what_is_missing() -> None:
    last = (seconds_of(date(2026, 10, 10)) << 32) + 5
    progress = Progress(generation=1, page=42, cursor=4_100, search_id="7", last_id=last, item_rows=90, rejections=8)
    after = begin_generation(VIDEOS, progress, NO_ITEM, GapReason.SEARCH_LOST)
    assert after.window == Window(WINDOW.start, date(2026, 10, 13))
    assert (after.generation, after.page, after.cursor, after.search_id) == (2, 1, None, None)
    assert (after.rejections, after.item_rows) == (0, 90)
    assert [msgspec.to_builtins(each) for each in after.earlier] == [
        {"number": 1, "pages": 41, "reason": "search_lost"}
    ]
    body = next_body(VIDEO_QUERY, VIDEOS, after, [VIDEOS.params])
    assert (body["start_date"], body["end_date"]) == ("20261001", "20261013")
    assert not {"cursor", "search_id"} & set(body)


@given(day=st.dates(date(2026, 9, 1), date(2026, 12, 1)), low=st.integers(0, 2**32 - 1))
def test_the_remaining_window_lies_in_the_window_and_keeps_all_that_may_be_missing(day: date, low: int) -> None:
    last = (seconds_of(day) << 32) + low
    left = remaining_window(WINDOW, last)
    assert WINDOW.start <= left.start <= left.end <= WINDOW.end
    assert left.end >= min(WINDOW.end, day + timedelta(days=3))
    assert remaining_window(WINDOW, None) == WINDOW


def test_searches_end_as_a_gap_that_says_which_days_are_missing() -> None:
    last = (seconds_of(date(2026, 10, 10)) << 32) + 5
    progress = Progress(generation=MAX_GENERATIONS, cursor=300, last_id=last)
    after = begin_generation(VIDEOS, progress, NO_ITEM, GapReason.SEARCH_LOST)
    assert after.exhausted
    (gap,) = after.gaps
    assert (gap.reason, gap.cursor, gap.possible) == (GapReason.SEARCH_LOST, 300, False)
    assert gap.window == Window(WINDOW.start, date(2026, 10, 13))


@pytest.mark.parametrize("cursor", [None, 0, 100, 99])
def test_a_cursor_that_does_not_move_ends_after_a_few_searches_with_a_gap(cursor: int | None) -> None:
    def stuck(body: Mapping[str, Any]) -> PageFacts:
        moved = "cursor" not in body and cursor == 100
        return PageFacts(100 if moved else cursor, "7", has_more=True, rows=0)

    way = walk(VIDEOS, stuck, most=MAX_GENERATIONS * 2 + 1)
    assert certain(way.progress) == [GapReason.CURSOR_LOOP]
    assert {each.reason for each in way.progress.earlier} == {GapReason.CURSOR_LOOP}


COMMENT_ROWS = st.dictionaries(st.integers(1, 50), st.lists(st.integers(), max_size=14, unique=True), min_size=1)


@given(rows=COMMENT_ROWS, lost=st.lists(st.booleans(), max_size=30))
def test_a_sweep_covers_every_item_over_lost_searches(rows: dict[int, list[int]], lost: list[bool]) -> None:
    server = ListServer(rows)
    lost = lost if sum(lost) < MAX_RESTARTS else []
    items = [{"video_id": item} for item in rows]
    way = walk(COMMENTS, server.serve, items=items, lost=lost)
    assert server.served == {item: set(every) for item, every in rows.items()}
    assert way.progress.item == len(items)
    assert way.progress.gaps == []


@given(rows=COMMENT_ROWS, limit=st.integers(1, 12), lost=st.lists(st.booleans(), max_size=30))
def test_the_limit_of_a_sweep_holds_for_each_item_over_lost_searches(
    rows: dict[int, list[int]], limit: int, lost: list[bool]
) -> None:
    server = ListServer(rows)
    lost = lost if sum(lost) < MAX_RESTARTS else []
    spec = msgspec.structs.replace(COMMENTS, limit=limit)
    walk(spec, server.serve, items=[{"video_id": item} for item in rows], lost=lost)
    for item, every in rows.items():
        assert set(every[:limit]) <= server.served[item]
        assert len(server.served[item]) < limit + PAGE_SIZE


def test_a_gap_in_a_sweep_names_its_item_and_the_next_one_is_visited() -> None:
    items = [{"video_id": 11}, {"video_id": 22}]
    after = give_up_item(COMMENTS, Progress(cursor=200, item_rows=180), items, Gap(GapReason.PAGE_FAILS, "500"))
    assert msgspec.to_builtins(after.gaps) == [
        {"reason": "page_fails", "detail": "500", "item": "video_id=11", "cursor": 200}
    ]
    assert (after.item, after.item_rows, after.cursor, after.exhausted) == (1, 0, None, False)
    last = give_up_item(COMMENTS, after, items, Gap(GapReason.PAGE_FAILS))
    assert last.exhausted
    assert [gap.item for gap in last.gaps] == ["video_id=11", "video_id=22"]


def test_a_gap_of_a_user_stream_names_no_account() -> None:
    after = give_up_item(FOLLOWERS, Progress(cursor=5), [FOLLOWERS.params], Gap(GapReason.REFUSED, "no"))
    assert "someone" not in str(after.gaps)


# Groups of three adjacent seconds: fewer than the steps in a row after which a cursor counts as stuck.
SECONDS = st.integers(0, 29).map(lambda number: 1_700_000_000 + number // 3 * 10 + number % 3)


@given(moments=st.lists(SECONDS, max_size=80))
def test_time_cursors_reach_everything_or_say_where_something_may_be_missing(moments: list[int]) -> None:
    server = TimeServer(moments)
    way = walk(FOLLOWERS, server.serve)
    sent = [body["cursor"] for body in way.bodies[1:]]
    assert all(after < before for before, after in pairwise(sent))
    missing = {server.moments[row] for row in range(len(moments)) if row not in server.served}
    assert missing <= {gap.cursor for gap in way.progress.gaps}
    assert all(gap.possible and gap.reason is GapReason.SAME_MOMENT for gap in way.progress.gaps)
    crowded = {moment for moment, rows in Counter(moments).items() if rows >= PAGE_SIZE}
    assert missing <= crowded


def test_a_time_cursor_in_milliseconds_is_stepped_back_by_a_second() -> None:
    stuck = PageFacts(1_706_457_540_000, None, has_more=True, rows=100)
    first = advance(USER_FOLLOWERS, FOLLOWERS, Progress(), stuck, NO_ITEM)
    second = advance(USER_FOLLOWERS, FOLLOWERS, first, stuck, NO_ITEM)
    assert (first.cursor, second.cursor) == (1_706_457_540_000, 1_706_457_539_000)


@pytest.mark.parametrize("moment", [1_706_457_540, 1_706_457_540_000])
def test_a_server_that_ignores_its_time_cursor_is_left_after_some_steps(moment: int) -> None:
    way = walk(FOLLOWERS, lambda _: PageFacts(moment, None, has_more=True, rows=3), most=MOST_STEPS + 3)
    assert way.progress.gaps[-1].reason is GapReason.CURSOR_LOOP
    assert not way.progress.gaps[-1].possible
    assert len(way.bodies) == MOST_STEPS + 2


def test_a_time_cursor_that_is_missing_or_at_its_end_is_a_gap() -> None:
    without = walk(FOLLOWERS, lambda _: PageFacts(None, None, has_more=True, rows=3), most=2)
    assert [gap.reason for gap in without.progress.gaps] == [GapReason.CURSOR_MISSING]
    at_end = walk(FOLLOWERS, lambda _: PageFacts(0, None, has_more=True, rows=3), most=4)
    assert at_end.progress.gaps[-1].reason is GapReason.CURSOR_LOOP


def test_a_stream_without_an_end_stops_at_the_page_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paginator, "PAGE_CAP", 30)
    endless = walk(
        VIDEOS,
        lambda body: PageFacts(int(body.get("cursor", 0)) + 100, "7", has_more=True, rows=0),
        most=31,
    )
    assert len(endless.pages) == 30
    assert certain(endless.progress) == [GapReason.PAGE_CAP]
    assert [gap.reason for gap in endless.progress.gaps if gap.possible] == [GapReason.EMPTY_PAGE]


def test_a_page_clears_what_went_wrong_before_it() -> None:
    before = Progress(failures=5, rejections=3, visits=2)
    after = advance(VIDEO_QUERY, VIDEOS, before, PageFacts(100, "7", has_more=True, rows=1, ids=(9,)), NO_ITEM)
    assert (after.failures, after.rejections, after.visits) == (0, 0, 0)
    assert (before.failures, before.page, before.counts.pages) == (5, 1, 0)


def test_broken_rows_and_unknown_fields_are_counted() -> None:
    page = PageFacts(2, None, has_more=False, rows=2, ids=(9,), quarantined=1, unknown_fields={"new": 2})
    first = advance(VIDEO_QUERY, VIDEOS, Progress(), page, NO_ITEM)
    second = advance(VIDEO_QUERY, VIDEOS, first, page, NO_ITEM)
    assert second.counts.unknown_fields == {"new": 4}
    assert second.counts.quarantined == 2
    assert first.counts.unknown_fields == {"new": 2}


def test_what_is_asked_of_endpoints_without_a_cursor() -> None:
    assert next_body(ENDPOINTS["user_info"], FOLLOWERS, Progress(), [{"username": "a"}]) == {"username": "a"}
    assert next_body(USER_FOLLOWERS, FOLLOWERS, Progress(cursor=5), [{"username": "a"}]) == {
        "username": "a",
        "max_count": 100,
        "cursor": 5,
    }
    assert next_body(COMMENT_LIST, COMMENTS, Progress(item=1), [{"video_id": 1}, {"video_id": 2}]) == {
        "video_id": 2,
        "max_count": 100,
    }


def test_the_simulated_server_drops_after_slicing() -> None:
    first = Clip((seconds_of(WINDOW.start) << 32) + 1, WINDOW.start)
    server = VideoServer([first, replace(first, id=first.id + 1, dropped=True)])
    page = server.serve({"start_date": "20261001", "end_date": "20261031"})
    assert (page.cursor, page.ids) == (2, (first.id,))
