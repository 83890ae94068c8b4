"""Forecasts over real tables and a real bucket (moto)."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from tests.integration.accounting.conftest import BUCKET, Stack
from tiktok_collector.accounting.forecast import Forecast
from tiktok_collector.clock import iso
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.keys import day_plan_key
from tiktok_collector.quota.families import Family
from tiktok_collector.study.day_plan import Cost, DayPlan, Estimate
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.task import Task, TaskKind, TaskRef, TaskSpec, TaskState

TODAY = date(2026, 11, 20)
SPEC = TaskSpec(TaskKind.PAGES, "videos", TODAY, "someone", "video_query")
ACCOUNTS, SEARCHES = "study-20261120-accounts", "study-20261120-searches"


def start(stack: Stack, run_id: str, work_class: str = "scheduled") -> Run:
    return stack.runs.create(Run(run_id, "study", {}, work_class, iso(stack.clock.now())), 1)


def add(stack: Stack, run_id: str, count: int, quota: str = "research/scheduled", **but: Any) -> list[TaskRef]:
    """Open tasks of a run."""
    spec = msgspec.structs.replace(SPEC, rank=but.pop("rank", 0))
    first = but.pop("first", 1)
    refs = []
    for number in range(first, first + count):
        task = Task(run_id, f"v{number:05d}.{quota.partition('/')[0]}", spec, 2, quota, TaskState.PENDING, **but)
        assert stack.tasks.add(task)
        refs.append(TaskRef(run_id, task.task_id, quota))
    return refs


def park(stack: Stack, ref: TaskRef, until: datetime) -> None:
    task = stack.tasks.claim(ref, "worker")
    assert task
    stack.tasks.park(task, until)


def plan(stack: Stack, *costs: Cost) -> None:
    document = DayPlan(study="s", study_digest="d", day=TODAY, estimate=Estimate(today=costs))
    key = day_plan_key(TODAY.isoformat())
    stack.s3.put_object(Bucket=BUCKET, Key=key, Body=gzipped(msgspec.json.encode(document)))


def of(stack: Stack, family: Family = Family.RESEARCH, **limits: int) -> Forecast:
    (found,) = [each for each in stack.accounting(**limits).run().forecasts if each.family is family]
    return found


def test_without_work_the_day_ends_as_it_stands(stack: Stack) -> None:
    stack.spend(3)
    assert of(stack) == Forecast(
        family=Family.RESEARCH,
        limit=1_000,
        used=3,
        open_tasks=0,
        planned_left=0,
        at_midnight=3,
        over=0,
        complete=True,
    )


def test_open_tasks_of_all_runs_count_if_they_are_due_before_midnight(stack: Stack) -> None:
    start(stack, "one")
    start(stack, "mine", "adhoc")
    tonight, tomorrow, _, running = add(stack, "one", 4, rank=7)
    add(stack, "mine", 3, "research/adhoc")
    add(stack, "mine", 5, "followers/adhoc")
    park(stack, tonight, datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC))
    park(stack, tomorrow, datetime(2026, 11, 21, 0, 2, tzinfo=UTC))
    assert stack.tasks.claim(running, "worker")
    assert (of(stack).open_tasks, of(stack, Family.FOLLOWERS).open_tasks) == (6, 5)
    assert of(stack).at_midnight == 6


def test_finished_tasks_tasks_without_requests_and_runs_that_are_done_do_not_count(stack: Stack) -> None:
    run = start(stack, "one")
    done, _ = add(stack, "one", 2)
    add(stack, "one", 1, "none")
    task = stack.tasks.claim(done, "worker")
    assert task
    stack.tasks.finish(task, TaskState.DONE)
    assert of(stack).open_tasks == 1
    stack.runs.close(run)
    assert of(stack).open_tasks == 0


def test_what_the_plan_still_asks_is_added(stack: Stack) -> None:
    plan(
        stack,
        Cost("a", "video_query", "research", 20.5),
        Cost("b", "comment_list", "research", 9.5),
        Cost("a", "user_followers", "followers", 7),
    )
    assert (of(stack).planned_left, of(stack, Family.FOLLOWERS).planned_left) == (30, 7)
    start(stack, ACCOUNTS)
    start(stack, SEARCHES)
    add(stack, ACCOUNTS, 4)
    stack.spend(6, run_id=ACCOUNTS)
    stack.spend(2, run_id="mine")
    found = of(stack)
    assert (found.used, found.open_tasks, found.planned_left, found.at_midnight) == (8, 4, 20, 32)


def test_a_plan_whose_runs_are_done_asks_nothing_more(stack: Stack) -> None:
    plan(stack, Cost("a", "video_query", "research", 50))
    accounts, searches = start(stack, ACCOUNTS), start(stack, SEARCHES)
    stack.runs.close(accounts)
    assert of(stack).planned_left == 50
    stack.runs.close(searches)
    assert searches.state is RunState.DONE
    assert of(stack).planned_left == 0


def test_a_plan_of_another_day_asks_nothing_today(stack: Stack) -> None:
    plan(stack, Cost("a", "video_query", "research", 50))
    stack.clock.to(21, 9)
    assert of(stack).planned_left == 0


@pytest.mark.parametrize("body", [b"not gzip", gzipped(b"{not json")])
def test_a_plan_that_cannot_be_read_is_named_and_the_rest_is_told(stack: Stack, body: bytes) -> None:
    stack.s3.put_object(Bucket=BUCKET, Key=day_plan_key(TODAY.isoformat()), Body=body)
    stack.spend(2)
    report = stack.accounting().run()
    (problem,) = report.problems
    assert day_plan_key(TODAY.isoformat()) in problem
    assert [each.at_midnight for each in report.forecasts] == [2, 0]


def test_what_does_not_fit_is_over(stack: Stack) -> None:
    stack.limit = 10
    start(stack, "one")
    add(stack, "one", 9)
    stack.spend(4)
    found = of(stack)
    assert (found.at_midnight, found.over) == (10, 3)


def test_no_more_rows_of_the_index_are_read_than_allowed(stack: Stack) -> None:
    for name in ("one", "two", "three"):
        start(stack, name)
        add(stack, name, 4)
    exact, short = of(stack, most_tasks=12), of(stack, most_tasks=6)
    assert (exact.open_tasks, exact.complete) == (12, True)
    assert (short.open_tasks, short.complete) == (6, False)


def test_families_of_trends_have_a_tally_and_no_forecast(stack: Stack) -> None:
    stack.spend_on_trends(2)
    report = stack.accounting().run()
    assert [each.family for each in report.families] == ["research", "followers", "creative_center"]
    assert [each.family for each in report.forecasts] == ["research", "followers"]
