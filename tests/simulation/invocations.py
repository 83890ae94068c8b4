"""Invocations of the functions that work a study, each of which may be killed after its n-th call to AWS or TikTok."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tests.integration.collection.cloud import Cloud
from tests.integration.collection.saboteur import Saboteur
from tiktok_collector.events.study import Part

if TYPE_CHECKING:
    from tiktok_collector.collection.resumption import ResumptionReport
    from tiktok_collector.collection.services import CollectionServices

_ENDED: Final = frozenset({"complete", "complete_with_gaps"})


class Function(StrEnum):
    """What is invoked: the worker, or a function by the study's schedule."""

    TICK = "tick"
    ACCOUNTS = "accounts"
    SEARCHES = "searches"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        killed: Its process was killed.
        calls: How many calls it made to AWS and TikTok.
        unfinished: Whether runs are still open, as far as it knows.
    """

    killed: bool
    calls: int
    unfinished: bool = True


class Invocations:
    """Invokes the functions of a collector one after the other; a process lives until it is killed, as in Lambda."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._saboteur = Saboteur(cloud)
        self._services: CollectionServices | None = None

    def __call__(self, function: Function, fatal: int | None) -> Outcome:
        """Invokes `function`; its process is killed after call number `fatal`, if it gets so far."""
        self._services = services = self._services or self._saboteur.services()
        report: ResumptionReport | None = None
        ended = False
        with self._saboteur.watching(fatal):
            if function is Function.TICK:
                report = self._cloud.tick(services=services)
            else:
                self._cloud.study(Part(function), services=services)
            ended = True
        calls = len(self._saboteur.calls)
        if not ended:
            self._services = None
        if report is None:
            return Outcome(not ended, calls)
        closed = sum(run.state in _ENDED for run in report.runs)
        return Outcome(not ended, calls, unfinished=report.open_runs > closed)
