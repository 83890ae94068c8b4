"""Which day's trend lists a day of videos is searched with."""

from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.studies.picked_days import (
    NOTHING,
    DayPick,
    candidates,
    first_candidates,
    in_words,
    notes,
    pick_name,
    searched_days,
)
from tiktok_collector.study.collections import Schedule, Search
from tiktok_collector.study.trends import TrendPick
from tiktok_collector.trend_lists.picking import Picked

FIRST = date(2026, 11, 10)
PICK = TrendPick(countries=("US",), days_before=3)
NEW_ONLY = msgspec.structs.replace(PICK, new_only=True)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def search(first: int = -10, last: int | None = None, pick: TrendPick = PICK) -> Search:
    schedule = Schedule(first=on(first), last=None if last is None else on(last))
    return Search(name="hot", schedule=schedule, query={}, trends=pick)


def numbers(days: list[date]) -> list[int]:
    return [(day - FIRST).days for day in days]


def test_days_are_searched_from_some_days_before_the_first_list_until_yesterday() -> None:
    assert numbers(searched_days(search(), FIRST, on(2))) == [-3, -2, -1, 0, 1]
    assert numbers(searched_days(search(), FIRST, FIRST)) == [-3, -2, -1]
    assert numbers(searched_days(search(first=-1), FIRST, on(2))) == [-1, 0, 1]
    assert numbers(searched_days(search(first=1, last=1), FIRST, on(9))) == [1]
    assert searched_days(search(first=5), FIRST, on(2)) == []


def test_a_day_takes_the_newest_list_of_it_or_of_the_three_days_before() -> None:
    lists = [on(0), on(1), on(7)]
    found = {number: numbers(list(candidates(on(number), lists, FIRST, PICK))) for number in range(-2, 9)}
    assert found == {
        -2: [0],
        -1: [0],
        0: [0],
        1: [1, 0],
        2: [1, 0],
        3: [1, 0],
        4: [1],
        5: [],
        6: [],
        7: [7],
        8: [7],
    }


def test_what_is_new_is_new_on_that_day_alone() -> None:
    lists = [on(0), on(1)]
    found = {number: numbers(list(candidates(on(number), lists, FIRST, NEW_ONLY))) for number in range(-1, 3)}
    assert found == {-1: [0], 0: [0], 1: [1], 2: []}


@given(st.sets(st.integers(0, 60)), st.integers(-5, 65))
def test_no_day_takes_a_later_list_unless_it_is_before_the_first(stored: set[int], number: int) -> None:
    lists = [on(each) for each in sorted(stored)]
    for each in candidates(on(number), lists, FIRST, PICK):
        assert number < 0 or 0 <= number - (each - FIRST).days <= 3


def test_lists_that_are_older_than_the_search_do_not_matter() -> None:
    lists = [on(number) for number in (-9, -4, 2, 3)]
    assert numbers(list(first_candidates(lists, Schedule(on(0))))) == [-4, 2, 3]
    assert numbers(list(first_candidates(lists, Schedule(on(2))))) == [2, 3]
    assert numbers(list(first_candidates(lists, Schedule(on(-20))))) == [-9, -4, 2, 3]
    assert list(first_candidates([], Schedule(on(0)))) == []


def test_another_way_of_picking_has_another_name_but_more_days_do_not() -> None:
    more_days = msgspec.structs.replace(PICK, days_before=30)
    assert pick_name(PICK) == pick_name(more_days)
    others = [
        TrendPick(countries=("US",), top=3),
        TrendPick(countries=("US", "GB")),
        TrendPick(countries=("US",), new_only=True),
        TrendPick(countries=("US",), period=30),
        TrendPick(countries=("US",), at_most=3),
    ]
    changed = {pick_name(each) for each in others}
    assert len(changed | {pick_name(PICK)}) == 6


def day_pick(number: int, lists_of: int | None, picked: Picked = NOTHING) -> DayPick:
    lists = None if lists_of is None else on(lists_of)
    return DayPick(search="hot", day=on(number), wanted=PICK, lists_of=lists, picked=picked)


def test_nothing_is_silent() -> None:
    some = Picked(hashtags=("a", "b"), from_lists={}, left_out=4, notes=("The trending hashtag 'c d' is odd.",))
    new = [day_pick(-3, 0, some), day_pick(-2, 0, some), day_pick(2, 2)]
    picks = [*new, day_pick(3, None), day_pick(4, None), day_pick(6, None)]
    assert list(notes(search(), picks, new, FIRST)) == [
        "The search 'hot' begins with 2026-11-07, since its first trend list is of 2026-11-10.",
        (
            "The search 'hot' has no trend list of 2026-11-13 to 2026-11-14 and 2026-11-16: what was posted then is "
            "not searched."
        ),
        "The search 'hot' leaves 4 hashtags of the trend lists of 2026-11-10 out: at_most is 2.",
        "The search 'hot': The trending hashtag 'c d' is odd.",
        ("The search 'hot' takes no hashtag of the trend lists of 2026-11-12, since there is none that it is to take."),
    ]
    assert list(notes(search(first=-2), [day_pick(0, 0, some)], [], FIRST)) == []


def test_days_in_words() -> None:
    assert in_words([on(0)]) == "2026-11-10"
    assert in_words([on(0), on(2), on(3), on(5)]) == "2026-11-10, 2026-11-12 to 2026-11-13 and 2026-11-15"
