"""All cases of the fault campaign, and how one is played."""

from types import SimpleNamespace
from typing import Final
from unittest.mock import patch

from benchmarks.chaos import (
    accounting,
    clocks,
    deliveries,
    dynamodb,
    full_table,
    killed,
    poisoned,
    s3,
    secrets,
    trend_storms,
    versions,
    wire,
)
from benchmarks.chaos.case import Case, Figures, Size
from tiktok_collector.collection import engine

CASES: Final[tuple[Case, ...]] = (
    *dynamodb.CASES,
    *s3.CASES,
    *wire.CASES,
    *secrets.CASES,
    *clocks.CASES,
    *accounting.CASES,
    *killed.CASES,
    *deliveries.CASES,
    *trend_storms.CASES,
    *versions.CASES,
    *poisoned.CASES,
    *full_table.CASES,
)
_NO_WAITING: Final = SimpleNamespace(sleep=lambda _: None)
"""For the index of the fakes, which is never late."""


def played(case: Case, size: Size, seed: int) -> Figures:
    """The figures of a case, played now."""
    with patch.object(engine, "time", _NO_WAITING):
        return case.run(size, seed)
