"""Pure: what a family's day will have used at midnight."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Final

import msgspec

from tiktok_collector.accounting.tally import FamilyTally
from tiktok_collector.quota.families import Family

# Thirds of a request do not come to a whole one exactly.
_EXACT: Final = 6


class OpenTasks(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks that are due before midnight, by run; `complete` is False where not all of them could be counted."""

    by_run: Mapping[str, int] = {}
    complete: bool = True


class PlannedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What the study's plan of the day asks of a family: its estimate in requests, and the runs that work it."""

    requests: float = 0
    runs: tuple[str, ...] = ()


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """One family's day to its end, in requests; what is asked for until then is not known.

    `open_tasks` are due before midnight and cost at least one request each. `planned_left` is what the study's plan was
    expected to cost beyond its settled requests and its open tasks. `at_midnight` is what will have been used, and
    `over` what does not fit and stays parked. `complete` is False where there are more open tasks than were counted.
    """

    family: Family
    limit: int
    used: int
    open_tasks: int
    planned_left: int
    at_midnight: int
    over: int
    complete: bool


def forecast(tally: FamilyTally, tasks: OpenTasks, planned: PlannedDay, midnight: datetime) -> Forecast:
    """The forecast of a family from its day so far, its open tasks, and the day's plan."""
    open_tasks = sum(tasks.by_run.values())
    planned_left = _left(tally, tasks, planned)
    wanted = tally.used + open_tasks + planned_left
    # A day that the server has closed until the next one grants nothing any more.
    closed = tally.closed_until is not None and tally.closed_until >= midnight
    at_midnight = tally.used if closed else max(tally.used, min(tally.limit, wanted))
    return Forecast(
        family=tally.family,
        limit=tally.limit,
        used=tally.used,
        open_tasks=open_tasks,
        planned_left=planned_left,
        at_midnight=at_midnight,
        over=wanted - at_midnight,
        complete=tasks.complete,
    )


def _left(tally: FamilyTally, tasks: OpenTasks, planned: PlannedDay) -> int:
    settled = sum(tally.by_run[run].requests for run in planned.runs if run in tally.by_run)
    still_open = sum(tasks.by_run.get(run, 0) for run in planned.runs)
    return ceil(round(max(0.0, planned.requests - settled - still_open), _EXACT))
