"""Invocations through a storm and the calm after it, as Lambda and the schedule make them."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import msgspec
from aws_lambda_powertools import Logger

from benchmarks.chaos.scene import RUN
from tests.integration.collection.cloud import Cloud
from tiktok_collector.errors import CollectorError
from tiktok_collector.handling import UnexpectedFailure, answer

TICK: Final = timedelta(minutes=10)
RETRIES: Final = (timedelta(), timedelta(minutes=1), timedelta(minutes=2))
"""When Lambda delivers an event: at once, and again after each failure."""
_MOST_TICKS: Final = 600
_AN_HOUR: Final = 6
"""In ticks."""


@dataclass
class Invocations:
    """Invokes use cases inside the frame that all handlers have, and counts how they end."""

    made: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """By the type of the error, all of which are the collector's."""
    untyped: list[str] = field(default_factory=list)
    """Those that ended with another error, each with it."""

    def __call__(self, use_case: Callable[[], msgspec.Struct]) -> dict[str, Any] | None:
        """Makes one; its report, or None if it failed."""
        self.made += 1
        log = Logger(service="chaos", level="CRITICAL", stream=io.StringIO(), logger_handler=None)
        try:
            return answer(log, use_case)
        except UnexpectedFailure as error:
            self.untyped.append(repr(error.__cause__))
        except CollectorError as error:
            self.failed[type(error).__name__] += 1
        return None


def deliver(invocations: Invocations, cloud: Cloud, event: dict[str, Any]) -> None:
    """Delivers an event as Lambda does: twice more where it fails."""
    for pause in RETRIES:
        cloud.clock.sleep(pause.total_seconds())
        if invocations(lambda: cloud.extract(event)) is not None:
            return


def has_ended(cloud: Cloud, run: str) -> bool:
    """Whether the run's manifest is there, and is not the one that is written when a run begins."""
    return f"manifests/run={run}.json" in cloud.keys("manifests/") and cloud.manifest(run)["status"] != "running"


def play(
    cloud: Cloud,
    event: dict[str, Any],
    *,
    is_over: Callable[[], bool],
    invocations: Invocations | None = None,
    hourly: Callable[[], msgspec.Struct] | None = None,
) -> Invocations:
    """Delivers the event, then ticks until the run has ended, and the storm is over.

    Where all deliveries failed before the run was stored, a person sends the event again once the storm is over: it
    then lies at the on-failure destination. `hourly` is what another function does meanwhile.
    """
    invocations = invocations or Invocations()
    deliver(invocations, cloud, event)
    for number in range(_MOST_TICKS):
        cloud.clock.sleep(TICK.total_seconds())
        report = invocations(cloud.tick)
        if hourly and number % _AN_HOUR == 0:
            invocations(hourly)
        if not is_over() or report is None or report["open_runs"]:
            continue
        if has_ended(cloud, event.get("run_id", RUN)):
            break
        deliver(invocations, cloud, event)
    return invocations
