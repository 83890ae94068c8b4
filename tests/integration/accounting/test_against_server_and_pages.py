"""The ledger held against the server's refusals and against the stored pages (moto)."""

import pytest

from tests.integration.accounting.conftest import BUCKET, Stack
from tiktok_collector.accounting.reconciliation import Reconciled
from tiktok_collector.accounting.refusals import DailyRefusals
from tiktok_collector.accounting.tally import FamilyTally
from tiktok_collector.quota.families import Family

TODAY = "2026-11-20"


def research(stack: Stack) -> FamilyTally:
    return next(each for each in stack.accounting().run().families if each.family is Family.RESEARCH)


def compared(stack: Stack, day: str = TODAY, family: Family = Family.RESEARCH) -> tuple[int, int, int]:
    (found,) = [each for each in stack.accounting().run().reconciled if (each.day, each.family) == (day, family)]
    return found.pages, found.pages_without_entry, found.entries_without_page


def test_a_day_that_the_server_refused_early_says_at_how_many_of_our_requests(stack: Stack) -> None:
    stack.clock.to(20, 14)
    stack.spend(30)
    stack.clock.advance(seconds=10)
    first = stack.refuse()
    stack.clock.advance(seconds=1)
    stack.refuse()
    stack.clock.advance(minutes=20)
    stack.spend(2)
    tally = research(stack)
    assert tally.daily_refusals == DailyRefusals(requests=2, first_at=first.sent_at, refused_at=30, short_of_limit=970)
    assert (tally.used, tally.total.refused, tally.total.wasted) == (34, 2, 2)


def test_a_refusal_at_the_limit_is_short_of_nothing(stack: Stack) -> None:
    stack.limit = 5
    stack.spend(4)
    stack.clock.advance(seconds=1)
    stack.limit = 4
    tally = research(stack)
    assert tally.daily_refusals is None
    stack.limit = 5
    stack.refuse()
    stack.limit = 4
    found = research(stack).daily_refusals
    assert found
    assert (found.refused_at, found.short_of_limit) == (4, 0)


def test_a_short_pause_is_not_the_days_end(stack: Stack) -> None:
    stack.refuse("rate_limit_exceeded")
    tally = research(stack)
    assert (tally.total.refused, tally.daily_refusals) == (1, None)


def test_pages_and_entries_that_match(stack: Stack) -> None:
    stack.spend(3)
    stack.settle(stack.reserve(), "failed")
    stack.spend(2, Family.FOLLOWERS)
    report = stack.accounting().run()
    days = [TODAY, "2026-11-19", "2026-11-18"]
    assert [(each.day, each.family) for each in report.reconciled] == [
        (day, family) for day in days for family in (Family.RESEARCH, Family.FOLLOWERS)
    ]
    assert report.reconciled[:2] == [
        Reconciled(day=TODAY, family=Family.RESEARCH, pages=3, pages_without_entry=0, entries_without_page=0),
        Reconciled(day=TODAY, family=Family.FOLLOWERS, pages=2, pages_without_entry=0, entries_without_page=0),
    ]


def test_a_page_without_an_entry_and_an_entry_without_its_page_are_counted(stack: Stack) -> None:
    stack.spend(2)
    stack.store(stack.reserve())
    gone = stack.reserve()
    key = stack.store(gone)
    stack.settle(gone, key=key)
    stack.s3.delete_object(Bucket=BUCKET, Key=key)
    assert compared(stack) == (3, 1, 1)


def test_a_page_stored_after_midnight_belongs_to_the_day_that_its_entry_says(stack: Stack) -> None:
    stack.clock.to(20, 23, 57)
    late = stack.reserve()
    stack.clock.to(21, 0, 1)
    stack.settle(late, key=stack.store(late))
    stack.clock.to(21, 0, 7)
    assert compared(stack) == (1, 0, 0)
    assert compared(stack, "2026-11-21") == (0, 0, 0)


@pytest.mark.parametrize("collections", [(), ("news",), ("news", "politics")])
def test_the_collections_of_a_request_reach_the_report_by_way_of_the_table(
    stack: Stack, collections: tuple[str, ...]
) -> None:
    stack.spend(2, collections=collections)
    lines = research(stack).by_collection
    assert set(lines) == (set(collections) or {"ad hoc"})
    assert sum(line.records for line in lines.values()) == 200


def test_without_reconciling_nothing_is_compared(stack: Stack) -> None:
    stack.spend(1)
    assert stack.accounting().run(reconciling=False).reconciled == []
