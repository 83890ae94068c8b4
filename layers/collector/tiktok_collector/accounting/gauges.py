"""The alarms' gauges, as EMF metrics: one set per family."""

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from tiktok_collector.accounting.quota_accounting import AccountingReport


def publish(report: AccountingReport, metrics: Metrics) -> None:
    """Write today's gauges of each family (dimension `family`), in requests."""
    for family in report.families:
        metrics.add_dimension("family", family.family)
        for name, value in (
            ("RequestsUsed", family.used),
            ("RequestsRemaining", family.remaining),
            ("RequestsOfUnknownFate", family.unknown),
        ):
            metrics.add_metric(name, MetricUnit.Count, value)
        metrics.flush_metrics()
