"""Thirty days of history over a real ledger and a real bucket (moto)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.integration.accounting.conftest import BUCKET, Stack
from tiktok_collector.accounting.history import CLOSED_DAYS, HistoryLine, UsageHistory
from tiktok_collector.accounting.tally import FamilyTally
from tiktok_collector.accounting.usage_log import UsageLog
from tiktok_collector.clock import utc_day
from tiktok_collector.lake.keys import USAGE_HISTORY, usage_log_key
from tiktok_collector.quota.families import Family

FIRST = datetime(2026, 10, 1, tzinfo=UTC)


def history(stack: Stack) -> UsageHistory:
    data = stack.s3.get_object(Bucket=BUCKET, Key=USAGE_HISTORY)["Body"].read()
    return msgspec.json.decode(data, type=UsageHistory)


def research(stack: Stack) -> dict[str, HistoryLine]:
    return {line.day: line for line in history(stack).lines if line.family is Family.RESEARCH}


def log_families(stack: Stack, day: str) -> dict[Family, FamilyTally]:
    data = stack.s3.get_object(Bucket=BUCKET, Key=usage_log_key(day))["Body"].read()
    return {each.family: each for each in msgspec.json.decode(data, type=UsageLog).families}


def calls(stack: Stack, operation: str) -> list[str]:
    """The keys of `usage/` that are read or written from now on."""
    seen: list[str] = []

    def note(params: dict[str, Any], **_: object) -> None:
        if params["Key"].startswith("usage/"):
            seen.append(params["Key"])

    stack.s3.meta.events.register(f"provide-client-params.s3.{operation}", note)
    return seen


def at(stack: Stack, day: int, **by: float) -> str:
    """Go to the n-th day from the first of October; returns it."""
    stack.clock.time = FIRST + timedelta(days=day, **by)
    return utc_day(stack.clock.time)


def live(stack: Stack, days: range) -> None:
    """Every day a few requests, and accounting at noon."""
    for day in days:
        at(stack, day, hours=1)
        stack.spend(1 + day % 3)
        stack.settle(stack.reserve(), "failed", http_status=500)
        if day % 5 == 0:
            stack.reserve()
            stack.spend(2, Family.FOLLOWERS)
        at(stack, day, hours=12)
        stack.accounting().run(reconciling=False)


def test_thirty_five_days_leave_the_newest_thirty_closed_ones_and_today(stack: Stack) -> None:
    live(stack, range(36))
    found = history(stack)
    days = sorted({line.day for line in found.lines})
    assert days == [utc_day(FIRST + timedelta(days=day)) for day in range(35 - CLOSED_DAYS, 36)]
    assert found.closed_through == days[-2]
    assert [line.day for line in found.lines if not line.closed] == [days[-1]] * 2
    for line in found.lines:
        assert line.used == line.ok + line.failed + line.refused + line.unknown
        if line.closed:
            log = log_families(stack, line.day)[line.family]
            assert (line.limit, line.used, line.unknown) == (log.limit, log.used, log.unknown)
            assert (line.ok, line.failed, line.refused) == (log.total.ok, log.total.failed, log.total.refused)
            assert (line.wasted, line.records, line.by_class) == (log.total.wasted, log.total.records, log.by_class)


def test_the_lines_are_sorted_and_name_what_was_spent(stack: Stack) -> None:
    stack.spend(2)
    stack.spend(1, records=0)
    stack.settle(stack.reserve(), "unknown")
    stack.reserve()
    stack.refuse("rate_limit_exceeded")
    stack.spend_on_trends(3)
    stack.accounting().run()
    assert history(stack).lines == [
        HistoryLine(
            day="2026-11-20", family=Family.RESEARCH, closed=False, limit=1_000, used=6, ok=3, failed=0, refused=1,
            unknown=2, wasted=3, records=200, by_class={"adhoc": 6, "scheduled": 0},
        ),
        HistoryLine(
            day="2026-11-20", family=Family.CREATIVE_CENTER, closed=False, limit=500, used=3, ok=3, failed=0,
            refused=0, unknown=0, wasted=0, records=60, by_class={"adhoc": 0, "scheduled": 3},
        ),
    ]  # fmt: skip


def test_an_hour_reads_the_history_and_the_two_logs_that_may_change(stack: Stack) -> None:
    live(stack, range(12))
    read, written = calls(stack, "GetObject"), calls(stack, "PutObject")
    at(stack, 11, hours=13)
    stack.accounting().run(reconciling=False)
    assert set(read) == {USAGE_HISTORY, usage_log_key("2026-10-10"), usage_log_key("2026-10-11")}
    assert written == []


def test_late_entries_are_folded_in_for_two_days(stack: Stack) -> None:
    day = at(stack, 0, hours=23)
    late, later, too_late = stack.reserve(), stack.reserve(), stack.reserve()
    at(stack, 1, minutes=7)
    stack.accounting().run()
    assert (research(stack)[day].closed, research(stack)[day].ok, research(stack)[day].unknown) == (True, 0, 3)
    stack.settle(late)
    at(stack, 1, hours=1, minutes=7)
    stack.accounting().run()
    assert (research(stack)[day].ok, research(stack)[day].unknown, research(stack)[day].records) == (1, 2, 100)
    stack.settle(later)
    at(stack, 2, hours=23, minutes=7)
    stack.accounting().run()
    assert (research(stack)[day].ok, research(stack)[day].unknown) == (2, 1)
    stack.settle(too_late)
    at(stack, 3, hours=0, minutes=7)
    stack.accounting().run()
    assert (research(stack)[day].ok, research(stack)[day].unknown) == (2, 1)
    assert log_families(stack, day)[Family.RESEARCH].total.ok == 2


def test_a_table_that_forgets_takes_nothing_from_a_closed_day(stack: Stack) -> None:
    """As after a kill of the local cloud, whose tables are written at an orderly stop only."""
    day = at(stack, 0, hours=23)
    stack.spend(4, collections=("news",))
    stack.spend_on_trends(2)
    late = stack.reserve()
    at(stack, 1, minutes=7)
    stack.accounting().run()
    before, lines = log_families(stack, day), history(stack).lines
    stack.forget_the_ledger()
    written = calls(stack, "PutObject")
    at(stack, 1, hours=1, minutes=7)
    stack.accounting().run()
    assert (log_families(stack, day), history(stack).lines) == (before, lines)
    assert written == []
    stack.settle(late)
    at(stack, 2, hours=1, minutes=7)
    (closed,) = stack.accounting().run().closed_days
    assert (closed.written, closed.requests, closed.unknown) == (True, 7, 0)
    assert log_families(stack, day)[Family.RESEARCH].by_collection["news"].requests == 4


def test_days_on_which_nobody_accounted_are_closed_when_somebody_does(stack: Stack) -> None:
    live(stack, range(3))
    for day in range(3, 9):
        at(stack, day, hours=1)
        stack.spend(day)
    at(stack, 10, hours=1)
    stack.accounting().run()
    used = {day: line.used for day, line in research(stack).items()}
    assert [used[f"2026-10-{day:02d}"] for day in range(4, 10)] == [3, 4, 5, 6, 7, 8]
    assert [log_families(stack, f"2026-10-{day:02d}")[Family.RESEARCH].used for day in range(4, 10)] == [
        3, 4, 5, 6, 7, 8,
    ]  # fmt: skip
    assert all(line.closed for line in research(stack).values())


@pytest.mark.parametrize("damage", [None, b"{", b'{"version": 1}'])
def test_a_history_that_is_lost_comes_back_from_closed_logs_and_the_ledger(stack: Stack, damage: bytes | None) -> None:
    live(stack, range(6))
    before = history(stack)
    if damage is None:
        stack.s3.delete_object(Bucket=BUCKET, Key=USAGE_HISTORY)
    else:
        stack.s3.put_object(Bucket=BUCKET, Key=USAGE_HISTORY, Body=damage)
    # The table may be lost with it: a new stack over an old bucket.
    stack.accounting().run(reconciling=False)
    assert history(stack) == before
    stack.forget_the_ledger()
    stack.s3.delete_object(Bucket=BUCKET, Key=USAGE_HISTORY)
    at(stack, 8, hours=1)
    stack.accounting().run(reconciling=False)
    # Of the sixth day there was no log yet.
    assert history(stack).lines == [line for line in before.lines if line.closed]


def test_a_log_of_an_earlier_version_gives_its_wasted_requests(stack: Stack) -> None:
    live(stack, range(1))
    at(stack, 1, hours=1)
    stack.accounting().run()
    day = utc_day(FIRST)
    expected = research(stack)[day]
    log = msgspec.json.decode(stack.s3.get_object(Bucket=BUCKET, Key=usage_log_key(day))["Body"].read())
    for family in log["families"]:
        for name in ("by_work_class", "by_collection", "daily_refusals"):
            del family[name]
        for name in ("wasted", "records_per_request"):
            del family["total"][name]
    for request in log["requests"]:
        del request["collections"]
    stack.s3.put_object(Bucket=BUCKET, Key=usage_log_key(day), Body=msgspec.json.encode(log))
    stack.s3.delete_object(Bucket=BUCKET, Key=USAGE_HISTORY)
    at(stack, 4, hours=1)
    stack.accounting().run()
    assert expected.wasted == 1
    assert research(stack)[day] == expected
