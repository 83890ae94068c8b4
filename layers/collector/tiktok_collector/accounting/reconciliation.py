"""Holds the ledger against the stored pages, and keeps the counter at or above what entries and pages prove.

The counter can fall behind them where its table is restored to an earlier state: a backup on AWS, a killed local cloud
whose tables are written at an orderly stop only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.lake.blocks import PAGES_A_BLOCK
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import RESEARCH_API, Family
from tiktok_collector.quota.ledger import QuotaLedger

_PAGES_AN_OBJECT: Final = {Family.FOLLOWERS: PAGES_A_BLOCK}


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger of one day and family held against the bucket, both of them counted.

    `pages` were stored on the day, counted by objects (of followers, up to ten pages each). `pages_without_entry` are
    those that no entry names: their worker ended between the two, and the one that resumes the task settles them.
    `entries_without_page` name one that is not there any more.
    """

    day: str
    family: Family
    pages: int
    pages_without_entry: int
    entries_without_page: int


@dataclass(frozen=True, slots=True)
class FamilyDay:
    """One day of one family after reconciliation; the counter was raised by `raised_by` requests."""

    usage: DayUsage
    entries: Sequence[UsageEntry]
    raised_by: int = 0
    damaged: tuple[str, ...] = ()


def read_day(ledger: QuotaLedger, day: str) -> list[FamilyDay]:
    """The day as the ledger has it, by family: those of the Research API, and those of trends that were used.

    Raises:
        AwsBusy: the table is throttled.
        MissingResource: the table is not there or may not be used.
    """
    every = [read_family_day(ledger, day, family) for family in Family]
    # Trends need not be collected at all; the quotas of the Research API are told in any case.
    return [each for each in every if each.usage.family in RESEARCH_API or each.usage.used or each.entries]


def read_family_day(ledger: QuotaLedger, day: str, family: Family) -> FamilyDay:
    """One family's day as the ledger has it."""
    return FamilyDay(ledger.usage(day, family), list(ledger.entries(day, family)))


def reconcile(ledger: QuotaLedger, pages: StoredPages, stored: FamilyDay, keys: Sequence[str]) -> FamilyDay:
    """The day with its counter raised to what is proven; `keys` are the pages that may belong to it.

    Settled pages are known from their entries. Only if the rest would lift the sum over the counter are envelopes
    read. An object may hold several pages, whose entries are written together: all of them are settled, or none. A
    damaged object counts as the most requests that it can prove: the safe side.
    """
    day, family = stored.usage.day, stored.usage.family
    settled = {entry.key for entry in stored.entries}
    unsettled = [key for key in keys if key not in settled]
    most = _PAGES_AN_OBJECT.get(family, 1)
    if len(stored.entries) + len(unsettled) * most <= stored.usage.used:
        return stored
    known = {entry.request_id for entry in stored.entries}
    proof = pages.prove(unsettled, day, family)
    proven = len(known | proof.request_ids) + len(proof.damaged) * most
    if proven <= stored.usage.used:
        return FamilyDay(stored.usage, stored.entries, damaged=proof.damaged)
    ledger.raise_to(day, family, proven)
    usage = ledger.usage(day, family)
    return FamilyDay(usage, stored.entries, usage.used - stored.usage.used, proof.damaged)


def compare(stored: FamilyDay, keys: Collection[str], settled: Collection[str]) -> Reconciled:
    """A day's entries against its pages.

    Args:
        stored: The day as the ledger has it.
        keys: The pages that may belong to it.
        settled: The pages that entries of any day name: one stored around midnight is listed for both days.
    """
    named = {entry.key for entry in stored.entries if entry.key}
    return Reconciled(
        day=stored.usage.day,
        family=stored.usage.family,
        pages=sum(key in named or key not in settled for key in keys),
        pages_without_entry=sum(key not in settled for key in keys),
        entries_without_page=len(named.difference(keys)),
    )
