"""Gauges from a real bucket and real tables (moto): manifests, polls and plans as the functions write them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.integration.accounting.conftest import BUCKET, TASKS, Stack
from tiktok_collector.accounting import recent_runs as recent
from tiktok_collector.accounting.gauge_values import GaugeReader, HourlyReport
from tiktok_collector.accounting.gauges import Gauges
from tiktok_collector.clock import iso
from tiktok_collector.collection.manifest_document import manifest_head, subject_report
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.keys import day_plan_key, manifest_key, study_manifest_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.trend_keys import trend_summary_key
from tiktok_collector.studies.day_manifest import day_manifest
from tiktok_collector.study.day_plan import DayPlan, Purpose, VideoWork
from tiktok_collector.study.record import RunRecord, VideoResult
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.task import Counts, Gap, GapReason, Progress, Task, TaskKind, TaskSpec, TaskState
from tiktok_collector.tokens.lease import TokenLease
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.summary import Flag, ListSummary, Summary, encode_summary
from tiktok_collector.trends import poll as polls
from tiktok_collector.trends.summaries import TrendSummaries

TODAY = date(2026, 11, 20)
US, GB = (
    TrendList(source=TrendSource.CREATIVE_CENTER, kind=TrendKind.HASHTAG, country=country, period=7)
    for country in ("US", "GB")
)
LOST = Gap(GapReason.SEARCH_LOST, "lost")


def report(stack: Stack) -> HourlyReport:
    objects = ObjectStore(stack.s3, BUCKET)
    reader = GaugeReader(objects=objects, runs=stack.runs, token=TokenLease(stack.dynamodb, TASKS, stack.clock))
    return reader.read(stack.accounting().run())


def gauges(stack: Stack) -> Gauges:
    return report(stack).gauges


def put(stack: Stack, key: str, value: Any) -> None:
    ObjectStore(stack.s3, BUCKET).put_json(key, value)


def finished_run(stack: Stack, run_id: str = "one", *, subjects: str = "accounts", **progress: Any) -> None:
    """The manifest of a run with one stream, as it is at its end."""
    spec = TaskSpec(TaskKind.PAGES, "videos", TODAY, "someone", "video_query")
    task = Task(run_id, "a00001.videos", spec, 2, "research/adhoc", TaskState.DONE, Progress(**progress))
    run = Run(run_id, "user_extraction", {}, "adhoc", iso(stack.clock.now()))
    put(stack, manifest_key(run_id), {**manifest_head(run, "complete_with_gaps"), subjects: [subject_report([task])]})


def test_a_quiet_stack_has_gauges_of_nothing(stack: Stack) -> None:
    found = report(stack)
    assert found.unread == []
    assert found.gauges == Gauges(
        token_minutes_left=None,
        quota_used_percent=0.0,
        quota_used_percent_before_noon=0.0,
        hours_since_last_page=0.0,
        gaps=0,
        suspicious_zeros=0,
        schema_drift=0,
        requests_of_unknown_fate=0,
    )


def test_the_token_is_known_by_what_its_function_noted(stack: Stack) -> None:
    lease = TokenLease(stack.dynamodb, TASKS, stack.clock)
    held = lease.acquire()
    assert held
    assert lease.release(held, (), stack.clock.now() + timedelta(minutes=43))
    assert gauges(stack).token_minutes_left == 43.0
    held = lease.acquire()
    assert held
    assert lease.release(held, ())
    stack.clock.advance(minutes=43.5)
    assert gauges(stack).token_minutes_left == 0.0


def test_requests_of_unknown_fate_are_those_of_all_families(stack: Stack) -> None:
    stack.spend(1)
    stack.reserve()
    stack.settle(stack.reserve(), "unknown")
    found = gauges(stack)
    assert (found.requests_of_unknown_fate, found.quota_used_percent) == (2, 0.3)


@pytest.mark.parametrize("subjects", ["accounts", "searches", "works"])
def test_gaps_and_drift_of_every_kind_of_run_count_for_a_day(stack: Stack, subjects: str) -> None:
    counts = Counts(quarantined=2, unknown_fields={"new": 7, "newer": 1})
    finished_run(stack, subjects=subjects, gaps=[LOST, LOST], counts=counts)
    finished_run(stack, "two", counts=Counts(unknown_fields={"new": 3}))
    assert (gauges(stack).gaps, gauges(stack).schema_drift) == (2, 4)
    stack.clock.advance(hours=23.9)
    assert gauges(stack).gaps == 2
    stack.clock.advance(hours=0.2)
    assert (gauges(stack).gaps, gauges(stack).schema_drift) == (0, 0)


@pytest.mark.parametrize("reason", list(GapReason))
def test_gaps_that_nothing_can_be_done_about_and_possible_ones_raise_no_alarm(stack: Stack, reason: GapReason) -> None:
    finished_run(stack, gaps=[Gap(reason, possible=True)])
    assert gauges(stack).gaps == 0
    finished_run(stack, gaps=[Gap(reason)])
    hopeless = reason.startswith("observed_") or reason in {GapReason.BAD_USERNAME, GapReason.COMMENTS_CAPPED}
    assert gauges(stack).gaps == (0 if hopeless else 1)


def test_a_damaged_and_an_enormous_manifest_are_named_and_the_others_count(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished_run(stack, gaps=[LOST])
    finished_run(stack, "large", gaps=[LOST] * 50)
    stack.s3.put_object(Bucket=BUCKET, Key=manifest_key("torn"), Body=b'{"status": "comp')
    monkeypatch.setattr(recent, "MOST_BYTES", 2_000)
    found = report(stack)
    assert found.gauges.gaps == 1
    assert found.unread == [manifest_key("large"), manifest_key("torn")]


def test_only_so_many_manifests_are_read_the_newest_first(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        finished_run(stack, f"run{number}", gaps=[LOST])
        stack.clock.advance(minutes=1)
    monkeypatch.setattr(recent, "MOST_MANIFESTS", 2)
    found = report(stack)
    assert (found.gauges.gaps, found.unread) == (2, [manifest_key("run0")])


# -------------------------------------------------------------------- a study


def study_day(stack: Stack, day: date, runs: Mapping[str, str], *, silent: bool | None = None) -> None:
    """The manifest of a day; `silent` is what a control of its one collection found."""
    window = Window(day - timedelta(days=3), day - timedelta(days=3))
    work = VideoWork(collections=("people",), purpose=Purpose.FRESH, window=window, query={}, usernames=("ann",))
    plan = DayPlan(study="s", study_digest="0", day=day, videos=(work,))
    result = VideoResult(
        collections=("people",), purpose=Purpose.FRESH, window=window, query={}, usernames=("ann",), requests=1
    )
    control = msgspec.structs.replace(result, purpose=Purpose.CONTROL, silent=bool(silent))
    records = [RunRecord(study="s", run_id="one", day=day, part="accounts", videos=(result, control))]
    manifest = day_manifest(plan, runs, [] if silent is None else records)
    put(stack, study_manifest_key("s", day.isoformat()), manifest)


def test_runs_of_a_study_that_never_started_or_failed_are_gaps_of_today_and_yesterday(stack: Stack) -> None:
    for ago in range(4):
        study_day(stack, TODAY - timedelta(days=ago), {"one": "never_started", "two": "failed", "three": "running"})
    assert gauges(stack).gaps == 4


def test_a_silent_collection_is_suspicious_until_a_later_day_finds_something(stack: Stack) -> None:
    study_day(stack, TODAY - timedelta(days=1), {"one": "running"}, silent=True)
    assert gauges(stack).suspicious_zeros == 1
    study_day(stack, TODAY, {"one": "running"})
    assert gauges(stack).suspicious_zeros == 1
    study_day(stack, TODAY, {"one": "running"}, silent=False)
    assert gauges(stack).suspicious_zeros == 0


def plan(stack: Stack, day: date) -> None:
    document = DayPlan(study="s", study_digest="d", day=day)
    stack.s3.put_object(Bucket=BUCKET, Key=day_plan_key(day.isoformat()), Body=gzipped(msgspec.json.encode(document)))


def test_a_new_study_waits_from_its_upload_on_and_not_while_its_day_is_planned(stack: Stack) -> None:
    stack.s3.put_object(Bucket=BUCKET, Key="config/study.yaml.bak", Body=b"version: 1")
    stack.clock.advance(hours=1)
    assert gauges(stack).hours_since_last_page == 0.0
    stack.s3.put_object(Bucket=BUCKET, Key="config/study.yaml", Body=b"version: 1")
    stack.clock.advance(hours=3)
    assert gauges(stack).hours_since_last_page == 3.0
    plan(stack, TODAY)
    assert gauges(stack).hours_since_last_page == 0.0
    stack.clock.to(22, 3)
    assert gauges(stack).hours_since_last_page == 27.0
    stack.s3.delete_object(Bucket=BUCKET, Key="config/study.yaml")
    assert gauges(stack).hours_since_last_page == 0.0


def test_an_open_run_waits_from_its_start_or_the_last_page_on(stack: Stack) -> None:
    stack.spend(1)
    stack.clock.advance(hours=30)
    run = stack.runs.create(Run("one", "user_extraction", {}, "adhoc", iso(stack.clock.now())), 1)
    assert gauges(stack).hours_since_last_page == 0.0
    stack.clock.advance(hours=26)
    assert gauges(stack).hours_since_last_page == 26.0
    stack.spend(1)
    stack.settle(stack.reserve(), "failed")
    stack.clock.advance(hours=2)
    assert gauges(stack).hours_since_last_page == 2.0
    stack.runs.close(run)
    assert gauges(stack).hours_since_last_page == 0.0


# -------------------------------------------------------------------- trends


def poll(stack: Stack, name: str, *outcomes: polls.ListOutcome, day: date = TODAY, finished: bool = True) -> None:
    now = iso(stack.clock.now())
    document = polls.Poll(
        day=day.isoformat(),
        name=name,
        run_id=f"trends-{name}",
        work_class="scheduled",
        started_at=now,
        updated_at=now,
        finished_at=now if finished else None,
        lists=outcomes,
    )
    TrendSummaries(ObjectStore(stack.s3, BUCKET)).store_poll(document)


def lacking(asked: TrendList, reason: polls.GapReason = polls.GapReason.CREDENTIALS_REJECTED) -> polls.ListOutcome:
    return polls.ListOutcome(asked=asked, gap=polls.Gap(reason=reason, message="no"))


def test_a_list_is_a_gap_until_a_later_poll_has_it(stack: Stack) -> None:
    poll(stack, "p1", lacking(US), lacking(GB))
    assert gauges(stack).gaps == 2
    stack.clock.advance(hours=1)
    poll(stack, "p2", polls.ListOutcome(asked=US, rows=100, rejected=3), finished=False)
    assert (gauges(stack).gaps, gauges(stack).schema_drift) == (2, 0)
    poll(stack, "p2", polls.ListOutcome(asked=US, rows=100, rejected=3))
    assert (gauges(stack).gaps, gauges(stack).schema_drift) == (1, 3)
    stack.clock.advance(hours=24.5)
    assert (gauges(stack).gaps, gauges(stack).schema_drift) == (0, 0)


def test_a_poll_of_yesterday_that_never_ended_has_gaps(stack: Stack) -> None:
    poll(stack, "p2", lacking(US, polls.GapReason.NOT_REACHED), finished=False)
    assert gauges(stack).gaps == 0
    stack.clock.to(21, 1)
    assert gauges(stack).gaps == 1


def summary(stack: Stack, day: date, *flags: Flag, good_polls: int) -> None:
    of_list = ListSummary(
        asked=US, as_of=None, compared_with=None, first=True, flags=flags, gaps=(), polls=1, good_polls=good_polls,
        rows=0, total=None, last_asked=day, doubted=(), entries=(), left=(),
    )  # fmt: skip
    document = encode_summary(Summary(day=day, lists=(of_list,), merged=()))
    stack.s3.put_object(Bucket=BUCKET, Key=trend_summary_key(day.isoformat()), Body=gzipped(document))


def test_lists_that_are_not_believed_are_suspicious_by_the_newest_summary(stack: Stack) -> None:
    summary(stack, TODAY - timedelta(days=1), Flag.EMPTY, good_polls=0)
    assert gauges(stack).suspicious_zeros == 1
    summary(stack, TODAY, Flag.EMPTY, good_polls=1)
    assert gauges(stack).suspicious_zeros == 0
    summary(stack, TODAY, Flag.GAP, good_polls=0)
    assert gauges(stack).suspicious_zeros == 0
    summary(stack, TODAY, Flag.SHRUNKEN, good_polls=0)
    assert gauges(stack).suspicious_zeros == 1


def test_damaged_documents_of_trends_are_named_and_stop_nothing(stack: Stack) -> None:
    key = trend_summary_key(TODAY.isoformat())
    stack.s3.put_object(Bucket=BUCKET, Key=key, Body=b"not gzip")
    stack.s3.put_object(Bucket=BUCKET, Key=f"trends/polls/dt={TODAY}/p1.json", Body=b"{")
    poll(stack, "p2", lacking(US))
    found = report(stack)
    assert found.gauges.gaps == 1
    assert found.unread == [f"trends/polls/dt={TODAY}/p1.json", key]


def test_the_report_is_the_accounts_and_the_gauges(stack: Stack) -> None:
    stack.spend(2)
    found = report(stack)
    accounts = stack.accounting().run()
    assert {name: getattr(found, name) for name in accounts.__struct_fields__} == msgspec.structs.asdict(accounts)
    assert found.at == datetime(2026, 11, 20, 12, tzinfo=UTC)
