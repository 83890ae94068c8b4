"""Keeps `usage/history.json` in the bucket."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tiktok_collector.accounting.history import (
    SCHEMA_VERSION,
    HistoryLine,
    UsageHistory,
    days_to_read,
    line_of_log,
    lines_of,
    next_history,
)
from tiktok_collector.accounting.reconciliation import read_day
from tiktok_collector.accounting.tally import FamilyTally, tally
from tiktok_collector.accounting.usage_log import close_day, stored_log, usage_log
from tiktok_collector.lake.keys import USAGE_HISTORY
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.versions import decoded

_HISTORY: Final = msgspec.json.Decoder(UsageHistory)


class HistoryKeeping:
    """Brings the history up to date from days that are at hand, and reads others only where it lacks them."""

    def __init__(self, objects: ObjectStore, ledger: QuotaLedger) -> None:
        self._objects = objects
        self._ledger = ledger

    def update(self, today: str, days: Mapping[str, Sequence[FamilyTally]]) -> bool:
        """Write the history if it changed; whether it did.

        Args:
            today: The UTC day that is not over.
            days: The tallies of today and of the days before that were read anyway.

        Raises:
            Retriable: AWS is busy or unreachable.
            MissingResource: the table or the bucket is absent or may not be used.
        """
        data = self._objects.get_bytes(USAGE_HISTORY)
        former = _decoded(data)
        lines = {day: lines_of(day, families, closed=day < today) for day, families in days.items()}
        for day in days_to_read(former, today, days):
            lines[day] = self._read(day)
        content = msgspec.json.encode(next_history(former, today, lines)) + b"\n"
        if content == data:
            return False
        self._objects.put_bytes(USAGE_HISTORY, content)
        return True

    def _read(self, day: str) -> list[HistoryLine]:
        """The lines of a day from its closed log; where there is none, the day is closed from the ledger."""
        if log := stored_log(self._objects, day):
            return [
                line_of_log(day, each, tally(entry for entry in log.requests if entry.family is each.family))
                for each in log.families
                if each.used
            ]
        families = read_day(self._ledger, day)
        close_day(self._objects, day, families)
        return lines_of(day, usage_log(day, families).families, closed=True)


def _decoded(data: bytes | None) -> UsageHistory | None:
    """The stored history; None, so that it is built anew, where there is none that can be read.

    Raises:
        NewerVersion: newer code wrote it.
    """
    if data is None:
        return None
    try:
        return decoded(_HISTORY.decode, data, known=SCHEMA_VERSION, what="The history of the usage")
    except msgspec.DecodeError:
        return None
