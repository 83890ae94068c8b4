"""Whatever was sent, the lines of every tally come to its total."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.accounting.tally import AD_HOC, NO_COLLECTION, FamilyTally, Share, Tally, tally_family
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.families import Family, WorkClass

NUMBERS = ("requests", "ok", "failed", "refused", "unknown", "wasted", "records")
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


@st.composite
def entries(draw: st.DrawFn, family: Family = Family.RESEARCH) -> UsageEntry:
    outcome: Outcome = draw(st.sampled_from(get_args(Outcome)))
    return UsageEntry(
        request_id=draw(st.uuids()).hex,
        day="2026-11-20",
        family=family,
        work_class=draw(st.sampled_from(WorkClass)),
        run_id=draw(st.sampled_from(["r1", "r2", "trends-20261120-p1"])),
        task_id="t",
        endpoint=draw(st.sampled_from(["video_query", "comment_list", "user_info"])),
        sent_at=MIDNIGHT + timedelta(minutes=draw(st.integers(0, 1439))),
        outcome=outcome,
        error_code="daily_quota_limit_exceeded" if outcome == "refused" else None,
        records=draw(st.integers(0, 100)) if outcome == "ok" else 0,
        collections=tuple(draw(st.lists(st.sampled_from("abcdefg"), max_size=7, unique=True))),
    )


def day(sent: list[UsageEntry], family: Family = Family.RESEARCH, limit: int = 1_000) -> FamilyTally:
    by_class = {each: sum(entry.work_class is each for entry in sent) for each in WorkClass}
    return tally_family(DayUsage("2026-11-20", family, limit, len(sent), by_class), sent)


def sum_of(lines: dict[str, Tally] | dict[str, Share], number: str) -> float:
    return float(sum(getattr(line, number) for line in lines.values()))


@pytest.mark.parametrize(
    "lines_of", [lambda day: day.by_endpoint, lambda day: day.by_run, lambda day: day.by_work_class]
)
@given(sent=st.lists(entries(), max_size=60))
def test_lines_come_to_the_total(lines_of: Callable[[FamilyTally], dict[str, Tally]], sent: list[UsageEntry]) -> None:
    tally = day(sent)
    for number in NUMBERS:
        assert sum_of(lines_of(tally), number) == getattr(tally.total, number)


@given(st.lists(entries(), max_size=60))
def test_shares_of_collections_come_to_the_total(sent: list[UsageEntry]) -> None:
    tally = day(sent)
    for number in NUMBERS:
        rounding = 0.0005 * len(tally.by_collection) + 1e-6
        assert sum_of(tally.by_collection, number) == pytest.approx(getattr(tally.total, number), abs=rounding)


@given(st.lists(entries(), max_size=60))
def test_every_request_has_one_outcome_and_the_wasted_ones_are_those_without_rows(sent: list[UsageEntry]) -> None:
    total = day(sent).total
    assert total.requests == total.ok + total.failed + total.refused + total.unknown == len(sent)
    assert total.wasted == sum(entry.records == 0 for entry in sent) >= total.requests - total.ok
    assert (total.records_per_request is None) == (not sent)
    if sent:
        assert total.records_per_request == pytest.approx(total.records / len(sent), abs=0.00501)


@given(st.lists(entries(), max_size=60))
def test_the_order_of_the_entries_does_not_matter(sent: list[UsageEntry]) -> None:
    assert day(sent) == day(sent[::-1])


@given(st.lists(entries(), min_size=1, max_size=60), st.integers(0, 80))
def test_the_refusals_of_the_day_say_what_had_been_sent_before(sent: list[UsageEntry], limit: int) -> None:
    refusals = day(sent, limit=limit).daily_refusals
    refused = [entry.sent_at for entry in sent if entry.outcome == "refused"]
    if refusals is None:
        assert not refused
        return
    assert (refusals.requests, refusals.first_at) == (len(refused), min(refused))
    others = [entry for entry in sent if entry.outcome != "refused"]
    assert refusals.refused_at == sum(entry.sent_at <= min(refused) for entry in others) < len(sent)
    assert refusals.short_of_limit == max(0, limit - refusals.refused_at)


def one(family: Family, work_class: WorkClass, run_id: str, *collections: str) -> UsageEntry:
    return UsageEntry(
        request_id="q",
        day="2026-11-20",
        family=family,
        work_class=work_class,
        run_id=run_id,
        task_id="t",
        endpoint="e",
        sent_at=MIDNIGHT,
        outcome="ok",
        records=10,
        collections=collections,
    )


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (one(Family.RESEARCH, WorkClass.ADHOC, "r1"), {AD_HOC: 1}),
        (one(Family.RESEARCH, WorkClass.SCHEDULED, "r1"), {NO_COLLECTION: 1}),
        (one(Family.FOLLOWERS, WorkClass.SCHEDULED, "r1", "a"), {"a": 1}),
        (one(Family.RESEARCH, WorkClass.SCHEDULED, "r1", "a", "b", "c"), {"a": 0.333, "b": 0.333, "c": 0.333}),
        (one(Family.CREATIVE_CENTER, WorkClass.SCHEDULED, "trends-20261120-p1"), {"trends-20261120-p1": 1}),
        (one(Family.BUSINESS_API, WorkClass.ADHOC, "mine"), {AD_HOC: 1}),
    ],
)
def test_who_a_request_was_sent_for(sent: UsageEntry, lines: dict[str, float]) -> None:
    found = day([sent], sent.family).by_collection
    assert {name: line.requests for name, line in found.items()} == lines
    assert all(line.records_per_request == 10 for line in found.values())


def test_a_short_term_refusal_says_nothing_of_the_days_quota() -> None:
    waiting = UsageEntry(
        request_id="q",
        day="2026-11-20",
        family=Family.RESEARCH,
        work_class=WorkClass.ADHOC,
        run_id="r",
        task_id="t",
        endpoint="e",
        sent_at=MIDNIGHT,
        outcome="refused",
        http_status=429,
        error_code="rate_limit_exceeded",
    )
    assert day([waiting]).daily_refusals is None
