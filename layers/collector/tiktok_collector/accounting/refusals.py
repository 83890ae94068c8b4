"""Pure: what the server's own refusals say of a day's quota."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from tiktok_collector.quota.entry import UsageEntry

DAILY: Final = "daily_quota_limit_exceeded"


class DailyRefusals(msgspec.Struct, frozen=True, kw_only=True):
    """Requests that the server refused because the day's quota was used up (429).

    `refused_at` is how many others of ours had been sent when the first of them was: far below the limit means that
    others use the same client, or that its limit is a lower one; 0 soon after midnight, that the server's reset was
    late. `short_of_limit` is how many were left by our own count.
    """

    requests: int
    first_at: datetime
    refused_at: int
    short_of_limit: int


def daily_refusals(entries: Sequence[UsageEntry], limit: int) -> DailyRefusals | None:
    """The day's refusals by its settled requests; None if there were none."""
    refused = [entry for entry in entries if _is_daily(entry)]
    if not refused:
        return None
    first_at = min(entry.sent_at for entry in refused)
    refused_at = sum(entry.sent_at <= first_at and not _is_daily(entry) for entry in entries)
    return DailyRefusals(
        requests=len(refused),
        first_at=first_at,
        refused_at=refused_at,
        short_of_limit=max(0, limit - refused_at),
    )


def _is_daily(entry: UsageEntry) -> bool:
    return entry.outcome == "refused" and entry.error_code == DAILY
