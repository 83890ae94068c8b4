from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.study.windows import MAX_WINDOW_DAYS, Window, balanced_windows

DAYS = st.dates(date(2016, 9, 20), date(2030, 12, 31))
LENGTHS = st.integers(1, 4_000)


def days_of(window: Window) -> list[date]:
    return [window.start + timedelta(days=number) for number in range(window.days)]


@given(start=DAYS, length=LENGTHS, most=st.integers(1, MAX_WINDOW_DAYS))
def test_windows_cover_the_period_exactly_and_newest_first(start: date, length: int, most: int) -> None:
    end = start + timedelta(days=length - 1)
    windows = list(balanced_windows(start, end, most))
    covered = [day for window in reversed(windows) for day in days_of(window)]
    assert covered == days_of(Window(start, end))
    assert all(newer.start - older.end == timedelta(days=1) for newer, older in pairwise(windows))


@given(start=DAYS, length=LENGTHS, most=st.integers(1, MAX_WINDOW_DAYS))
def test_windows_are_the_fewest_and_balanced_within_a_day(start: date, length: int, most: int) -> None:
    lengths = [window.days for window in balanced_windows(start, start + timedelta(days=length - 1), most)]
    assert max(lengths) <= most
    assert max(lengths) - min(lengths) <= 1
    assert (len(lengths) - 1) * most < length


def test_ninety_days_are_three_windows_of_thirty() -> None:
    assert [window.days for window in balanced_windows(date(2026, 8, 20), date(2026, 11, 17))] == [30, 30, 30]


def test_thirty_one_days_are_one_window_and_thirty_two_are_two() -> None:
    assert list(balanced_windows(date(2026, 10, 1), date(2026, 10, 31))) == [
        Window(date(2026, 10, 1), date(2026, 10, 31))
    ]
    assert [window.days for window in balanced_windows(date(2026, 10, 1), date(2026, 11, 1))] == [16, 16]


@given(start=DAYS, length=st.integers(2, MAX_WINDOW_DAYS))
def test_halves_are_the_window_newer_half_first(start: date, length: int) -> None:
    window = Window(start, start + timedelta(days=length - 1))
    newer, older = window.halves()
    assert days_of(older) + days_of(newer) == days_of(window)
    assert 0 <= newer.days - older.days <= 1


@given(start=DAYS, length=st.integers(1, MAX_WINDOW_DAYS))
def test_halving_ends_at_single_days(start: date, length: int) -> None:
    left, days = [Window(start, start + timedelta(days=length - 1))], []
    while left:
        window = left.pop()
        if window.days == 1:
            days.append(window.start)
        else:
            left.extend(window.halves())
    assert days == days_of(Window(start, start + timedelta(days=length - 1)))


def test_a_single_day_cannot_be_halved() -> None:
    with pytest.raises(ValueError, match="2026-11-01 is one day long and cannot be split"):
        Window(date(2026, 11, 1), date(2026, 11, 1)).halves()


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on 2026-10-31, before it starts on 2026-11-01"):
        list(balanced_windows(date(2026, 11, 1), date(2026, 10, 31)))


@pytest.mark.parametrize("most", [-1, 0, 32])
def test_windows_that_the_api_does_not_take_are_refused(most: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 31 days, not {most}"):
        list(balanced_windows(date(2026, 10, 1), date(2026, 10, 31), most))
