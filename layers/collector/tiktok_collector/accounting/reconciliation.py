"""Keeps the counter at or above what entries and stored pages prove.

The counter can fall behind them where its table is restored to an earlier state: a backup on AWS, a killed local cloud
whose tables are written at an orderly stop only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger


@dataclass(frozen=True, slots=True)
class FamilyDay:
    """One day of one family after reconciliation; the counter was raised by `raised_by` requests."""

    usage: DayUsage
    entries: Sequence[UsageEntry]
    raised_by: int = 0
    damaged: tuple[str, ...] = ()


def read_family_day(ledger: QuotaLedger, day: str, family: Family) -> FamilyDay:
    """The day as the ledger has it."""
    return FamilyDay(ledger.usage(day, family), list(ledger.entries(day, family)))


def reconcile(ledger: QuotaLedger, pages: StoredPages, stored: FamilyDay, keys: Sequence[str]) -> FamilyDay:
    """The day with its counter raised to what is proven; `keys` are the pages that may belong to it.

    Settled pages are known from their entries. Only if the rest would lift the sum over the counter are envelopes
    read. A damaged page counts as one request: the safe side.
    """
    day, family = stored.usage.day, stored.usage.family
    settled = {entry.key for entry in stored.entries}
    unsettled = [key for key in keys if key not in settled]
    if len(stored.entries) + len(unsettled) <= stored.usage.used:
        return stored
    known = {entry.request_id for entry in stored.entries}
    proof = pages.prove(unsettled, day, family)
    proven = len(known | proof.request_ids) + len(proof.damaged)
    if proven <= stored.usage.used:
        return FamilyDay(stored.usage, stored.entries, damaged=proof.damaged)
    ledger.raise_to(day, family, proven)
    usage = ledger.usage(day, family)
    return FamilyDay(usage, stored.entries, usage.used - stored.usage.used, proof.damaged)
