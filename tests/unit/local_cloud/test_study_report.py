from datetime import date
from io import StringIO

from rich.console import Console

from local_cloud.study_report import print_study
from local_cloud.study_results import study_result
from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.studies.day_manifest import day_manifest
from tiktok_collector.study.day_plan import AccountVisit, Cost, DayPlan, Estimate, Purpose, VideoWork
from tiktok_collector.study.record import DayFound, Missing, RunRecord, VideoResult, VisitResult
from tiktok_collector.study.windows import Window

TODAY = date(2026, 11, 21)
RUN = "study-20261121-accounts"
DAYS = Window(date(2026, 11, 17), date(2026, 11, 19))
PLAN = DayPlan(
    study="demo",
    study_digest="0",
    day=TODAY,
    videos=(VideoWork(collections=("people",), purpose=Purpose.FRESH, window=DAYS, query={}, usernames=("ann",)),),
    visits=(AccountVisit(collections=("people",), username="ann", streams=("profile",)),),
    estimate=Estimate(
        today=(Cost("people", "video_query", "research", 2), Cost("people", "user_followers", "followers", 5)),
        usual=(Cost("people", "video_query", "research", 1.25),),
        capacity={"research": 900, "followers": 18_000},
        backlog={"research": 70},
        days_to_catch_up=3,
        warnings=("The study needs 1,200 requests a day, and 900 are left.",),
    ),
    problems=("accounts.csv, line 3: 'a b' is no account; it is left out.",),
    notes=("The search 'hot' has no trend list yet, so nothing is searched.",),
)


def record(*missing: Missing) -> RunRecord:
    found = {DAYS.start: DayFound(rows=1_200, late=3)}
    result = VideoResult(
        collections=("people",), purpose=Purpose.FRESH, window=DAYS, query={}, found=found, missing=missing
    )
    visit = VisitResult(collections=("people",), username="ann", complete=True, observation="private")
    used = (Cost("people", "video_query", "research", 13), Cost("people", "user_info", "research", 0.5))
    return RunRecord(study="demo", run_id=RUN, day=TODAY, part="accounts", videos=(result,), visits=(visit,), used=used)


def shown(*records: RunRecord, plan: DayPlan = PLAN) -> str:
    console = Console(file=StringIO(), width=160, color_system=None)
    print_study(console, study_result(day_manifest(plan, {RUN: RUNNING}, records)))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def cells(text: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.strip().startswith("people")]
    return line.split()


def test_a_collections_line_has_rows_late_ones_requests_days_and_what_was_observed() -> None:
    assert cells(shown(record())) == ["people", "1,200", "3", "13.5", "7", "3", "complete", "1", "1", "private", "yes"]


def test_days_that_are_missing_are_counted_with_their_reasons() -> None:
    lost = Missing(Window(DAYS.start, DAYS.start), "day_fails")
    partly = Missing(Window(DAYS.end, DAYS.end), "bad_username", usernames=("ann",))
    line = " ".join(cells(shown(record(lost, partly))))
    assert "1 complete, 1 partial, 1 gap" in line
    assert "partial: 1 bad_username, 1 day_fails" in line


def test_while_a_run_has_not_ended_nothing_is_called_complete() -> None:
    assert cells(shown())[-2:] == ["not", "yet"]


def test_the_estimate_and_everything_that_is_wrong_are_said() -> None:
    text = shown(record())
    research = "14 requests used, 2 planned   900 left to schedules, 2 a usual day"
    assert f"Study on 2026-11-21, research      {research}" in text
    assert "0 requests used, 5 planned   18,000 left to schedules" in text
    assert "70 requests did not fit; the study will have caught up in 3 days." in text
    assert PLAN.problems[0] in text
    assert PLAN.estimate.warnings[0] in text
    assert PLAN.notes[0] in text


def test_a_day_on_which_nothing_is_due_is_one_sentence() -> None:
    nothing = DayPlan(study="demo", study_digest="0", day=TODAY)
    text = shown(plan=nothing)
    assert "Nothing of the study demo is due on 2026-11-21." in text
    assert "Everything that is due was planned." in text
    assert "requests" not in text


def test_a_study_that_never_catches_up_is_told() -> None:
    plan = DayPlan(study="demo", study_digest="0", day=TODAY, estimate=Estimate(days_to_catch_up=None))
    assert "never catches up" in shown(plan=plan)
