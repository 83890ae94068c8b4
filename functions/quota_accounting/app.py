"""Entry point of the function `quota_accounting`."""

import os
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.gauges import publish
from tiktok_collector.accounting.quota_accounting import QuotaAccounting
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.aws import dynamodb_client, s3_client
from tiktok_collector.clock import SystemClock
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.quota_accounting import QuotaAccountingEvent
from tiktok_collector.handling import answer
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.observability import logger, metrics
from tiktok_collector.quota.budget import budgets
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.settings import AccountingSettings
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore


@cache
def _use_case() -> QuotaAccounting:
    settings = AccountingSettings.load(os.environ)
    clock, s3 = SystemClock(), s3_client()
    ledger = QuotaLedger(
        dynamodb_client(),
        settings.usage_log_table,
        budgets(settings),
        clock,
        turn_of_day=timedelta(seconds=settings.turn_of_day_seconds),
    )
    families = {endpoint.entity: endpoint.family for endpoint in ENDPOINTS.values()}
    pages = StoredPages(RawPageStore(s3, settings.bucket), families)
    objects = ObjectStore(s3, settings.bucket)
    runs = RunStore(dynamodb_client(), settings.tasks_table, clock)
    tasks = TaskStore(dynamodb_client(), settings.tasks_table, clock)
    return QuotaAccounting(ledger, pages, objects, Forecasting(runs, tasks, objects), clock)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Account for the quota; returns the report (docs/quota.md), which is logged and published as metrics too.

    Raises:
        CollectorError: so that Lambda retries a scheduled invocation and its failure destination sees the event.
    """

    def accounted() -> msgspec.Struct:
        report = _use_case().run(reconciling=parse_event(QuotaAccountingEvent, event).reconcile)
        publish(report, metrics("quota_accounting"))
        return report

    return answer(logger("quota_accounting"), accounted)
