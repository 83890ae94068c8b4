"""The manifest of a study's day: every day of every collection is complete, partial or a gap, with its reason."""

from datetime import date
from typing import Any

import msgspec

from tests.support.docs import DOCS, names, table_of
from tiktok_collector.studies.day_manifest import day_manifest
from tiktok_collector.study.day_plan import Cost, DayPlan, Estimate, LeftOut, Purpose, VideoWork
from tiktok_collector.study.record import DayFound, Missing, RunRecord, VideoResult, VisitResult
from tiktok_collector.study.windows import Window

DAY = date(2026, 11, 20)
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
BOTH = Window(MONDAY, TUESDAY)
WORK = VideoWork(collections=("people",), purpose=Purpose.FRESH, window=BOTH, query={}, usernames=("ann", "ben"))
PLAN = DayPlan(
    study="test",
    study_digest="0" * 16,
    day=DAY,
    videos=(WORK,),
    estimate=Estimate(today=(Cost("people", "video_query", "research", 2.0),)),
)
RESULT = VideoResult(
    collections=("people",), purpose=Purpose.FRESH, window=BOTH, query={}, usernames=("ann", "ben"), requests=3
)


def record(*results: VideoResult, run_id: str = "one", **more: Any) -> RunRecord:
    return RunRecord(study="test", run_id=run_id, day=DAY, part="accounts", videos=results, **more)


def days(manifest: dict[str, Any]) -> dict[str, str]:
    return {day["day"]: day["status"] for day in manifest["collections"]["people"]["days"]}


def test_a_day_without_anything_missing_is_complete_whatever_was_found() -> None:
    found = {TUESDAY: DayFound(3, late=1, by_username={"ann": 3})}
    manifest = day_manifest(PLAN, {"one": "running"}, [record(msgspec.structs.replace(RESULT, found=found))])
    assert manifest["status"] == "complete"
    assert days(manifest) == {"2026-11-16": "complete", "2026-11-17": "complete"}
    people = manifest["collections"]["people"]
    assert (people["rows"], people["late_arrivals"], people["requests"]) == (3, 1, 3)


def test_what_is_missing_for_one_account_is_partial_and_for_all_a_gap() -> None:
    missing = (
        Missing(Window(MONDAY, MONDAY), "day_fails", "500"),
        Missing(Window(TUESDAY, TUESDAY), "bad_username", "500", ("ben",)),
    )
    manifest = day_manifest(PLAN, {"one": "running"}, [record(msgspec.structs.replace(RESULT, missing=missing))])
    assert manifest["status"] == "complete_with_gaps"
    assert days(manifest) == {"2026-11-16": "gap", "2026-11-17": "partial"}
    assert manifest["collections"]["people"]["status"] == "partial"
    by_day = {day["day"]: day["missing"] for day in manifest["collections"]["people"]["days"]}
    assert by_day["2026-11-16"] == [{"reason": "day_fails", "detail": "500"}]
    assert by_day["2026-11-17"] == [{"reason": "bad_username", "detail": "500", "usernames": ("ben",)}]


def test_a_gap_of_one_batch_is_partial_where_another_batch_came() -> None:
    lost = msgspec.structs.replace(RESULT, missing=(Missing(BOTH, "window_fails"),))
    manifest = day_manifest(PLAN, {"one": "running"}, [record(lost, RESULT)])
    assert set(days(manifest).values()) == {"partial"}


def test_it_runs_until_all_its_runs_have_ended() -> None:
    assert day_manifest(PLAN, {"one": "running"}, [])["status"] == "running"
    assert day_manifest(PLAN, {"one": "running", "two": "running"}, [record(RESULT)])["status"] == "running"
    both = [record(RESULT), record(run_id="two")]
    assert day_manifest(PLAN, {"one": "running", "two": "running"}, both)["status"] == "complete"


def test_a_run_that_never_started_is_no_complete_day() -> None:
    manifest = day_manifest(PLAN, {"one": "running", "two": "never_started"}, [record(RESULT)])
    assert manifest["status"] == "complete_with_gaps"
    assert manifest["runs"] == {"one": "ended", "two": "never_started"}


def test_a_collection_whose_run_goes_on_is_not_called_complete() -> None:
    two = msgspec.structs.replace(PLAN, videos=(WORK, WORK))
    running, lost = {"one": "running", "two": "running"}, {"one": "running", "two": "never_started"}
    statuses = [
        day_manifest(two, runs, records)["collections"]["people"]["status"]
        for runs, records in ((running, []), (running, [record(RESULT)]), (lost, [record(RESULT)]))
    ]
    assert statuses == ["running", "running", "partial"]


def test_what_did_not_fit_is_due_and_a_day_of_which_some_accounts_were_asked_is_partial() -> None:
    wednesday = Window(date(2026, 11, 18), date(2026, 11, 18))
    left = (LeftOut(("people",), Window(TUESDAY, TUESDAY), 40), LeftOut(("people",), wednesday, 42))
    plan = msgspec.structs.replace(PLAN, left_out=left)
    manifest = day_manifest(plan, {"one": "running"}, [record(RESULT)])
    assert days(manifest) == {"2026-11-16": "complete", "2026-11-17": "partial", "2026-11-18": "due"}
    people = manifest["collections"]["people"]
    assert people["status"] == "partial"
    assert [(day["accounts"], day.get("accounts_due")) for day in people["days"]] == [(2, None), (2, 40), (0, 42)]


def test_what_was_used_stands_beside_what_was_planned() -> None:
    used = (Cost("people", "comment_list", "research", 4.0), Cost("people", "video_query", "research", 3.0))
    manifest = day_manifest(PLAN, {"one": "running"}, [record(RESULT, used=used)])
    table = {row["endpoint"]: (row["planned"], row["used"]) for row in manifest["requests"]}
    assert table == {"comment_list": (0.0, 4.0), "video_query": (2.0, 3.0)}


def test_a_control_that_finds_nothing_says_that_the_api_is_silent() -> None:
    control = msgspec.structs.replace(RESULT, purpose=Purpose.CONTROL)
    silent = msgspec.structs.replace(control, silent=True)
    quiet, loud = (day_manifest(PLAN, {"one": "running"}, [record(RESULT, each)]) for each in (control, silent))
    assert quiet["collections"]["people"]["silence"] == "nothing_new"
    assert loud["collections"]["people"]["silence"] == "api_silent"


def test_the_docs_have_every_field() -> None:
    control = msgspec.structs.replace(RESULT, purpose=Purpose.CONTROL)
    lost = msgspec.structs.replace(RESULT, missing=(Missing(BOTH, "window_fails"),))
    visits = (VisitResult(collections=("people",), username="ann", complete=True, observation="private"),)
    left = (LeftOut(("people",), BOTH, 7),)
    plan = msgspec.structs.replace(PLAN, left_out=left)
    manifest = day_manifest(plan, {"one": "running"}, [record(lost, control, visits=visits)])
    text = (DOCS / "manifest.md").read_text()
    heading = "## The manifest of a study's day: `manifests/study=<name>/dt=<day>.json`"
    assert sorted(names(table_of(text, heading, "field"))) == sorted(manifest)
    collection = manifest["collections"]["people"]
    assert sorted(names_of_first(text, "### `collections.<name>`")) == sorted(collection)
    assert sorted(names_of_first(text, "### `collections.<name>.days[]`")) == sorted(collection["days"][0])


def names_of_first(text: str, heading: str) -> list[str]:
    """Only the names before the meaning, since some rows name several fields."""
    return names(table_of(text, heading, "field"))
