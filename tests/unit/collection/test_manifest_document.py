"""What a manifest says, and that what it says agrees with the report."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import pytest

from tests.unit.collection.support import FOLLOWERS, VIDEOS, WINDOW
from tiktok_collector.collection.completion import RunProgress
from tiktok_collector.collection.manifest_document import is_complete, manifest_head, stream_report, subject_report
from tiktok_collector.collection.plan import new_task
from tiktok_collector.collection.report import report_of
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.task import (
    Counts,
    Gap,
    GapReason,
    Generation,
    Progress,
    Task,
    TaskKind,
    TaskSpec,
    TaskState,
)

RUN = Run(
    "one",
    "user_extraction",
    {"usernames": 2, "start_date": "2026-08-20", "end_date": "2026-11-17"},
    "adhoc",
    "2026-11-20T09:00:00.000Z",
    warnings=["careful"],
)
LOST = Gap(GapReason.SEARCH_LOST, "gone", WINDOW, cursor=300)
PERHAPS = Gap(GapReason.SAME_MOMENT, "crowded", cursor=5, possible=True)


def task(spec: TaskSpec = VIDEOS, state: TaskState = TaskState.DONE, **progress: Any) -> Task:
    made = new_task("one", f"a00001.{spec.stream}", spec, state)
    made.progress = Progress(**progress)
    return made


def test_a_plain_stream_says_only_what_there_is_to_say() -> None:
    counts = Counts(requests=4, pages=3, rows=210, requested=245, dropped=35)
    assert stream_report(task(counts=counts, exhausted=True)) == {
        "task": "a00001.videos",
        "stream": "videos",
        "endpoint": "video_query",
        "state": "done",
        "complete": True,
        "pages": 3,
        "rows": 210,
        "requests": 4,
        "window": {"start": "2026-10-01", "end": "2026-10-31"},
        "requested": 245,
        "dropped": 35,
    }


def test_a_troubled_stream_says_what_is_missing_why_and_where_to_go_on() -> None:
    report = stream_report(
        task(
            generation=2,
            window=Window(WINDOW.start, date(2026, 10, 13)),
            earlier=[Generation(1, 41, GapReason.SEARCH_LOST)],
            gaps=[LOST],
            counts=Counts(quarantined=1, unknown_fields={"new": 3}),
        )
    )
    assert report["complete"] is False
    assert report["window_left"] == {"start": "2026-10-01", "end": "2026-10-13"}
    assert report["earlier_generations"] == [{"number": 1, "pages": 41, "reason": "search_lost"}]
    assert report["gaps"] == [
        {
            "reason": "search_lost",
            "detail": "gone",
            "window": {"start": "2026-10-01", "end": "2026-10-31"},
            "cursor": 300,
        }
    ]
    assert (report["quarantined"], report["unknown_fields"]) == (1, {"new": 3})


@pytest.mark.parametrize(
    ("state", "gaps", "complete"),
    [
        (TaskState.DONE, [], True),
        (TaskState.SKIPPED, [], True),
        (TaskState.DONE, [PERHAPS], True),
        (TaskState.DONE, [PERHAPS, LOST], False),
        (TaskState.SKIPPED, [LOST], False),
        (TaskState.FAILED, [], False),
        (TaskState.PARKED, [], False),
        (TaskState.PENDING, [], False),
    ],
)
def test_complete_means_done_without_a_certain_gap(state: TaskState, gaps: list[Gap], complete: bool) -> None:
    each = task(FOLLOWERS, state, gaps=gaps)
    assert is_complete(each) is complete
    assert stream_report(each)["complete"] is complete
    assert subject_report([each])["complete"] is complete


def test_an_account_that_is_gone_is_complete() -> None:
    profile = msgspec.structs.replace(FOLLOWERS, stream="profile", endpoint="user_info")
    report = subject_report(
        [
            task(profile, observation="unknown", observation_detail="cannot find the user"),
            task(VIDEOS, TaskState.SKIPPED, note="account_unknown"),
        ]
    )
    assert (report["complete"], report["observation"], report["export"], report["rows"]) == (True, "unknown", None, {})
    assert [stream.get("note") for stream in report["streams"]] == [None, "account_unknown"]
    assert report["streams"][0]["observation_detail"] == "cannot find the user"


def test_a_failed_export_leaves_an_account_incomplete() -> None:
    export = msgspec.structs.replace(VIDEOS, kind=TaskKind.EXPORT, stream="export", endpoint="", window=None)
    written = task(export, result_key="exports/someone.json", result_rows={"videos": 3, "duplicates": 1})
    report = subject_report([task(), written])
    assert (report["username"], report["export"], report["rows"]["videos"]) == ("someone", "exports/someone.json", 3)
    assert len(report["streams"]) == 1
    assert subject_report([task(), task(export, TaskState.FAILED)])["complete"] is False


def test_why_there_is_no_export_is_told_where_gaps_are() -> None:
    export = TaskSpec(TaskKind.EXPORT, "export", date(2026, 11, 20))
    failed = task(export, TaskState.FAILED, gaps=[Gap(GapReason.FAILED, "The raw page x is damaged.")])
    report = subject_report([task(), failed])
    assert [stream["stream"] for stream in report["streams"]] == ["videos", "export"]
    assert report["gaps"] == 1
    assert report["streams"][1]["gaps"][0]["detail"] == "The raw page x is damaged."


def test_parking_notes_of_the_past_are_not_told() -> None:
    assert "note" not in stream_report(task(note="quota"))
    assert stream_report(task(note="max_videos"))["note"] == "max_videos"
    assert stream_report(task(note="split"))["note"] == "split"


def test_the_head_begins_with_the_status_so_that_lost_runs_are_found_by_a_few_bytes() -> None:
    head = manifest_head(RUN, "running")
    assert msgspec.json.encode(head).startswith(b'{"version":1,"status":"running"')
    assert head["warnings"] == ["careful"]


@dataclass
class Case:
    progress: RunProgress
    state: str


@pytest.mark.parametrize(
    "case",
    [
        Case(RunProgress("one", states={"done": 3, "skipped": 1}), "complete"),
        Case(RunProgress("one", states={"done": 3}, gaps=2), "complete"),
        Case(RunProgress("one", states={"done": 3}, gaps=2, incomplete=1), "complete_with_gaps"),
        Case(RunProgress("one", states={"done": 1, "parked": 1}, parked_for={"quota": 1}), "parked"),
        Case(
            RunProgress("one", states={"parked": 1, "pending": 1}, parked_for={"quota": 1}, due={"none": 1}), "running"
        ),
        Case(RunProgress("one", states={"running": 1}), "running"),
        Case(RunProgress("one"), "running"),
    ],
)
def test_the_state_in_a_report(case: Case) -> None:
    assert report_of(RUN, case.progress).state == case.state


def test_a_report_is_a_small_json_object() -> None:
    progress = RunProgress("one", states={"done": 9}, exports=[f"exports/{number}.json" for number in range(300)])
    report = report_of(RUN, progress)
    assert (len(report.exports), report.more_exports) == (100, 200)
    built = msgspec.json.decode(msgspec.json.encode(report))
    assert (built["accounts"], built["period"], built["warnings"]) == (2, "2026-08-20..2026-11-17", ["careful"])
    assert "resume_at" not in built
