"""The values of the gauges: read from table and bucket, each source once an hour."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from tiktok_collector.accounting.activity import Activity
from tiktok_collector.accounting.gauges import Gauges
from tiktok_collector.accounting.quota_accounting import AccountingReport
from tiktok_collector.accounting.recent_runs import recent_runs
from tiktok_collector.accounting.recent_trends import recent_trends
from tiktok_collector.accounting.tally import FamilyTally
from tiktok_collector.accounting.waiting import waiting_since
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.quota.families import RESEARCH_API, Family
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tokens.lease import TokenLease

_DIGITS: Final = 2


class HourlyReport(AccountingReport, frozen=True, kw_only=True):
    """The accounts, and the gauges; `unread` are documents that the gauges do not know of: damaged, or too large."""

    gauges: Gauges
    unread: list[str]


class GaugeReader:
    """Finds the values of the gauges. Every read is bounded, and nothing is written."""

    def __init__(self, *, objects: ObjectStore, runs: RunStore, token: TokenLease) -> None:
        self._objects = objects
        self._runs = runs
        self._token = token

    def read(self, report: AccountingReport) -> HourlyReport:
        """The report with the gauges as of its time.

        Raises:
            Retriable: AWS is busy or unreachable.
            MissingResource: the table or the bucket is absent or may not be used.
        """
        now, done = report.at, report.activity
        runs, trends = recent_runs(self._objects, now), recent_trends(self._objects, now)
        gauges = Gauges(
            token_minutes_left=_minutes_left(self._token.token_expires_at(), now),
            quota_used_percent=used_percent(report.families, {each.family: each.used for each in report.families}),
            quota_used_percent_before_noon=used_percent(report.families, done.before_noon),
            hours_since_last_page=hours_waited(done, waiting_since(self._runs, self._objects, now), now),
            gaps=runs.gaps + trends.gaps,
            suspicious_zeros=runs.silent_collections + trends.suspicious,
            schema_drift=runs.quarantined + runs.new_fields + trends.rejected,
            requests_of_unknown_fate=sum(family.unknown for family in report.families),
        )
        return HourlyReport(**msgspec.structs.asdict(report), gauges=gauges, unread=[*runs.unread, *trends.unread])


def used_percent(families: Iterable[FamilyTally], used: Mapping[Family, int]) -> float:
    """What `used` is of today's limit, of the family of the Research API that has used most of it."""
    shares = [100 * used.get(each.family, 0) / each.limit for each in families if each.family in RESEARCH_API]
    return round(max(shares, default=0.0), _DIGITS)


def hours_waited(done: Activity, since: datetime | None, now: datetime) -> float:
    """How long nothing has come that was waited for `since` then; 0 if nothing is waited for."""
    if since is None:
        return 0.0
    last = max(since, done.last_answer_at or since)
    return round(max(0.0, (now - last).total_seconds() / 3600), _DIGITS)


def _minutes_left(expires_at: datetime | None, now: datetime) -> float | None:
    if expires_at is None:
        return None
    return round(max(0.0, (expires_at - now).total_seconds() / 60), _DIGITS)
