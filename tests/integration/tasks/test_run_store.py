"""Runs are created once, listed while they are open, and closed for good."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.integration.collection.cloud import TASKS
from tests.support.clock import HandClock
from tiktok_collector.tasks import items
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import KEPT_AFTER_RUN

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def make(run_id: str = "one", *, started_at: str = "2026-11-20T09:00:00.000Z", **more: Any) -> Run:
    return Run(run_id, "user_extraction", {"usernames": 1}, "adhoc", started_at, **more)


def stored_state(runs: RunStore) -> RunState:
    stored = runs.get("one")
    assert stored
    return stored.state


def test_a_run_is_created_once_and_the_first_stands(runs: RunStore) -> None:
    first = runs.create(make(), 1)
    second = runs.create(make(started_at="2026-11-21T09:00:00.000Z"), 1)
    assert first == second == runs.get("one")
    assert runs.get("two") is None


def test_of_many_creators_all_get_the_same_run(runs: RunStore) -> None:
    times = [f"2026-11-20T09:00:{second:02d}.000Z" for second in range(12)]
    with ThreadPoolExecutor(6) as pool:
        created = list(pool.map(lambda at: runs.create(make(started_at=at), 1), times))
    assert len({run.started_at for run in created}) == 1


def test_open_runs_are_listed_by_priority_and_age(runs: RunStore) -> None:
    runs.create(make("scheduled", started_at="2026-11-20T00:15:00.000Z"), 5)
    runs.create(make("younger", started_at="2026-11-20T10:00:00.000Z"), 1)
    runs.create(make("older", started_at="2026-11-20T09:00:00.000Z"), 1)
    assert [ref.run_id for ref in runs.open()] == ["older", "younger", "scheduled"]
    assert {ref.work_class for ref in runs.open()} == {"adhoc"}


def test_a_run_goes_from_planning_to_running_to_done(
    runs: RunStore, clock: HandClock, dynamodb: "DynamoDBClient"
) -> None:
    run = runs.create(make(), 1)
    states = [stored_state(runs)]
    runs.mark_planned(run)
    states.append(stored_state(runs))
    assert len(list(runs.open())) == 1
    runs.close(run)
    states.append(stored_state(runs))
    assert states == [RunState.PLANNING, RunState.RUNNING, RunState.DONE]
    assert list(runs.open()) == []
    item = dynamodb.get_item(TableName=TASKS, Key=items.run_key("one"))["Item"]
    assert not {"runnable", "due"} & set(item)
    assert int(item["expires_at"]["N"]) == int((clock.now() + KEPT_AFTER_RUN).timestamp())


def test_a_run_that_is_done_is_not_opened_again(runs: RunStore) -> None:
    run = runs.create(make(), 1)
    runs.close(run)
    runs.close(run)
    runs.mark_planned(make())
    assert stored_state(runs) is RunState.DONE
    assert list(runs.open()) == []
    assert runs.create(make(), 1).state is RunState.DONE


def test_a_run_that_is_gone_is_not_made_by_closing_it(runs: RunStore) -> None:
    runs.close(make("ghost"))
    assert runs.get("ghost") is None


def test_more_open_runs_than_fit_a_page_are_all_listed(runs: RunStore) -> None:
    names = [f"{number:04d}-{'n' * 900}" for number in range(400)]
    for name in names:
        runs.create(make(name), 1)
    assert [ref.run_id for ref in runs.open()] == names
