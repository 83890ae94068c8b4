from datetime import UTC, datetime
from typing import Any

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack

EVENT = {"usernames": 2, "include": ["profile", "videos"], "start_date": "2026-08-01", "end_date": "2026-10-31"}


def lacking(stack: MotoStack, run_id: str = "r1", **event: Any) -> None:
    gap = {"reason": "window_fails", "detail": "500s", "window": {"start": "2026-09-01", "end": "2026-09-05"}}
    stream = {"stream": "videos", "endpoint": "video_query", "gaps": [gap]}
    private = {"stream": "liked", "endpoint": "liked", "gaps": [{"reason": "observed_private"}]}
    accounts = [
        {"username": "ann", "requests": 3, "streams": [stream, private]},
        {"username": "ben", "requests": 3, "streams": []},
    ]
    stack.put_manifest(run_id, status="complete_with_gaps", event={**EVENT, **event}, accounts=accounts)


def done(_: dict[str, Any]) -> dict[str, Any]:
    return {}


def test_what_is_missing_and_what_can_be_asked_again(stack: MotoStack) -> None:
    lacking(stack)
    found = as_json("gaps")
    assert [(each["subject"], each["reason"], bool(each["retry"])) for each in found["gaps"]] == [
        ("ann", "window_fails", True),
        ("ann", "observed_private", False),
    ]
    assert [each["state"] for each in found["retries"]] == ["not_sent"]
    assert stack.invoked == []
    screen = on_stack("gaps").stdout
    assert "2026-09-01..2026-09-05" in screen
    assert "`--retry` would send 1 event." in screen


def test_a_retry_asks_for_the_days_of_the_gap_alone(stack: MotoStack) -> None:
    lacking(stack)
    stack.functions["user_extraction"] = done
    (sent,) = as_json("gaps", "--retry")["retries"]
    today = datetime.now(UTC).date()
    assert sent["state"] == "sent"
    assert sent["run_id"].endswith(f"-{today:%Y%m%d}")
    assert stack.invoked == [
        (
            "user_extraction",
            {
                "username": "ann",
                "include": ["videos"],
                "start_date": "2026-09-01",
                "end_date": "2026-09-05",
                "run_id": sent["run_id"],
            },
        )
    ]


def test_two_runs_that_lack_the_same_are_asked_for_once_and_both_told(stack: MotoStack) -> None:
    lacking(stack)
    lacking(stack, "r2")
    found = as_json("gaps")
    (retry,) = found["retries"]
    told = {each["run_id"]: each["retry"] for each in found["gaps"] if each["reason"] == "window_fails"}
    assert told == {"r1": retry["run_id"], "r2": retry["run_id"]}


def test_a_retry_names_people_where_its_run_did(stack: MotoStack) -> None:
    lacking(stack, identified=True)
    assert as_json("gaps")["retries"][0]["event"]["identified"] is True


def test_comments_of_a_video_of_today_are_asked_for_up_to_today(stack: MotoStack) -> None:
    now = datetime.now(UTC)
    gap = {"reason": "page_fails", "item": f"video_id={int(now.timestamp()) << 32}"}
    stream = {"stream": "comments", "endpoint": "comments", "gaps": [gap]}
    accounts = [{"username": "ann", "requests": 3, "streams": [stream]}]
    stack.put_manifest("r1", status="complete_with_gaps", event=EVENT, accounts=accounts)
    stack.functions["user_extraction"] = done
    (sent,) = as_json("gaps", "--retry")["retries"]
    ((_, event),) = stack.invoked
    assert (event["run_id"], event["end_date"]) == (sent["run_id"], f"{now:%Y-%m-%d}")


def test_a_manifest_that_cannot_be_read_is_named(stack: MotoStack) -> None:
    lacking(stack)
    stack.put("manifests/run=broken.json", b"{")
    result = on_stack("gaps")
    assert (result.exit_code, "window_fails" in result.stdout) == (ExitCode.DONE, True)
    assert "Not looked at" in result.stderr
    assert "manifests/run=broken.json" in result.stderr


def test_what_a_retry_has_made_good_is_not_asked_for_again(stack: MotoStack) -> None:
    lacking(stack)
    stack.functions["user_extraction"] = done
    (sent,) = as_json("gaps", "--retry")["retries"]
    stack.put_manifest(sent["run_id"], event=EVENT, accounts=[])
    stack.invoked.clear()
    found = as_json("gaps", "r1", "--retry")
    assert [each["state"] for each in found["retries"]] == ["made_good"]
    assert stack.invoked == []
    assert "made good" in on_stack("gaps", "r1").stdout


def test_runs_without_gaps(stack: MotoStack) -> None:
    stack.put_manifest("r1")
    stack.put_manifest("r2", status="running", event={"usernames": ["ann"]})
    assert as_json("gaps") == {"gaps": [], "trend_gaps": [], "unread_polls": [], "retries": []}
    assert "Nothing is missing" in on_stack("gaps").stdout


def test_a_run_that_is_none(stack: MotoStack) -> None:
    stack.put_manifest("r1")
    result = on_stack("gaps", "nope")
    assert result.exit_code == ExitCode.NOT_FOUND
    assert "There is no run nope" in result.stderr
