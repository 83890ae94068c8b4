"""What a day will have used at midnight."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.accounting.forecast import Forecast, OpenTasks, PlannedDay, forecast
from tiktok_collector.accounting.tally import FamilyTally, tally_family
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family, WorkClass

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
PLANNED = ("study-20261120-accounts", "study-20261120-searches")


def entry(run_id: str) -> UsageEntry:
    return UsageEntry(
        request_id="q",
        day="2026-11-20",
        family=Family.RESEARCH,
        work_class=WorkClass.SCHEDULED,
        run_id=run_id,
        task_id="t",
        endpoint="video_query",
        sent_at=MIDNIGHT - timedelta(hours=9),
        outcome="ok",
        records=1,
    )


def day(used: int, limit: int, sent: dict[str, int] | None = None, closed_until: datetime | None = None) -> FamilyTally:
    by_class = {WorkClass.ADHOC: 0, WorkClass.SCHEDULED: used}
    entries = [entry(run) for run, number in (sent or {}).items() for _ in range(number)]
    return tally_family(
        DayUsage("2026-11-20", Family.RESEARCH, limit, used, by_class, closed_until=closed_until), entries
    )


def numbers(found: Forecast) -> tuple[int, ...]:
    return found.used, found.open_tasks, found.planned_left, found.at_midnight, found.over


@pytest.mark.parametrize(
    ("tally", "tasks", "planned", "expected"),
    [
        (day(0, 100), {}, 0, (0, 0, 0, 0, 0)),
        (day(40, 100), {"mine": 5, "r2": 6}, 0, (40, 11, 0, 51, 0)),
        # Of 60 planned requests 20 are settled and 10 are open tasks: 30 more are expected.
        (day(20, 100, {PLANNED[0]: 15, PLANNED[1]: 5}), {PLANNED[0]: 10}, 60, (20, 10, 30, 60, 0)),
        # Other runs' requests are not the plan's.
        (day(20, 100, {"mine": 20}), {"mine": 10}, 60, (20, 10, 60, 90, 0)),
        # The plan cost more than was expected.
        (day(70, 100, {PLANNED[0]: 70}), {}, 60, (70, 0, 0, 70, 0)),
        # A third of a request is one.
        (day(0, 100), {}, 10 / 3, (0, 0, 4, 4, 0)),
        (day(1, 100, {PLANNED[0]: 1}), {}, 1 / 3 + 1 / 3 + 1 / 3, (1, 0, 0, 1, 0)),
        # More than fits.
        (day(90, 100), {"mine": 25}, 8, (90, 25, 8, 100, 23)),
        # The limit was lowered during the day.
        (day(90, 50), {"mine": 5}, 0, (90, 5, 0, 90, 5)),
        # The server has closed the day until the next one, or for a while.
        (day(60, 100, closed_until=MIDNIGHT + timedelta(minutes=2)), {"mine": 5}, 3, (60, 5, 3, 60, 8)),
        (day(60, 100, closed_until=MIDNIGHT - timedelta(hours=2)), {"mine": 5}, 3, (60, 5, 3, 68, 0)),
    ],
)
def test_the_numbers(tally: FamilyTally, tasks: dict[str, int], planned: float, expected: tuple[int, ...]) -> None:
    found = forecast(tally, OpenTasks(by_run=tasks), PlannedDay(requests=planned, runs=PLANNED), MIDNIGHT)
    assert numbers(found) == expected
    assert found.complete


@given(
    used=st.integers(0, 200),
    limit=st.integers(1, 150),
    tasks=st.dictionaries(st.sampled_from([*PLANNED, "mine", "r2"]), st.integers(1, 90)),
    sent=st.dictionaries(st.sampled_from([*PLANNED, "mine"]), st.integers(1, 40)),
    planned=st.floats(0, 300),
    closed=st.booleans(),
)
def test_what_is_wanted_either_fits_or_is_over(
    used: int, limit: int, tasks: dict[str, int], sent: dict[str, int], planned: float, *, closed: bool
) -> None:
    tally = day(used, limit, sent, MIDNIGHT if closed else None)
    found = forecast(tally, OpenTasks(by_run=tasks), PlannedDay(requests=planned, runs=PLANNED), MIDNIGHT)
    assert found.at_midnight + found.over == found.used + found.open_tasks + found.planned_left
    assert found.planned_left >= 0
    assert found.over >= 0
    assert found.used <= found.at_midnight <= max(found.used, limit)


def test_what_was_not_counted_is_said() -> None:
    found = forecast(day(1, 10), OpenTasks(by_run={"r": 2}, complete=False), PlannedDay(), MIDNIGHT)
    assert not found.complete
