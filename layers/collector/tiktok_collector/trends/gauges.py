"""What an alarm may be set on, as EMF metrics."""

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from tiktok_collector.trends.poll import OF_CREDENTIALS
from tiktok_collector.trends.report import TrendReport


def publish(report: TrendReport, metrics: Metrics) -> None:
    """Write how many lists the poll lacks, how many of them for want of credentials, and how many are suspicious."""
    metrics.add_metric("TrendGaps", MetricUnit.Count, sum(gap.lists for gap in report.gaps))
    of_credentials = sum(gap.lists for gap in report.gaps if gap.reason in OF_CREDENTIALS)
    metrics.add_metric("TrendCredentialsRefused", MetricUnit.Count, of_credentials)
    if report.suspicious is not None:
        metrics.add_metric("TrendSuspicious", MetricUnit.Count, report.suspicious)
    metrics.flush_metrics()
