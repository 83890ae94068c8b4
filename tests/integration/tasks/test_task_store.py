"""Leases, fences and the index of work, over DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.integration.collection.cloud import TASKS
from tests.support.clock import HandClock
from tiktok_collector.errors import LeaseLost, MissingResource
from tiktok_collector.tasks import items
from tiktok_collector.tasks.store import KEPT_AFTER_RUN, LEASE, TaskStore
from tiktok_collector.tasks.task import Gap, GapReason, Progress, Task, TaskKind, TaskRef, TaskSpec, TaskState

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

QUOTA = "research/adhoc"
SPEC = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20), "someone", "video_query")


def make(
    task_id: str = "a00001.videos.w001",
    *,
    run_id: str = "one",
    priority: int = 2,
    quota: str = QUOTA,
    state: TaskState = TaskState.PENDING,
) -> Task:
    return Task(run_id, task_id, SPEC, priority, quota, state)


def ref(task: Task) -> TaskRef:
    return TaskRef(task.run_id, task.task_id, task.quota)


def claimed(tasks: TaskStore, task: Task, owner: str = "w") -> Task:
    found = tasks.claim(ref(task), owner)
    assert found
    return found


def raw(dynamodb: "DynamoDBClient", task: Task) -> dict[str, Any]:
    key = items.task_key(task.run_id, task.task_id)
    return dict(dynamodb.get_item(TableName=TASKS, Key=key, ConsistentRead=True)["Item"])


def test_a_task_is_stored_once(tasks: TaskStore) -> None:
    assert tasks.add(make())
    assert not tasks.add(make(priority=9))
    stored = tasks.get("one", "a00001.videos.w001")
    assert stored
    assert stored.priority == 2
    assert tasks.get("one", "other") is None


def test_of_many_workers_one_gets_the_task(tasks: TaskStore) -> None:
    tasks.add(make())
    with ThreadPoolExecutor(8) as pool:
        won = [each for each in pool.map(lambda number: tasks.claim(ref(make()), f"w{number}"), range(16)) if each]
    assert [(each.state, each.fence) for each in won] == [(TaskState.RUNNING, 1)]


def test_many_workers_share_many_tasks_without_one_worked_twice(tasks: TaskStore) -> None:
    every = [make(f"a00001.videos.w{number:03d}") for number in range(24)]
    for task in every:
        tasks.add(task)

    def take_all(owner: str) -> list[str]:
        return [task.task_id for task in every if tasks.claim(ref(task), owner)]

    with ThreadPoolExecutor(4) as pool:
        taken = [task_id for ids in pool.map(take_all, ["a", "b", "c", "d"]) for task_id in ids]
    assert sorted(taken) == [task.task_id for task in every]


def test_a_lease_is_held_until_it_ends_and_longer_with_every_commit(tasks: TaskStore, clock: HandClock) -> None:
    tasks.add(make())
    mine = claimed(tasks, make())
    clock.time += LEASE - timedelta(seconds=1)
    assert tasks.claim(ref(mine), "other") is None
    tasks.commit(mine)
    clock.time += LEASE - timedelta(seconds=1)
    assert tasks.claim(ref(mine), "other") is None
    clock.time += timedelta(seconds=2)
    assert claimed(tasks, mine, "other").fence == 2


def test_every_late_write_of_a_former_worker_fails_and_changes_nothing(
    tasks: TaskStore, clock: HandClock, dynamodb: "DynamoDBClient"
) -> None:
    tasks.add(make())
    former = claimed(tasks, make(), "former")
    clock.time += LEASE + timedelta(seconds=1)
    present = claimed(tasks, make(), "present")
    present.progress = Progress(page=7)
    tasks.commit(present)
    before = raw(dynamodb, present)
    former.progress = Progress(page=3)
    writes: list[Callable[[], None]] = [
        lambda: tasks.commit(former),
        lambda: tasks.park(former, clock.now()),
        lambda: tasks.finish(former, TaskState.DONE),
    ]
    for write in writes:
        with pytest.raises(LeaseLost, match=r"Task a00001.videos.w001 of run one was taken over"):
            write()
    assert raw(dynamodb, present) == before
    tasks.finish(present, TaskState.DONE)


def test_a_worker_whose_task_was_parked_or_finished_by_itself_writes_no_more(
    tasks: TaskStore, clock: HandClock
) -> None:
    tasks.add(make())
    mine = claimed(tasks, make())
    tasks.park(mine, clock.now())
    with pytest.raises(LeaseLost):
        tasks.commit(mine)


def test_a_parked_task_rests_until_its_time_with_its_checkpoint(tasks: TaskStore, clock: HandClock) -> None:
    tasks.add(make())
    mine = claimed(tasks, make())
    mine.progress = Progress(page=4, cursor=300, search_id="7", gaps=[Gap(GapReason.REFUSED, "no")])
    tasks.park(mine, clock.now() + timedelta(minutes=5))
    assert mine.state is TaskState.PARKED
    assert tasks.runnable("one", QUOTA, 10) == []
    assert tasks.any_listed("one", QUOTA)
    assert tasks.claim(ref(mine), "w") is None
    clock.advance(minutes=5)
    assert [each.ref for each in tasks.runnable("one", QUOTA, 10)] == [ref(mine)]
    again = claimed(tasks, mine)
    assert (again.progress, again.fence) == (mine.progress, 2)


def test_work_comes_by_priority_then_by_time_and_only_what_is_due(tasks: TaskStore, clock: HandClock) -> None:
    for name, priority, minutes in [("late", 2, 3), ("early", 2, 1), ("low", 5, 0), ("future", 1, 60)]:
        task = make(name, priority=priority)
        tasks.add(task)
        tasks.park(claimed(tasks, task), clock.now() + timedelta(minutes=minutes))
    tasks.add(make("fresh", priority=2))
    clock.advance(minutes=5)
    assert [each.ref.task_id for each in tasks.runnable("one", QUOTA, 10)] == ["fresh", "early", "late", "low"]
    assert [each.ref.task_id for each in tasks.runnable("one", QUOTA, 2)] == ["fresh", "early"]


def test_ranks_decide_among_tasks_of_one_priority_also_after_they_rested(tasks: TaskStore, clock: HandClock) -> None:
    for name, priority, rank in [("third", 2, 9), ("second", 2, 4), ("first", 1, 12), ("waited", 2, 6)]:
        task = make(name, priority=priority)
        task.spec = msgspec.structs.replace(SPEC, rank=rank)
        task.state = TaskState.WAITING if name == "waited" else TaskState.PENDING
        tasks.add(task)
        if name == "waited":
            tasks.activate(task)
        else:
            tasks.park(claimed(tasks, task), clock.now() + timedelta(minutes=rank))
    clock.advance(minutes=20)
    names = [each.ref.task_id for each in tasks.runnable("one", QUOTA, 10)]
    assert names == ["first", "second", "waited", "third"]


def test_due_work_is_found_behind_any_number_of_resting_tasks(tasks: TaskStore, clock: HandClock) -> None:
    for number in range(120):
        task = make(f"resting{number:03d}", priority=1)
        tasks.add(task)
        tasks.park(claimed(tasks, task), clock.now() + timedelta(hours=2))
    tasks.add(make("due", priority=5))
    assert [each.ref.task_id for each in tasks.runnable("one", QUOTA, 10)] == ["due"]


def test_runs_and_quotas_do_not_see_each_others_work(tasks: TaskStore) -> None:
    tasks.add(make("mine"))
    tasks.add(make("followers", quota="followers/adhoc"))
    tasks.add(make("mine", run_id="two"))
    assert [each.ref.task_id for each in tasks.runnable("one", QUOTA, 10)] == ["mine"]
    assert [each.ref.task_id for each in tasks.runnable("one", "followers/adhoc", 10)] == ["followers"]
    assert tasks.runnable("one", "none", 10) == []
    assert not tasks.any_listed("three", QUOTA)


def test_a_commit_leaves_the_index_alone(tasks: TaskStore, dynamodb: "DynamoDBClient") -> None:
    tasks.add(make())
    mine = claimed(tasks, make())
    before = raw(dynamodb, mine)
    mine.progress = Progress(page=2)
    tasks.commit(mine)
    after = raw(dynamodb, mine)
    assert {name for name in after if after[name] != before[name]} <= {"progress", "lease_until"}
    assert (after["runnable"], after["due"]) == (before["runnable"], before["due"])


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.FAILED])
def test_a_finished_task_leaves_the_index_and_expires(
    tasks: TaskStore, clock: HandClock, dynamodb: "DynamoDBClient", state: TaskState
) -> None:
    tasks.add(make())
    mine = claimed(tasks, make())
    tasks.finish(mine, state)
    item = raw(dynamodb, mine)
    assert not {"runnable", "due"} & set(item)
    assert int(item["expires_at"]["N"]) == int((clock.now() + KEPT_AFTER_RUN).timestamp())
    assert (mine.state, tasks.any_listed("one", QUOTA)) == (state, False)
    clock.advance(hours=1)
    assert tasks.claim(ref(mine), "w") is None


def test_a_waiting_task_is_no_work_until_it_is_activated_once(tasks: TaskStore) -> None:
    waiting = make(state=TaskState.WAITING)
    tasks.add(waiting)
    assert not tasks.any_listed("one", QUOTA)
    assert tasks.claim(ref(waiting), "w") is None
    assert tasks.activate(waiting, Progress(item_rows=40))
    assert not tasks.activate(waiting, Progress(item_rows=99))
    assert not tasks.skip(waiting, Progress(note="late"))
    assert claimed(tasks, waiting).progress.item_rows == 40
    assert not tasks.activate(waiting)


def test_a_skipped_task_never_runs_and_says_why(tasks: TaskStore, dynamodb: "DynamoDBClient") -> None:
    waiting = make(state=TaskState.WAITING)
    tasks.add(waiting)
    assert tasks.skip(waiting, Progress(exhausted=True, note="max_videos"))
    assert not tasks.activate(waiting)
    stored = tasks.get("one", waiting.task_id)
    assert stored
    assert (stored.state, stored.progress.note) == (TaskState.SKIPPED, "max_videos")
    assert not {"runnable", "due"} & set(raw(dynamodb, waiting))
    assert tasks.claim(ref(waiting), "w") is None


def test_activating_or_skipping_a_task_that_does_not_exist_makes_none(tasks: TaskStore) -> None:
    assert not tasks.activate(make("ghost", state=TaskState.WAITING))
    assert not tasks.skip(make("ghost", state=TaskState.WAITING), Progress())
    assert tasks.get("one", "ghost") is None
    assert tasks.claim(ref(make("ghost")), "w") is None


def test_a_run_of_many_megabytes_is_read_whole_and_in_order(tasks: TaskStore, dynamodb: "DynamoDBClient") -> None:
    detail = "x" * 90_000
    names = [f"a{number:05d}.videos.w001" for number in range(1, 41)]
    for name in reversed(names):
        task = make(name)
        task.progress.gaps = [Gap(GapReason.FAILED, detail)]
        tasks.add(task)
    first_page = dynamodb.query(
        TableName=TASKS, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "RUN#one"}}
    )
    assert "LastEvaluatedKey" in first_page
    assert [task.task_id for task in tasks.of_run("one")] == names
    assert [task.task_id for task in tasks.of_run("one", "a00002.")] == ["a00002.videos.w001"]


def test_a_table_that_is_not_there_is_one_sentence(dynamodb: "DynamoDBClient", clock: HandClock) -> None:
    store = TaskStore(dynamodb, "NoSuchTable", clock)
    sentence = r"There is no table NoSuchTable: deploy the stack \(again\), or correct the name in its settings\."
    calls: list[Callable[[], object]] = [
        lambda: store.add(make()),
        lambda: store.get("one", "t"),
        lambda: list(store.of_run("one")),
        lambda: store.runnable("one", QUOTA, 1),
        lambda: store.claim(ref(make()), "w"),
        lambda: store.commit(make()),
    ]
    for call in calls:
        with pytest.raises(MissingResource, match=sentence):
            call()
