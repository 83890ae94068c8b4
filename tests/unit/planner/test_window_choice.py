from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.planner.window_choice import Span, choose_windows, pages, span_costs

DAYS = st.lists(st.integers(1, 70), min_size=1, max_size=9, unique=True).map(sorted)
VOLUMES = st.one_of(st.just(0.0), st.floats(0, 30), st.floats(30, 20_000))
EXTRAS = st.one_of(st.just(0.0), st.floats(0, 5))


def cuts(days: list[int]) -> Iterator[list[Span]]:
    """Every way to cut the days into runs."""
    if not days:
        yield []
    for count in range(1, len(days) + 1):
        for rest in cuts(days[count:]):
            yield [Span(days[0], days[count - 1]), *rest]


def length(span: Span) -> int:
    return span.last - span.first + 1


def cost(spans: list[Span], costs: tuple[int, ...]) -> int:
    return sum(costs[length(span) - 1] for span in spans)


@given(days=DAYS, volume=VOLUMES, extra=EXTRAS, closed=st.sets(st.integers(1, 70), max_size=4))
def test_no_choice_of_windows_costs_less(days: list[int], volume: float, extra: float, closed: set[int]) -> None:
    closed -= set(days)
    costs = span_costs(volume, extra)
    chosen = choose_windows(days, costs, closed)
    possible = [
        spans
        for spans in cuts(days)
        if all(length(span) <= len(costs) and not any(span.first < day < span.last for day in closed) for span in spans)
    ]
    assert sorted(chosen) in possible
    assert cost(chosen, costs) == min(cost(spans, costs) for spans in possible)
    cheapest = [spans for spans in possible if cost(spans, costs) == cost(chosen, costs)]
    assert len(chosen) == min(len(spans) for spans in cheapest)


@given(days=DAYS, volume=VOLUMES)
def test_windows_are_newest_first_and_cover_each_day_once(days: list[int], volume: float) -> None:
    chosen = choose_windows(days, span_costs(volume, 0))
    assert all(newer.first > older.last for newer, older in pairwise(chosen))
    assert [day for span in reversed(chosen) for day in days if span.first <= day <= span.last] == days


@given(start=st.integers(1, 1_000), count=st.integers(1, 400))
def test_a_long_time_with_little_in_it_is_cut_evenly(start: int, count: int) -> None:
    lengths = [length(span) for span in choose_windows(range(start, start + count), span_costs(0.1, 0))]
    assert len(lengths) == -(-count // 31)
    assert max(lengths) - min(lengths) <= 1


@given(volume=st.floats(0, 10_000), days=st.integers(1, 60))
def test_no_window_is_expected_to_hold_more_than_10000_candidates(volume: float, days: int) -> None:
    for span in choose_windows(range(1, days + 1), span_costs(volume, 0)):
        assert length(span) * volume <= 10_000.001


def test_more_than_10000_candidates_in_one_day_are_one_window() -> None:
    assert choose_windows([5, 6], span_costs(12_000, 0)) == [Span(6, 6), Span(5, 5)]


def test_the_second_and_the_tenth_day_of_few_accounts_are_one_window() -> None:
    assert choose_windows([92, 100], span_costs(5, 0)) == [Span(92, 100)]


def test_days_between_are_not_paid_for_where_that_costs_more() -> None:
    assert choose_windows([92, 100], span_costs(60, 0)) == [Span(100, 100), Span(92, 92)]


def test_days_between_are_not_asked_for_with_comments() -> None:
    assert choose_windows([92, 100], span_costs(5, 5)) == [Span(100, 100), Span(92, 92)]


def test_an_average_that_is_off_by_a_rounding_error_makes_no_page() -> None:
    assert pages(sum([0.1] * 3_000)) == 3
