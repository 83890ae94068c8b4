"""The usage log of a closed UTC day, `usage/dt=…/tiktok_api_usage_log.json` (schema: docs/quota.md).

It holds no personal data and no time of writing, so the same day gives the same bytes.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from tiktok_collector.accounting.reconciliation import FamilyDay
from tiktok_collector.accounting.tally import FamilyTally, tally_family
from tiktok_collector.lake.keys import usage_log_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.versions import decoded

SCHEMA_VERSION: Final = 1


class UsageLog(msgspec.Struct, frozen=True, kw_only=True):
    """A day's sums by family, and every settled request in the order of sending."""

    version: int = SCHEMA_VERSION
    day: str
    families: list[FamilyTally]
    requests: list[UsageEntry]


_LOG: Final = msgspec.json.Decoder(UsageLog)


class ClosedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a day's usage log; `written` is False where it was there already, with the same content."""

    day: str
    key: str
    requests: int
    unknown: int
    written: bool


def usage_log(day: str, families: Sequence[FamilyDay]) -> UsageLog:
    """The usage log of a day."""
    entries = [entry for each in families for entry in each.entries]
    return UsageLog(
        day=day,
        families=[tally_family(each.usage, each.entries) for each in families],
        requests=sorted(entries, key=lambda entry: (entry.sent_at, entry.request_id)),
    )


def stored_log(objects: ObjectStore, day: str) -> UsageLog | None:
    """The usage log of a day as it is stored; None if there is none that can be read.

    Raises:
        Retriable: S3 failed.
        MissingResource: the bucket is absent or may not be used.
        NewerVersion: newer code wrote it.
    """
    data = objects.get_bytes(usage_log_key(day))
    if data is None:
        return None
    try:
        return decoded(_LOG.decode, data, known=SCHEMA_VERSION, what=f"The usage log of {day}")
    except msgspec.DecodeError:
        return None


def remembered(families: Sequence[FamilyDay], log: UsageLog | None) -> list[FamilyDay]:
    """A day of the ledger with what its stored log has besides: a restored table forgets, and a log must not.

    Entries are told by their request ids. Where the log knows of more requests, its counter stands.
    """
    if log is None:
        return list(families)
    found = {each.usage.family: each for each in families}
    logged: dict[Family, list[UsageEntry]] = {}
    for entry in log.requests:
        logged.setdefault(entry.family, []).append(entry)
    for tally in log.families:
        usage, entries = _usage_of(log.day, tally), logged.get(tally.family, [])
        if here := found.get(tally.family):
            known = {entry.request_id for entry in here.entries}
            entries = [*here.entries, *(entry for entry in entries if entry.request_id not in known)]
            usage = max(here.usage, usage, key=lambda each: each.used)
        found[tally.family] = FamilyDay(usage, entries)
    return [found[family] for family in Family if family in found]


def close_day(objects: ObjectStore, day: str, families: Sequence[FamilyDay]) -> ClosedDay | None:
    """Write a day's usage log unless it is there as it should be; None for a day on which nothing was sent.

    Raises:
        Retriable: S3 failed.
        MissingResource: the bucket is absent or may not be used.
    """
    if not any(each.usage.used or each.entries for each in families):
        return None
    log = usage_log(day, families)
    key, content = usage_log_key(day), msgspec.json.encode(log) + b"\n"
    written = objects.get_bytes(key) != content
    if written:
        objects.put_bytes(key, content)
    return ClosedDay(
        day=day,
        key=key,
        requests=sum(each.used for each in log.families),
        unknown=sum(each.unknown for each in log.families),
        written=written,
    )


def _usage_of(day: str, tally: FamilyTally) -> DayUsage:
    return DayUsage(
        day=day,
        family=tally.family,
        limit=tally.limit,
        used=tally.used,
        used_by_class={each: tally.by_class.get(each.value, 0) for each in WorkClass},
        paused_until=tally.paused_until,
        closed_until=tally.closed_until,
    )
