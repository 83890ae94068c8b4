"""The alarms' gauges, as EMF metrics: one set per family."""

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from tiktok_collector.accounting.quota_accounting import AccountingReport
from tiktok_collector.quota.families import RESEARCH_API


def publish(report: AccountingReport, metrics: Metrics) -> None:
    """Write today's gauges of each family of the Research API (dimension `family`), in requests."""
    for family in report.families:
        if family.family not in RESEARCH_API:
            continue
        metrics.add_dimension("family", family.family)
        for name, value in (
            ("RequestsUsed", family.used),
            ("RequestsRemaining", family.remaining),
            ("RequestsOfUnknownFate", family.unknown),
        ):
            metrics.add_metric(name, MetricUnit.Count, value)
        metrics.flush_metrics()
