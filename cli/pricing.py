"""What a month on AWS costs, from counts: the price list, and pure arithmetic over it.

Counts are measured (`benchmarks/monthly_cost.py`); docs/cost.md has the table that follows from them.
"""

from typing import Final

import msgspec

PRICES_OF: Final = "2026-11-21"
"""The day on which the prices were last gone through."""
REGION: Final = "us-east-1"


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """The price of one kind of use, in dollars for `per` units, and how many units are always free in a month."""

    item: str
    unit: str
    dollars: float
    per: float = 1
    always_free: float = 0


PRICES: Final = {
    "s3_writes": Price(item="S3: objects and parts written, lists", unit="requests", dollars=0.005, per=1_000),
    "s3_reads": Price(item="S3: objects read", unit="requests", dollars=0.0004, per=1_000),
    "s3_gb": Price(item="S3: storage", unit="GB", dollars=0.023),
    "table_writes": Price(item="DynamoDB: write units", unit="units", dollars=0.625, per=1_000_000),
    "table_reads": Price(item="DynamoDB: read units", unit="units", dollars=0.125, per=1_000_000),
    "table_gb": Price(item="DynamoDB: storage", unit="GB", dollars=0.25, always_free=25),
    "table_backup_gb": Price(item="DynamoDB: point-in-time recovery", unit="GB", dollars=0.20),
    "lambda_gb_seconds": Price(item="Lambda: arm64", unit="GB-seconds", dollars=0.0000133334, always_free=400_000),
    "invocations": Price(
        item="Lambda: invocations", unit="requests", dollars=0.20, per=1_000_000, always_free=1_000_000
    ),
    "schedules": Price(
        item="EventBridge Scheduler", unit="invocations", dollars=1.00, per=1_000_000, always_free=14_000_000
    ),
    "secrets": Price(item="Secrets Manager: secrets", unit="secrets", dollars=0.40),
    "secret_calls": Price(item="Secrets Manager: calls", unit="requests", dollars=0.05, per=10_000),
    "metrics": Price(item="CloudWatch: metrics", unit="series", dollars=0.30, always_free=10),
    "alarms": Price(item="CloudWatch: alarms", unit="alarms", dollars=0.10, always_free=10),
    "dashboards": Price(item="CloudWatch: dashboards", unit="dashboards", dollars=3.00, always_free=3),
    "logs_gb": Price(item="CloudWatch: logs", unit="GB", dollars=0.50, always_free=5),
}
"""On-demand prices of `REGION`, before taxes. Elsewhere they are some per cent to a third higher."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a stack uses in a month: each field in the unit of its price, storage as it is at the month's end."""

    s3_writes: float
    s3_reads: float
    s3_gb: float
    table_writes: float
    table_reads: float
    table_gb: float
    table_backup_gb: float
    lambda_gb_seconds: float
    invocations: float
    schedules: float
    secrets: float
    secret_calls: float
    metrics: float
    alarms: float
    dashboards: float
    logs_gb: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of use and its dollars: with what is always free taken off, and without."""

    item: str
    quantity: float
    unit: str
    dollars: float
    dollars_without_free: float


def monthly_cost(counts: Counts) -> list[Line]:
    """A line for each kind of use, the most expensive first, by what is paid after what is always free."""
    lines = []
    for name, price in PRICES.items():
        quantity = getattr(counts, name)
        rate = price.dollars / price.per
        lines.append(
            Line(
                item=price.item,
                quantity=quantity,
                unit=price.unit,
                dollars=max(0.0, quantity - price.always_free) * rate,
                dollars_without_free=quantity * rate,
            )
        )
    return sorted(lines, key=lambda line: (-line.dollars, -line.dollars_without_free))


def total(lines: list[Line]) -> tuple[float, float]:
    """The sums in dollars: with what is always free taken off, and without."""
    return sum(line.dollars for line in lines), sum(line.dollars_without_free for line in lines)
