"""What a page, a window and a search may cost is bounded, whatever the weather."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.collection.support import COMMENTS, DAY, FOLLOWERS, VIDEOS, WINDOW, seconds_of
from tiktok_collector.collection.paginator import (
    MAX_GENERATIONS,
    PageFacts,
    advance,
    begin_generation,
    give_up_item,
    remaining_window,
)
from tiktok_collector.collection.recovery import (
    BLIND_BUDGET,
    FAILURE_BUDGET,
    FAILURE_BUDGET_SPLIT,
    MOST_OUTAGES,
    REJECTION_BUDGET,
    Decision,
    Move,
    after_failure,
    after_rejection,
    during_outage,
    park_time,
)
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import HEAVY_BUDGET, Gap, GapReason, Progress, TaskSpec

COMMENT_LIST, VIDEO_QUERY = ENDPOINTS["comment_list"], ENDPOINTS["video_query"]
HEALTH = st.lists(st.booleans(), max_size=400)


def fail_until_decided(spec: TaskSpec, progress: Progress, health: Iterator[bool]) -> tuple[int, Decision]:
    """How many failures in a row it takes until the page is given up or split."""
    for number in range(1, 1_000):
        progress.failures += 1
        if spec.window:
            progress.heavy_budget -= 1
        decision = after_failure(spec, progress, known=next(health, True))
        if decision.move not in {Move.AGAIN, Move.PARK}:
            return number, decision
        progress.visits += decision.move is Move.PARK
    raise AssertionError("the page is tried for ever")


@given(health=HEALTH)
def test_a_page_costs_at_most_its_budget(health: list[bool]) -> None:
    for spec in (FOLLOWERS, COMMENTS):
        cost, decision = fail_until_decided(spec, Progress(), iter(health))
        assert (decision.move, decision.reason) == (Move.GAP, GapReason.PAGE_FAILS)
        assert FAILURE_BUDGET <= cost <= BLIND_BUDGET


def test_while_the_api_answers_others_a_page_costs_less_than_where_that_is_not_known() -> None:
    assert fail_until_decided(FOLLOWERS, Progress(), iter([True] * 99))[0] == FAILURE_BUDGET
    assert fail_until_decided(FOLLOWERS, Progress(), iter([False] * 99))[0] == BLIND_BUDGET


def test_a_day_that_failed_on_an_earlier_day_is_given_up_sooner() -> None:
    one_day = msgspec.structs.replace(VIDEOS, window=Window(DAY, DAY))
    for failed_before, budget in ((False, FAILURE_BUDGET), (True, FAILURE_BUDGET_SPLIT)):
        spec = msgspec.structs.replace(one_day, failed_before=failed_before)
        cost, decision = fail_until_decided(spec, Progress(), iter(()))
        assert (cost, decision.reason) == (budget, GapReason.DAY_FAILS)


def cost_of_window(spec: TaskSpec, window: Window, budget: int, health: Iterator[bool]) -> tuple[int, int, list[Gap]]:
    """The failures of a window that never answers, halves included; what is left of the budget; the gaps."""
    progress = Progress(heavy_budget=budget)
    own = msgspec.structs.replace(spec, window=window)
    cost, decision = fail_until_decided(own, progress, health)
    if decision.move is Move.GAP:
        return cost, progress.heavy_budget, [Gap(decision.reason, window=window)]
    assert decision.move is Move.SPLIT
    deeper = msgspec.structs.replace(own, depth=own.depth + 1)
    gaps, left = [], progress.heavy_budget
    for half in window.halves():
        half_cost, left, half_gaps = cost_of_window(deeper, half, left, health)
        cost += half_cost
        gaps += half_gaps
    return cost, left, gaps


@given(days=st.integers(1, 31), health=HEALTH)
def test_a_window_and_all_its_halves_cost_a_bounded_number_of_requests(days: int, health: list[bool]) -> None:
    window = Window(WINDOW.start, WINDOW.start + timedelta(days=days - 1))
    cost, _, gaps = cost_of_window(VIDEOS, window, HEAVY_BUDGET, iter(health))
    assert cost <= HEAVY_BUDGET + 4 * BLIND_BUDGET
    missing = sorted((gap.window.start, gap.window.end) for gap in gaps if gap.window)
    assert [missing[0][0], missing[-1][1]] == [window.start, window.end]
    assert sum((end - start).days + 1 for start, end in missing) == days


def test_where_the_api_answers_others_a_dead_window_costs_little_more_than_its_budget() -> None:
    cost, _, gaps = cost_of_window(VIDEOS, WINDOW, HEAVY_BUDGET, iter([]))
    assert HEAVY_BUDGET <= cost <= HEAVY_BUDGET + 6
    assert {gap.reason for gap in gaps} == {GapReason.DAY_FAILS, GapReason.WINDOW_FAILS}


def test_one_bad_day_is_found_and_the_others_are_kept() -> None:
    bad, lost, cost = date(2026, 10, 17), [], 0
    left = [(WINDOW, 0, HEAVY_BUDGET)]
    budget = HEAVY_BUDGET
    while left:
        window, depth, _ = left.pop()
        if not window.start <= bad <= window.end:
            continue
        spec = msgspec.structs.replace(VIDEOS, window=window, depth=depth)
        progress = Progress(heavy_budget=budget)
        failures, decision = fail_until_decided(spec, progress, iter([]))
        cost, budget = cost + failures, progress.heavy_budget
        if decision.move is Move.SPLIT:
            left += [(half, depth + 1, budget) for half in window.halves()]
        else:
            lost.append(window)
    assert lost == [Window(bad, bad)]
    assert cost <= HEAVY_BUDGET // 2


@given(day=st.dates(date(2026, 9, 27), date(2026, 10, 31)), failures=st.integers(1, 30), healthy=st.booleans())
def test_what_is_split_can_be_split(day: date, failures: int, healthy: bool) -> None:
    progress = Progress(failures=failures, last_id=(seconds_of(day) << 32) + 1, page=9)
    if after_failure(VIDEOS, progress, known=healthy).move is Move.SPLIT:
        newer, older = remaining_window(WINDOW, progress.last_id).halves()
        assert older.start == WINDOW.start
        assert newer.end <= min(WINDOW.end, day + timedelta(days=3))


def test_rejected_cursors_are_repeated_then_searched_anew() -> None:
    moves = []
    progress = Progress(cursor=100, search_id="7")
    for _ in range(REJECTION_BUDGET):
        progress.rejections += 1
        moves.append(after_rejection(VIDEO_QUERY, progress))
    assert [decision.move for decision in moves[:3]] == [Move.AGAIN, Move.AGAIN, Move.PARK]
    assert moves[0].after == timedelta(seconds=5)
    assert [decision.move for decision in moves[3:-1]].count(Move.GENERATION) == 0
    assert (moves[-1].move, moves[-1].reason) == (Move.GENERATION, GapReason.SEARCH_LOST)


def test_comments_beyond_what_the_api_serves_are_a_gap_after_a_second_try() -> None:
    progress = Progress(cursor=1_000, rejections=1)
    assert after_rejection(COMMENT_LIST, progress).move is Move.AGAIN
    progress.rejections = 2
    decision = after_rejection(COMMENT_LIST, progress)
    assert (decision.move, decision.reason) == (Move.GAP, GapReason.COMMENTS_CAPPED)
    assert after_rejection(VIDEO_QUERY, progress).move is Move.AGAIN
    assert after_rejection(COMMENT_LIST, Progress(cursor=900, rejections=2)).move is Move.AGAIN


def test_tasks_rest_longer_each_time_and_never_more_than_an_hour() -> None:
    rests = [park_time(visits) for visits in range(60)]
    assert rests[:7] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60)]
    assert set(rests[7:]) == {timedelta(hours=1)}


def test_in_an_outage_a_task_rests_for_days_before_it_is_given_up() -> None:
    progress, rested = Progress(), timedelta()
    for _ in range(MOST_OUTAGES):
        decision = during_outage(progress)
        assert decision.move is Move.PARK
        rested += decision.after
        progress.visits += 1
    assert rested > timedelta(days=4)
    assert during_outage(progress) == Decision(Move.GAP, reason=GapReason.API_DOWN)


class Weather:
    """Answers pages, failures and rejections as told, then pages only."""

    def __init__(self, answers: list[str], pages: int) -> None:
        self._answers = iter(answers)
        self.pages = pages

    def next(self) -> str:
        return next(self._answers, "page")


@given(
    answers=st.lists(st.sampled_from(["fail", "outage", "reject", "reject", "page"]), max_size=600),
    pages=st.integers(1, 5),
    items=st.integers(1, 3),
)
def test_any_weather_ends_within_the_budget(answers: list[str], pages: int, items: int) -> None:
    weather, things = Weather(answers, pages), [{"video_id": number} for number in range(items)]
    progress, requests, got = Progress(), 0, 0
    while not progress.exhausted:
        requests += 1
        answer = weather.next()
        if answer == "page":
            position = (progress.cursor or 0) // 100 + 1
            page = PageFacts(position * 100, None, has_more=position < pages, rows=1)
            progress = advance(COMMENT_LIST, COMMENTS, progress, page, things)
            got += 1
            continue
        if answer == "reject":
            progress.rejections += 1
            decision = after_rejection(COMMENT_LIST, progress)
        else:
            progress.failures += 1
            decision = after_failure(COMMENTS, progress, known=answer == "fail")
        if decision.move is Move.GENERATION:
            progress = begin_generation(COMMENTS, progress, things, decision.reason)
        elif decision.move is Move.GAP:
            progress = give_up_item(COMMENTS, progress, things, Gap(decision.reason))
            progress.failures = progress.rejections = progress.visits = 0
    per_page = BLIND_BUDGET + REJECTION_BUDGET
    assert requests - got <= per_page * (pages * MAX_GENERATIONS + pages * items)
    assert progress.item == items
    assert got >= pages * (items - len(progress.gaps))


@pytest.mark.parametrize("depth", [0, 1])
def test_a_single_day_is_not_split(depth: int) -> None:
    spec = msgspec.structs.replace(VIDEOS, window=Window(DAY, DAY), depth=depth)
    cost, decision = fail_until_decided(spec, Progress(), iter([True] * 99))
    assert (decision.move, decision.reason) == (Move.GAP, GapReason.DAY_FAILS)
    assert cost <= FAILURE_BUDGET


def test_a_day_that_was_just_given_up_for_another_search_is_isolated_at_once_and_given_up_soon() -> None:
    window = after_failure(VIDEOS, Progress(failures=1), known=True, failing_day=True)
    assert window.move is Move.SPLIT
    day = msgspec.structs.replace(VIDEOS, window=Window(DAY, DAY))
    first, second = (after_failure(day, Progress(failures=n), known=True, failing_day=True) for n in (1, 2))
    assert (first.move, second.move, second.reason) == (Move.AGAIN, Move.GAP, GapReason.DAY_FAILS)
