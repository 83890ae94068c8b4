"""What the stack says of its quota: the accountant's report, and the history of the last days (docs/quota.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from cli.target import Target
from local_cloud.invocation import invoke
from tiktok_collector.accounting.history import SCHEMA_VERSION
from tiktok_collector.documents import well_read
from tiktok_collector.lake.keys import USAGE_HISTORY
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.versions import decoded

DAYS: Final = 30
_LARGEST: Final = 20_000_000
"""Bytes of a history that is read; one of two years has less than a million."""


class _Line(msgspec.Struct, frozen=True):
    day: str
    family: str
    used: int


class _History(msgspec.Struct, frozen=True):
    lines: tuple[_Line, ...] = ()
    version: int = SCHEMA_VERSION


_SHAPE: Final = msgspec.json.Decoder(_History)
_WHOLE: Final = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True)
class Quota:
    """Today as the accountant reports it, and the days before it as the bucket has them."""

    report: Mapping[str, Any]
    history: Mapping[str, Any]


@dataclass(frozen=True)
class DayUse:
    """One family's requests of one UTC day; None where nothing is recorded."""

    day: date
    used: int | None


def quota_of(target: Target) -> Quota:
    """What the accountant finds now; nothing is reconciled, so it answers within seconds."""
    report = invoke(target.aws, target.stack.quota_accounting, {"reconcile": False})
    objects = ObjectStore(target.aws.s3, target.stack.bucket)
    return Quota(report, _history(objects.get_bytes(USAGE_HISTORY, first=_LARGEST + 1)))


def _history(stored: bytes | None) -> Mapping[str, Any]:
    """The stored history; an empty one in place of a damaged one, which the accountant writes anew within the hour.

    Raises:
        NewerVersion: newer code wrote it.
    """
    if stored is None or len(stored) > _LARGEST:
        return {}
    try:
        decoded(_SHAPE.decode, stored, known=SCHEMA_VERSION, what="The history of the usage")
        return well_read(_WHOLE.decode, stored)
    except msgspec.DecodeError:
        return {}


def family_days(history: Mapping[str, Any], family: str, today: date) -> list[DayUse]:
    """The last 30 days and today of one family, the oldest first."""
    used = {line["day"]: line["used"] for line in history.get("lines", ()) if line["family"] == family}
    span = [today - timedelta(days=number) for number in range(DAYS, -1, -1)]
    return [DayUse(day, used.get(day.isoformat())) for day in span]


def forecast_of(report: Mapping[str, Any], family: str) -> Mapping[str, Any] | None:
    """The forecast of a family; None for families without one, and from stacks of earlier versions."""
    return next((each for each in report.get("forecasts", ()) if each["family"] == family), None)
