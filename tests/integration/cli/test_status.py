from datetime import UTC, date, datetime, timedelta

import pytest

from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack
from tiktok_collector.clock import iso
from tiktok_collector.leases import lease_key
from tiktok_collector.tasks.task import Progress, Task, TaskKind, TaskSpec, TaskState

SPEC = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20), username="someone", endpoint="videos")


@pytest.mark.usefixtures("stack")
def test_a_new_stack_has_nothing_to_tell() -> None:
    status = as_json("status")
    assert [each["last_seen"] for each in status["functions"]] == [None] * 9
    assert {each["enabled"] for each in status["schedules"]} == {True}
    assert (status["open_runs"], status["ended_runs"], status["dead_letters"], status["token_minutes"]) == (
        [],
        [],
        0,
        None,
    )
    assert not status["paused"]


def test_everything_on_one_screen(stack: MotoStack) -> None:
    now = datetime.now(UTC)
    stack.log("VideoSearch", {"level": "INFO", "message": "page", "run_id": "r1"}, ago=timedelta(minutes=3))
    stack.log("CollectionWorker", {"level": "ERROR", "message": "No token is to be had."}, ago=timedelta(hours=3))
    stack.log(
        "CollectionWorker", {"level": "INFO", "message": "done", "report": "no ERROR at all"}, ago=timedelta(hours=1)
    )
    stack.sqs.send_message(QueueUrl=stack.outputs["FailedEventsQueueUrl"], MessageBody="{}")
    stack.dynamodb.put_item(
        TableName="tasks",
        Item={**lease_key("TOKEN"), "token_expires_at": {"S": iso(now + timedelta(minutes=95, seconds=30))}},
    )
    gap = {"reason": "window_fails", "detail": "500", "window": {"start": "2026-09-01", "end": "2026-09-05"}}
    stream = {"stream": "videos", "endpoint": "videos", "gaps": [gap, {**gap, "possible": True}]}
    account = {"username": "someone", "requests": 12, "streams": [stream]}
    stack.put_manifest("older", status="complete_with_gaps", accounts=[account])
    run = stack.put_run("open-1")
    for number, state in enumerate((TaskState.DONE, TaskState.PARKED, TaskState.PARKED)):
        stack.tasks.add(
            Task(
                run.run_id,
                f"a1.t{number}",
                SPEC,
                1,
                "research/adhoc",
                state,
                Progress(note="quota" if state is TaskState.PARKED else ""),
                resume_at=iso(now + timedelta(hours=2)),
            )
        )

    status = as_json("status")
    by_function = {each["function"]: each for each in status["functions"]}
    assert by_function["collection_worker"]["failures"] == 1
    assert by_function["collection_worker"]["last_failure"]["message"] == "No token is to be had."
    assert by_function["video_search"]["last_seen"] is not None
    assert by_function["token_refresh"]["last_seen"] is None
    assert status["token_minutes"] == 95
    assert status["dead_letters"] == 1
    assert status["parked_tasks"] == 2
    (opened,), (ended,) = status["open_runs"], status["ended_runs"]
    assert (opened["state"], opened["parked"], opened["tasks"]) == ("parked", {"quota": 2}, {"done": 1, "parked": 2})
    assert (ended["gaps"], ended["possible_gaps"], ended["requests"]) == (1, 1, 12)

    screen = on_stack("status").stdout
    for shown in (
        "9 schedules enabled",
        "token 95 min left",
        "1 dead letter",
        "2 parked tasks",
        "1 gap (1 possible)",
        "No token",
    ):
        assert shown in screen
    assert len(screen.splitlines()) <= 40


def test_the_manifest_of_an_open_run_is_not_a_second_run(stack: MotoStack) -> None:
    stack.put_run("open-1")
    stack.put_manifest("open-1", status="running", event={"usernames": ["someone"]})
    status = as_json("status")
    assert [each["run_id"] for each in status["open_runs"]] == ["open-1"]
    assert status["ended_runs"] == []


def test_names_cannot_command_the_terminal(stack: MotoStack) -> None:
    stack.log("VideoSearch", {"level": "ERROR", "message": "bad \x1b[2J name [red]x[/red]"})
    screen = on_stack("status").stdout
    assert "\x1b" not in screen
    assert "[red]x" in screen
