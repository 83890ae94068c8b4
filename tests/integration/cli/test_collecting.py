"""`extract` and `search`: what is sent, and how a run is followed to its end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from cli.following import Following
from cli.screen import screen
from cli.target import Choice, resolve
from tests.integration.cli.moto_stack import NAME, REGION, FunctionError, MotoStack, as_json, on_stack
from tiktok_collector.clock import iso
from tiktok_collector.tasks.task import Progress, Task, TaskKind, TaskSpec, TaskState

STREAM = {"stream": "videos", "endpoint": "video_query", "state": "done", "rows": 10}
ACCOUNT = {
    "username": "someone",
    "complete": True,
    "gaps": 0,
    "requests": 3,
    "export": "exports/someone_FULL_DATA.json",
    "rows": {"videos": 10},
    "streams": [STREAM],
}


class ManualClock:
    """Stands still but for whoever sleeps."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def collects(stack: MotoStack, **manifest: Any) -> None:
    """The functions do their work at once."""

    def work(event: dict[str, Any]) -> dict[str, Any]:
        run = stack.put_run(event["run_id"])
        stack.put_manifest(event["run_id"], **manifest)
        stack.runs.close(run)
        return {"run_id": event["run_id"]}

    stack.functions |= {"user_extraction": work, "video_search": work}


def finish(stack: MotoStack, run_id: str) -> dict[str, Any]:
    stack.runs.close(stack.runs.read(run_id))
    return {}


def park(stack: MotoStack, run_id: str, due: datetime) -> dict[str, Any]:
    spec = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20), username="someone", endpoint="videos")
    task = Task(
        run_id, "a1.t1", spec, 1, "research/adhoc", TaskState.PARKED, Progress(note="quota"), resume_at=iso(due)
    )
    stack.put_run(run_id)
    stack.tasks.add(task)
    return {}


def test_an_extraction_is_sent_and_named(stack: MotoStack) -> None:
    collects(stack)
    options = ("--max-videos", "10", "--days-back", "90", "--include-comments", "--max-comments", "5")
    sent = as_json("extract", "@someone", *options)
    assert sent["state"] == "sent"
    assert stack.invoked == [
        (
            "user_extraction",
            {
                "username": "@someone",
                "max_videos": 10,
                "days_back": 90,
                "comments": {"max_per_video": 5},
                "run_id": sent["run_id"],
            },
        )
    ]
    screen = on_stack("extract", "a", "b", "--include", "profile", "--run-id", "mine").stdout
    assert f"tiktok-collector runs mine --stack {NAME} --region {REGION}" in screen
    assert stack.invoked[-1][1] == {"usernames": ["a", "b"], "include": ["profile"], "run_id": "mine"}


@pytest.mark.parametrize("command", [("extract", "@someone"), ("search", "dogs", "--hashtag", "dog")])
def test_people_are_named_in_an_export_only_where_that_is_asked_for(stack: MotoStack, command: tuple[str, ...]) -> None:
    collects(stack)
    as_json(*command)
    as_json(*command, "--identified")
    assert [event.get("identified", False) for _, event in stack.invoked] == [False, True]


def test_an_extraction_that_is_waited_for_ends_with_the_path_of_its_export(stack: MotoStack) -> None:
    collects(stack, accounts=[ACCOUNT])
    result = on_stack("extract", "@someone", "--wait")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "s3://lake/exports/someone_FULL_DATA.json"
    assert "someone" in result.stdout
    found = as_json("extract", "@someone", "--wait")
    assert (found["state"], found["requests"], found["exports"]) == (
        "complete",
        3,
        ["s3://lake/exports/someone_FULL_DATA.json"],
    )


def test_an_extraction_with_gaps_says_so_and_has_a_code_of_its_own(stack: MotoStack) -> None:
    gaps = [{"reason": "window_fails", "window": {"start": "2026-09-01", "end": "2026-09-05"}}]
    account = {**ACCOUNT, "complete": False, "streams": [{**STREAM, "gaps": gaps}]}
    collects(stack, status="complete_with_gaps", accounts=[account])
    result = on_stack("extract", "@someone", "--wait", "--run-id", "mine")
    assert result.exit_code == ExitCode.INCOMPLETE
    assert "1 gap: `tiktok-collector gaps mine`" in result.stdout


def test_a_run_that_rests_for_long_is_not_waited_for(stack: MotoStack) -> None:
    due = datetime.now(UTC) + timedelta(hours=3)
    stack.functions["user_extraction"] = lambda event: park(stack, event["run_id"], due)
    result = on_stack("extract", "@someone", "--wait")
    assert result.exit_code == ExitCode.INCOMPLETE
    assert f"rests until {due:%Y-%m-%d %H:%M} UTC" in result.stdout
    assert stack.invoked[-1][0] == "user_extraction"  # the worker is not woken for nothing


def test_a_function_that_fails_is_its_own_sentence(stack: MotoStack) -> None:
    def fails(_: dict[str, Any]) -> dict[str, Any]:
        raise FunctionError("There is no table tasks: deploy the stack again.")

    stack.functions["user_extraction"] = fails
    result = on_stack("extract", "@someone", "--wait", "--json")
    assert (result.exit_code, result.stdout) == (ExitCode.REFUSED, "")
    assert result.stderr.splitlines()[-1] == "There is no table tasks: deploy the stack again."


@pytest.mark.parametrize(("paused", "woken"), [(False, True), (True, False)])
def test_what_is_parked_for_a_moment_is_woken_unless_the_stack_is_paused(
    stack: MotoStack, *, paused: bool, woken: bool
) -> None:
    clock = ManualClock()
    stack.functions["user_extraction"] = lambda event: park(stack, event["run_id"], clock.now())
    stack.functions["collection_worker"] = lambda _: finish(stack, "mine")
    if paused:
        on_stack("pause")
    target = replace(resolve(Choice(NAME, region=REGION)), clock=clock)
    event = {"username": "someone", "run_id": "mine"}
    followed = Following(target, "user_extraction", event, most=timedelta(minutes=5)).run(screen(as_json=True))
    assert followed.status.finished == woken
    assert ("collection_worker", {}) in stack.invoked if woken else ("collection_worker", {}) not in stack.invoked


def test_a_search_is_made_of_options_or_of_a_file(stack: MotoStack, tmp_path: Path) -> None:
    collects(stack, function="video_search", searches=[{"search": "pasta", "requests": 1, "rows": {"videos": 35}}])
    options = ("--keyword", "pasta", "--hashtag", "a", "--hashtag", "b", "--country", "IT")
    result = on_stack("search", "pasta", *options, "--wait")
    assert (result.exit_code, result.stdout) == (0, "pasta: 35 videos, 1 request.\n")
    conditions = stack.invoked[0][1]["query"]["and"]
    assert [(each["field_name"], each["operation"]) for each in conditions] == [
        ("keyword", "EQ"),
        ("hashtag_name", "IN"),
        ("region_code", "EQ"),
    ]
    path = tmp_path / "query.yaml"
    path.write_text("not:\n- {field_name: keyword, operation: EQ, field_values: [cat]}\n")
    as_json("search", "dogs", "--query", str(path), "--hashtag", "dog")
    assert set(stack.invoked[-1][1]["query"]) == {"not", "and"}
