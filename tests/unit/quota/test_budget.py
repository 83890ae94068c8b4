"""Shares and the turn of the day: pure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.quota.budget import Budget, budgets, is_carried, next_midnight, shares_open_at
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.turn_of_day import day_opens_at, quiet_until
from tiktok_collector.settings import LedgerSettings

moments = st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda after: datetime(2026, 1, 1, tzinfo=UTC) + after)
half_widths = st.integers(0, 3_600).map(lambda seconds: timedelta(seconds=seconds))


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limit", "percent", "now", "share"),
    [
        (1_000, 10, at(0), 900),
        (1_000, 10, at(19, 59, 59), 900),
        (1_000, 10, at(20), 1_000),
        (1_000, 0, at(0), 1_000),
        (1_000, 100, at(0), 0),
        (7, 10, at(12), 6),
    ],
)
def test_scheduled_work_leaves_the_reserve_until_20_utc(limit: int, percent: int, now: datetime, share: int) -> None:
    assert Budget(limit, percent).share(WorkClass.SCHEDULED, now) == share


@pytest.mark.parametrize(
    ("work_class", "started_on", "carried"),
    [
        (WorkClass.SCHEDULED, at(0).date() - timedelta(days=1), True),
        (WorkClass.SCHEDULED, at(0).date(), False),
        (WorkClass.ADHOC, at(0).date() - timedelta(days=9), False),
    ],
)
def test_only_scheduled_runs_of_earlier_days_are_carried_over(
    work_class: WorkClass, started_on: date, carried: bool
) -> None:
    assert is_carried(work_class, started_on, at(0).date()) is carried


@given(st.integers(1, 10**6), st.integers(0, 100), moments)
def test_adhoc_work_may_use_all_at_any_time(limit: int, percent: int, now: datetime) -> None:
    assert Budget(limit, percent).share(WorkClass.ADHOC, now) == limit
    assert 0 <= Budget(limit, percent).share(WorkClass.SCHEDULED, now) <= limit


def test_the_limits_are_the_stacks_parameters() -> None:
    settings = LedgerSettings(
        usage_log_table="t", research_daily_limit=5, followers_daily_limit=6, adhoc_reserve_percent=7
    )
    assert budgets(settings) == {Family.RESEARCH: Budget(5, 7), Family.FOLLOWERS: Budget(6, 7)}


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (at(0), at(0, 2)),
        (at(0, 1, 59), at(0, 2)),
        (at(0, 2), None),
        (at(12), None),
        (at(23, 57, 59), None),
        (at(23, 58), at(0, 2) + timedelta(days=1)),
    ],
)
def test_the_quiet_period_is_two_minutes_to_each_side_of_midnight(moment: datetime, until: datetime | None) -> None:
    assert quiet_until(moment, timedelta(minutes=2)) == until


@given(moments, half_widths)
def test_the_end_of_the_quiet_period_is_never_quiet_and_never_far(moment: datetime, half_width: timedelta) -> None:
    until = quiet_until(moment, half_width)
    if until is not None:
        assert moment < until <= moment + 2 * half_width
        assert quiet_until(until, half_width) is None
    assert quiet_until(day_opens_at(moment, half_width), half_width) is None


@given(moments)
def test_the_days_landmarks_are_in_utc_and_in_order(moment: datetime) -> None:
    midnight = next_midnight(moment)
    assert timedelta(0) < midnight - moment <= timedelta(days=1)
    assert shares_open_at(moment) == midnight - timedelta(hours=4)
