"""Pure: when something last came, and how much of today was sent before noon, by the ledger's entries."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from tiktok_collector.accounting.reconciliation import FamilyDay
from tiktok_collector.quota.families import RESEARCH_API, Family

NOON: Final = 12


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """What the entries of the last days say of the Research API.

    `last_answer_at` is when the newest request that was answered well had been sent; None if there was none in these
    days. `before_noon` has today's requests by family that were sent before 12:00 UTC.
    """

    last_answer_at: datetime | None
    before_noon: dict[Family, int]


def activity(now: datetime, days: Mapping[str, Iterable[FamilyDay]], today: str) -> Activity:
    """What the families of `days` have done, as of `now`."""
    ours = [each for families in days.values() for each in families if each.usage.family in RESEARCH_API]
    answered = [entry.sent_at for each in ours for entry in each.entries if entry.outcome == "ok"]
    return Activity(
        last_answer_at=max(answered, default=None),
        before_noon={each.usage.family: _before_noon(now, each) for each in ours if each.usage.day == today},
    )


def _before_noon(now: datetime, day: FamilyDay) -> int:
    """Until noon that is the counter; later only entries tell when a request was sent."""
    if now.hour < NOON:
        return max(day.usage.used, len(day.entries))
    return sum(entry.sent_at.hour < NOON for entry in day.entries)
