"""Accounting over a real ledger and a real bucket (moto)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from functions.quota_accounting import app
from tests.integration.accounting.conftest import BUCKET, TABLE, TASKS, Stack
from tiktok_collector.accounting.quota_accounting import AccountingReport
from tiktok_collector.accounting.tally import FamilyTally
from tiktok_collector.accounting.usage_log import UsageLog
from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import InvalidRequest, MissingResource
from tiktok_collector.observability import logger, metrics
from tiktok_collector.quota.families import Family, WorkClass

TODAY, TOMORROW = "2026-11-20", "2026-11-21"
LOG = f"usage/dt={TODAY}/tiktok_api_usage_log.json"


def research(report: AccountingReport) -> FamilyTally:
    return next(each for each in report.families if each.family is Family.RESEARCH)


def closed_log(stack: Stack, key: str = LOG) -> UsageLog:
    return msgspec.json.decode(stack.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(), type=UsageLog)


def reads_of_pages(stack: Stack) -> list[str]:
    """Keys of the raw pages that are read from now on."""
    read: list[str] = []

    def note(params: dict[str, Any], **_: object) -> None:
        if params["Key"].startswith("raw/"):
            read.append(params["Key"])

    stack.s3.meta.events.register("provide-client-params.s3.GetObject", note)
    return read


def test_today_is_reported_by_family_endpoint_and_run(stack: Stack) -> None:
    stack.spend(3)
    stack.spend(2, Family.FOLLOWERS)
    stack.settle(stack.reserve(), "unknown")
    stack.reserve()
    report = stack.accounting().run()
    assert report.day == TODAY
    tally = research(report)
    assert (tally.used, tally.remaining, tally.unknown, tally.unsettled) == (5, 995, 2, 1)
    assert tally.by_endpoint["video_query"].records == 300
    assert tally.by_run["r1"].requests == 4
    assert [(each.family, each.used) for each in report.families] == [("research", 5), ("followers", 2)]
    assert (report.raised, report.closed_days) == ([], [])


def test_a_forgotten_ledger_is_raised_to_what_the_pages_prove(stack: Stack) -> None:
    stack.spend(12)
    stack.spend(3, Family.FOLLOWERS)
    stack.forget_the_ledger()
    report = stack.accounting().run()
    assert [(each.day, each.family, each.by) for each in report.raised] == [
        (TODAY, "research", 12),
        (TODAY, "followers", 3),
    ]
    assert stack.ledger.usage(TODAY, Family.RESEARCH).used == 12
    assert research(report).unknown == 12
    assert stack.accounting().run().raised == []


def test_pages_and_new_entries_are_proof_together(stack: Stack) -> None:
    stack.spend(5)
    stack.forget_the_ledger()
    for _ in range(4):
        stack.settle(stack.reserve(), "failed")
    stack.spend(2)
    report = stack.accounting().run()
    assert research(report).used == 11
    assert research(report).unknown == 5


def test_no_page_is_read_while_the_counter_covers_them(stack: Stack) -> None:
    stack.spend(3)
    unsettled = stack.reserve()
    stack.store(unsettled)
    read = reads_of_pages(stack)
    assert stack.accounting().run().raised == []
    assert read == []


def test_a_page_proves_the_day_in_its_envelope_not_the_day_it_was_stored_on(stack: Stack) -> None:
    stack.clock.to(20, 23, 57)
    late = stack.reserve()
    stack.clock.to(21, 0, 1)
    stack.store(late)
    stack.forget_the_ledger()
    stack.clock.to(21, 0, 7)
    report = stack.accounting().run()
    assert [(each.day, each.by) for each in report.raised] == [(TODAY, 1)]
    assert research(report).used == 0


def test_a_page_of_a_run_that_started_ten_days_ago_counts_today(stack: Stack) -> None:
    stack.store(stack.reserve(), dt="2026-11-10")
    stack.forget_the_ledger()
    assert research(stack.accounting().run()).used == 1


def test_a_page_of_yesterday_does_not_count_today(stack: Stack) -> None:
    stack.spend(2)
    stack.clock.to(21, 12)
    assert research(stack.accounting().run()).used == 0


def test_a_damaged_page_counts_and_is_named(stack: Stack) -> None:
    key = stack.store(stack.reserve())
    stack.s3.put_object(Bucket=BUCKET, Key=key, Body=b"not gzip")
    stack.forget_the_ledger()
    report = stack.accounting().run()
    assert report.damaged_pages == [key]
    assert research(report).used == 1


def test_an_object_of_several_pages_proves_a_request_each(stack: Stack) -> None:
    blocks = [stack.ledger.reserve(Family.FOLLOWERS, WorkClass.ADHOC, count=count) for count in (10, 10, 4)]
    keys = [stack.store(*block) for block in blocks]
    stack.settle_together(blocks[0], keys[0])
    assert stack.accounting().run().raised == []
    stack.forget_the_ledger()
    stack.settle_together(blocks[0], keys[0])
    report = stack.accounting().run()
    assert [(each.day, each.family, each.by) for each in report.raised] == [(TODAY, "followers", 24)]
    usage = stack.ledger.usage(TODAY, Family.FOLLOWERS)
    assert (usage.used, len(list(stack.ledger.entries(TODAY, Family.FOLLOWERS)))) == (24, 10)


def test_settled_objects_of_several_pages_are_not_read_again(stack: Stack) -> None:
    for count in (10, 3):
        block = stack.ledger.reserve(Family.FOLLOWERS, WorkClass.ADHOC, count=count)
        stack.settle_together(block, stack.store(*block))
    read = reads_of_pages(stack)
    assert stack.accounting().run().raised == []
    assert read == []


def test_a_damaged_object_of_followers_counts_as_the_most_it_can_hold(stack: Stack) -> None:
    key = stack.store(*stack.ledger.reserve(Family.FOLLOWERS, WorkClass.ADHOC, count=3))
    stack.s3.put_object(Bucket=BUCKET, Key=key, Body=b"not gzip")
    stack.forget_the_ledger()
    assert stack.accounting().run().damaged_pages == [key]
    assert stack.ledger.usage(TODAY, Family.FOLLOWERS).used == 10


def test_without_reconciling_the_counter_stays_as_it_is(stack: Stack) -> None:
    stack.spend(2)
    stack.forget_the_ledger()
    assert research(stack.accounting().run(reconciling=False)).used == 0


def test_a_new_day_writes_yesterdays_log_once(stack: Stack) -> None:
    stack.spend(2)
    stack.settle(stack.reserve(), "failed")
    stack.spend(1, Family.FOLLOWERS)
    stack.reserve()
    stack.clock.to(21, 0, 7)
    (closed,) = stack.accounting().run().closed_days
    assert (closed.day, closed.key, closed.requests, closed.unknown, closed.written) == (TODAY, LOG, 5, 1, True)
    log = closed_log(stack)
    assert (log.version, log.day) == (1, TODAY)
    assert [(each.family, each.used, each.unknown) for each in log.families] == [
        ("research", 4, 1),
        ("followers", 1, 0),
    ]
    assert sorted(entry.outcome for entry in log.requests) == ["failed", "ok", "ok", "ok"]
    (again,) = stack.accounting().run().closed_days
    assert again.written is False


def test_late_entries_of_the_last_two_days_are_folded_in(stack: Stack) -> None:
    late, later = stack.reserve(), stack.reserve()
    stack.clock.to(21, 0, 7)
    stack.accounting().run()
    stack.settle(late)
    stack.clock.to(22, 9)
    (closed,) = stack.accounting().run().closed_days
    assert (closed.written, closed.unknown, len(closed_log(stack).requests)) == (True, 1, 1)
    stack.clock.to(23, 9)
    stack.settle(later)
    assert stack.accounting().run().closed_days == []


def test_a_closed_day_keeps_the_limit_it_was_worked_under(stack: Stack) -> None:
    stack.spend(1)
    stack.clock.to(21, 0, 7)
    stack.limit = 7
    ledger = stack.ledger
    assert ledger.usage(TODAY, Family.RESEARCH).limit == 1_000
    assert ledger.usage(TOMORROW, Family.RESEARCH).limit == 7


def test_the_log_of_a_day_is_the_documented_schema(stack: Stack) -> None:
    stack.spend(1)
    stack.clock.to(21, 0, 7)
    stack.accounting().run()
    log = json.loads(stack.s3.get_object(Bucket=BUCKET, Key=LOG)["Body"].read())
    assert set(log) == {"version", "day", "families", "requests"}
    assert set(log["families"][0]) == {
        "family", "limit", "used", "remaining", "unknown", "unsettled", "paused_until", "closed_until",
        "by_class", "total", "by_endpoint", "by_run", "by_work_class", "by_collection", "daily_refusals",
    }  # fmt: skip
    assert set(log["requests"][0]) == {
        "request_id", "day", "family", "work_class", "run_id", "task_id", "endpoint", "sent_at", "http_status",
        "outcome", "error_code", "error_message", "records", "log_id", "latency_ms", "key",
        "collections",
    }  # fmt: skip


@pytest.fixture
def log(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log of the function as deployed on the stack."""
    monkeypatch.setenv("USAGE_LOG_TABLE", TABLE)
    monkeypatch.setenv("BUCKET", BUCKET)
    monkeypatch.setenv("TASKS_TABLE", TASKS)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "stack-of-the-test")
    stack.clock.time = SystemClock().now()
    written = io.StringIO()
    logger("quota_accounting")
    for sink in logging.getLogger("quota_accounting").handlers:
        monkeypatch.setattr(sink, "stream", written)
    app._use_cases.cache_clear()
    metrics.cache_clear()
    yield written
    app._use_cases.cache_clear()
    metrics.cache_clear()


@pytest.mark.parametrize("scheduled_time", ["<aws.scheduler.scheduled-time>", "2026-11-20T16:07:00Z"])
def test_the_function_returns_logs_and_publishes_its_report(
    scheduled_time: str, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    event = {"reconcile": True, "scheduled_time": scheduled_time}
    answer = app.handler(event, None)
    assert json.loads(json.dumps(answer)) == answer
    assert [each["family"] for each in answer["families"]] == ["research", "followers"]
    (gauges,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (gauges["service"], gauges["QuotaUsedPercent"], gauges["Gaps"]) == ("stack-of-the-test", [0.0], [0.0])
    assert [json.loads(line)["report"] for line in log.getvalue().splitlines()] == [answer]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("event", [{}, {"reconcile": False}])
def test_a_person_who_asks_moves_no_alarm(event: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.handler(event, None)["gauges"]["gaps"] == 0
    assert capsys.readouterr().out == ""


def test_the_function_fails_with_one_sentence(stack: Stack, log: io.StringIO) -> None:
    with pytest.raises(InvalidRequest, match="field 'day' that is not known"):
        app.handler({"day": "2026-11-20"}, None)
    stack.dynamodb.delete_table(TableName=TABLE)
    with pytest.raises(MissingResource, match="There is no table usage-log"):
        app.handler({}, None)
    assert "There is no table usage-log" in log.getvalue()
