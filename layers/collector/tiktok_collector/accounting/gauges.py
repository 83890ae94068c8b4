"""The gauges that alarms watch: one number each, published hourly as EMF metrics (docs/runbook.md has the table)."""

from typing import Final

import msgspec
from aws_lambda_powertools.metrics import Metrics, MetricUnit


class Gauges(msgspec.Struct, frozen=True, kw_only=True):
    """How the stack is now. What counts "of the last day" is gone after 24 hours, and its alarm with it.

    Attributes:
        token_minutes_left: Until the access token expires; None: there never was one, and nothing is published.
        quota_used_percent: Of today's limit, of the family of the Research API that has used most of it.
        quota_used_percent_before_noon: The same of what was sent before 12:00 UTC; it stays until midnight.
        hours_since_last_page: Since the Research API last gave something that was waited for; 0: nothing is waited for.
        gaps: What runs, a study's days and polls of trends have recorded in the last day as missing for certain.
        suspicious_zeros: Collections and lists of trends that are empty although they should not be.
        schema_drift: Rows of the last day that break their model, and fields that are new.
        requests_of_unknown_fate: Of today: reserved and never settled, or settled without an answer.
    """

    token_minutes_left: float | None
    quota_used_percent: float
    quota_used_percent_before_noon: float
    hours_since_last_page: float
    gaps: int
    suspicious_zeros: int
    schema_drift: int
    requests_of_unknown_fate: int


SERIES: Final = {
    "TokenMinutesLeft": ("token_minutes_left", MetricUnit.NoUnit),
    "QuotaUsedPercent": ("quota_used_percent", MetricUnit.Percent),
    "QuotaUsedPercentBeforeNoon": ("quota_used_percent_before_noon", MetricUnit.Percent),
    "HoursSinceLastPage": ("hours_since_last_page", MetricUnit.NoUnit),
    "Gaps": ("gaps", MetricUnit.Count),
    "SuspiciousZeros": ("suspicious_zeros", MetricUnit.Count),
    "SchemaDrift": ("schema_drift", MetricUnit.Count),
    "RequestsOfUnknownFate": ("requests_of_unknown_fate", MetricUnit.Count),
}
"""The metrics by name: which gauge, in which unit. Alarms and dashboards know these names; they never change."""


def publish(gauges: Gauges, metrics: Metrics) -> None:
    """Write the gauges as one EMF line; a gauge without a value is left out."""
    for name, (field, unit) in SERIES.items():
        value = getattr(gauges, field)
        if value is not None:
            metrics.add_metric(name, unit, value)
    metrics.flush_metrics()
