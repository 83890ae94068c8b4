"""Entry point of the function `quota_accounting`."""

import os
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.gauge_values import GaugeReader
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
from tiktok_collector.tokens.lease import TokenLease


@cache
def _use_cases() -> tuple[QuotaAccounting, GaugeReader]:
    settings = AccountingSettings.load(os.environ)
    clock, s3, dynamodb = SystemClock(), s3_client(), dynamodb_client()
    ledger = QuotaLedger(
        dynamodb,
        settings.usage_log_table,
        budgets(settings),
        clock,
        turn_of_day=timedelta(seconds=settings.turn_of_day_seconds),
    )
    families = {endpoint.entity: endpoint.family for endpoint in ENDPOINTS.values()}
    pages, objects = StoredPages(RawPageStore(s3, settings.bucket), families), ObjectStore(s3, settings.bucket)
    runs = RunStore(dynamodb, settings.tasks_table, clock)
    forecasting = Forecasting(runs, TaskStore(dynamodb, settings.tasks_table, clock), objects)
    gauges = GaugeReader(objects=objects, runs=runs, token=TokenLease(dynamodb, settings.tasks_table, clock))
    return QuotaAccounting(ledger, pages, objects, forecasting, clock), gauges


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Account for the quota; returns the report (docs/quota.md), which is logged; a schedule's gauges become metrics.

    Raises:
        CollectorError: so that Lambda retries a scheduled invocation and its failure destination sees the event.
    """

    def accounted() -> msgspec.Struct:
        asked = parse_event(QuotaAccountingEvent, event)
        accounting, gauges = _use_cases()
        report = gauges.read(accounting.run(reconciling=asked.reconcile))
        # At the schedule's minute a token has 45 minutes left, or a refresh has failed; at another it may have ten and
        # be well. And people who ask must not hide that the schedule is off.
        if asked.of_a_schedule:
            publish(report.gauges, metrics())
        return report

    return answer(logger("quota_accounting"), accounted)
