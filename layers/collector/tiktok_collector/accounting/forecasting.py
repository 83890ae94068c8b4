"""What a forecast needs to know of the day's work: open tasks from the index, and the study's plan."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from tiktok_collector.accounting.forecast import Forecast, OpenTasks, PlannedDay, forecast
from tiktok_collector.accounting.tally import FamilyTally
from tiktok_collector.clock import iso
from tiktok_collector.collection.study_runs import run_id_of
from tiktok_collector.errors import Fatal, concerns_everything
from tiktok_collector.events.study import Part
from tiktok_collector.lake.gzipped import gunzipped
from tiktok_collector.lake.keys import day_plan_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.quota.budget import next_midnight
from tiktok_collector.quota.families import RESEARCH_API, Family
from tiktok_collector.study.day_plan import DAY_PLAN_VERSION, Cost, Estimate
from tiktok_collector.tasks.run import RunRef, RunState
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import quota_label
from tiktok_collector.versions import decoded

MOST_TASKS: Final = 20_000
"""Index rows read for one family: as many as the larger quota has requests a day."""


class _PlanCosts(msgspec.Struct):
    """The part of a `DayPlan` that is needed here; its works may be many."""

    estimate: Estimate = Estimate()
    version: int = DAY_PLAN_VERSION


_PLAN_COSTS: Final = msgspec.json.Decoder(_PlanCosts)


class Forecasting:
    """Forecasts the families of the Research API; polls of trends have no tasks, and end at a limit of their own."""

    def __init__(self, runs: RunStore, tasks: TaskStore, objects: ObjectStore, *, most_tasks: int = MOST_TASKS) -> None:
        self._runs = runs
        self._tasks = tasks
        self._objects = objects
        self._most_tasks = most_tasks

    def of(self, tallies: Iterable[FamilyTally], now: datetime) -> tuple[list[Forecast], list[str]]:
        """The forecasts of those of `tallies` that are of the Research API, as of `now`, and what is wrong with them.

        A plan that cannot be read is left out, and a sentence says so.

        Raises:
            Retriable: AWS is busy or unreachable.
            MissingResource: the table or the bucket is absent or may not be used.
        """
        midnight = next_midnight(now)
        open_runs = list(self._runs.open())
        problems: list[str] = []
        planned = self._planned(now.date(), problems)
        forecasts = [
            forecast(
                each, self._open(open_runs, each.family, midnight), planned.get(each.family, PlannedDay()), midnight
            )
            for each in tallies
            if each.family in RESEARCH_API
        ]
        return forecasts, problems

    def _open(self, runs: Iterable[RunRef], family: Family, midnight: datetime) -> OpenTasks:
        by_run: dict[str, int] = {}
        left, before = self._most_tasks, iso(midnight)
        for run in runs:
            rows = self._tasks.listed(run.run_id, quota_label(family, run.work_class), left + 1)
            due = sum(each.resume_at < before for each in rows[:left])
            if due:
                by_run[run.run_id] = due
            if len(rows) > left:
                return OpenTasks(by_run=by_run, complete=False)
            left -= len(rows)
        return OpenTasks(by_run=by_run)

    def _planned(self, day: date, problems: list[str]) -> Mapping[Family, PlannedDay]:
        data = self._objects.get_bytes(day_plan_key(day.isoformat()))
        if data is None:
            return {}
        run_ids = tuple(run_id_of(day, part) for part in Part)
        states = [self._state(run_id, problems) for run_id in run_ids if self._runs.has(run_id)]
        if states and all(state is RunState.DONE for state in states):
            # It asked for less than was expected.
            return {}
        try:
            costs = _costs(data, day_plan_key(day.isoformat()))
        except Fatal as error:
            problems.append(str(error))
            return {}
        requests: dict[str, float] = {}
        for cost in costs:
            requests[cost.family] = requests.get(cost.family, 0) + cost.requests
        return {family: PlannedDay(requests=requests.get(family, 0), runs=run_ids) for family in RESEARCH_API}

    def _state(self, run_id: str, problems: list[str]) -> RunState | None:
        """The state of a run that there is; None, and a sentence among the problems, if it cannot be read."""
        try:
            return self._runs.read(run_id).state
        except Fatal as error:
            if concerns_everything(error):
                raise
            problems.append(str(error))
        return None


def _costs(data: bytes, key: str) -> tuple[Cost, ...]:
    try:
        found = decoded(_PLAN_COSTS.decode, gunzipped(data, key=key), known=DAY_PLAN_VERSION, what=f"The plan {key}")
    except msgspec.DecodeError as error:
        raise Fatal(f"The plan {key} cannot be read ({error}); delete it, and the day is planned again.") from error
    return found.estimate.today
