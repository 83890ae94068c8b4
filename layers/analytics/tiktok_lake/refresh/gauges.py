"""The gauges of the checks that alarms watch (docs/terms.md)."""

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from tiktok_lake.refresh.status import LakeStatus


def publish(status: LakeStatus, metrics: Metrics) -> None:
    """Writes the gauges as one EMF line; alarms know these names, and they never change."""
    gauges = {
        "VideosDue": status.due.get("videos", 0),
        "VideosLate": status.late.get("videos", 0),
        "DataLate": sum(status.late.values()),
        "ChecksHeld": sum(len(each.held) for each in status.rounds),
    }
    for name, value in gauges.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()
