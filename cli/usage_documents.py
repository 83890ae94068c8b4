"""What the stack says of its quota: the accountant's report, and the history of the last days (docs/quota.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from cli.target import Target
from local_cloud.invocation import invoke
from tiktok_collector.accounting.history import SCHEMA_VERSION
from tiktok_collector.lake.keys import USAGE_HISTORY
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.versions import refuse_newer

DAYS: Final = 30


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
    return Quota(report, _history(ObjectStore(target.aws.s3, target.stack.bucket).get_bytes(USAGE_HISTORY)))


def _history(stored: bytes | None) -> Mapping[str, Any]:
    """The stored history; an empty one in place of a damaged one, which the accountant writes anew within the hour.

    Raises:
        NewerVersion: newer code wrote it.
    """
    try:
        found = json.loads(stored or b"{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    if isinstance(version := found.get("version", 1), int):
        refuse_newer(version, SCHEMA_VERSION, "The history of the usage")
    return found


def family_days(history: Mapping[str, Any], family: str, today: date) -> list[DayUse]:
    """The last 30 days and today of one family, the oldest first."""
    used = {line["day"]: line["used"] for line in history.get("lines", ()) if line["family"] == family}
    span = [today - timedelta(days=number) for number in range(DAYS, -1, -1)]
    return [DayUse(day, used.get(day.isoformat())) for day in span]


def forecast_of(report: Mapping[str, Any], family: str) -> Mapping[str, Any] | None:
    """The forecast of a family; None for families without one, and from stacks of earlier versions."""
    return next((each for each in report.get("forecasts", ()) if each["family"] == family), None)
