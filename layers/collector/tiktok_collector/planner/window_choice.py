"""Which windows ask for some days at the fewest requests.

A request brings up to 100 rows and costs the same if it brings none, so days that lie apart are often asked for in one
wider window together with the days between.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from tiktok_collector.study.windows import MAX_WINDOW_DAYS

PAGE_ROWS: Final = 100
MOST_CANDIDATES: Final = 10_000
"""No window is expected to hold more: a search that is lost on its last page costs the less."""
_MILLI: Final = 1_000
_WINDOW: Final = 10**7
_REQUEST: Final = 10**12


class Span(NamedTuple):
    """A window as two `day_number`s, both included."""

    first: int
    last: int


def pages(candidates: float) -> int:
    """Requests for so many candidates; the first page must be asked for even if there is nothing."""
    # What is added up from averages is off by some 1e-12, which must not make a page.
    return max(1, ceil(candidates / PAGE_ROWS - 1e-6))


def span_costs(candidates_a_day: float, extra_a_day: float) -> tuple[int, ...]:
    """What windows of 1, 2, … days cost in thousandths of a request, up to the longest that is wanted.

    Args:
        candidates_a_day: How many candidates are expected.
        extra_a_day: Requests that follow from the videos of a day, such as those for comments.
    """
    return tuple(
        _MILLI * pages(days * candidates_a_day) + round(_MILLI * days * extra_a_day)
        for days in range(1, MAX_WINDOW_DAYS + 1)
        if days == 1 or days * candidates_a_day <= MOST_CANDIDATES + 1e-6
    )


def choose_windows(days: Sequence[int], costs: tuple[int, ...], closed: Iterable[int] = ()) -> list[Span]:
    """The windows over `days` that cost the least; of equally dear choices the fewest, and those as even as possible.

    Args:
        days: What must be covered, ascending.
        costs: Of windows by length, as `span_costs` says.
        closed: Days that no window may span.

    Returns:
        The windows, newest first; they begin and end with one of `days`.
    """
    blocked = sorted(closed)
    parts: list[list[int]] = [[]]
    for day in days:
        while blocked and blocked[0] < day:
            if parts[-1]:
                parts.append([])
            blocked.pop(0)
        parts[-1].append(day)
    spans = []
    for part in parts:
        if part:
            gaps = tuple(later - earlier for earlier, later in pairwise(part))
            spans += [Span(part[first], part[last]) for first, last in _chosen(gaps, costs)]
    return spans[::-1]


@lru_cache(maxsize=4_096)
def _chosen(gaps: tuple[int, ...], costs: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Positions of the first and last day of each window, oldest first: the cheapest way to cut the days.

    Windows that overlap are never cheaper, since a longer one never costs less; so the days are cut into runs.
    """
    days = [0]
    for gap in gaps:
        days.append(days[-1] + gap)
    weights = [cost * _REQUEST + _WINDOW + length * length for length, cost in enumerate(costs, 1)]
    best, cut = [0], []
    longest = len(costs)
    for end, day in enumerate(days):
        cheapest, first = best[end] + weights[0], end
        for start in range(end - 1, -1, -1):
            length = day - days[start]
            if length >= longest:
                break
            weight = best[start] + weights[length]
            if weight < cheapest:
                cheapest, first = weight, start
        best.append(cheapest)
        cut.append(first)
    chosen, end = [], len(days) - 1
    while end >= 0:
        chosen.append((cut[end], end))
        end = cut[end] - 1
    return tuple(reversed(chosen))
