"""Sends the orders and drives the worker until every run is finished or rests for a reason."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import HTTPClientError

from local_cloud.background import in_background
from local_cloud.endpoint import LocalAws
from local_cloud.errors import LocalCloudError, in_words
from local_cloud.invocation import FunctionFailed, invoke
from local_cloud.orders import USER_EXTRACTION, VIDEO_SEARCH, Order
from local_cloud.stack import Stack
from local_cloud.watch import RunStatus, Watcher
from tiktok_collector.errors import CollectorError

_LOOK_SECONDS = 0.5
_PATIENCE = timedelta(minutes=4)
_STILL = timedelta(minutes=6)
_WORKER_PAUSE = timedelta(seconds=3)


@dataclass(slots=True)
class Collected:
    """What came of the orders. `problems` holds, by run id, the sentence of a function that failed."""

    statuses: list[RunStatus]
    problems: dict[str, str] = field(default_factory=dict)
    resting_until: datetime | None = None


class Collecting:
    """One pass over the orders of a `make run`.

    Args:
        aws: The local AWS.
        stack: What is deployed.
        show: Called with the statuses, twice a second.
        check: Called as often; raises LocalCloudError where a process of the local cloud has ended.
        revive: Called once, before resting long: makes due what was parked in an outage that is over; returns how much.
    """

    def __init__(
        self,
        aws: LocalAws,
        stack: Stack,
        *,
        show: Callable[[list[RunStatus]], None],
        check: Callable[[], None],
        revive: Callable[[], int],
    ) -> None:
        self._aws = aws
        self._stack = stack
        self._show = show
        self._check = check
        self._revive: Callable[[], int] | None = revive
        self._functions = {USER_EXTRACTION: stack.user_extraction, VIDEO_SEARCH: stack.video_search}
        self._watcher = Watcher(aws, stack)
        self._sent: dict[str, Future[dict[str, Any]]] = {}
        self._worker: Future[dict[str, Any]] | None = None
        self._worked_at = datetime.now(UTC)

    def run(self, left: list[Order], new: list[Order]) -> Collected:
        """Sends orders to their functions, then wakes `collection_worker` whenever a task is due.

        What an interrupted `make run` left is recovered by the worker, from the table or from the manifests; only where
        neither knows the run is its event sent again. An order without an event is never sent, only waited for.

        Raises:
            LocalCloudError: the local AWS stopped answering, or nothing moved for minutes.
            FunctionFailed: the worker failed.
        """
        if left:
            self._worker = self._invoke(self._stack.collection_worker, {"recover": True})
        for order in new:
            self._send(order)
        moved_at, before = datetime.now(UTC), None
        while True:
            self._check()
            statuses = self._statuses([*left, *new])
            self._show(statuses)
            now = datetime.now(UTC)
            if statuses != before:
                before, moved_at = statuses, now
            if result := self._step(left, statuses, now):
                return result
            if now > moved_at + _STILL:
                raise LocalCloudError(
                    f"Nothing has moved for {_STILL.seconds // 60} minutes; the functions' logs are in the local "
                    "cloud's log groups (docs/local.md), and the next `make run` goes on from here."
                )
            time.sleep(_LOOK_SECONDS)

    def _step(self, left: list[Order], statuses: list[RunStatus], now: datetime) -> Collected | None:
        """Sends what is to be sent now; the result once there is nothing left to wait for."""
        problems = self._problems()
        idle = self._worker_is_idle(now)
        if idle:
            planned = {status.run_id for status in statuses if status.planned}
            for order in left:
                if order.event and order.run_id not in planned:
                    self._send(order)
        ended = problems.keys() | self._idle_parts()
        unfinished = [status for status in statuses if not status.finished and status.run_id not in ended]
        if not unfinished and idle:
            return Collected(statuses, problems)
        resting = [status for status in unfinished if self._answered(status.run_id)]
        due = min((status.due for status in resting if status.due), default=now)
        if resting and idle and due <= now >= self._worked_at + _WORKER_PAUSE:
            self._worker = self._invoke(self._stack.collection_worker, {})
        if resting and idle and len(resting) == len(unfinished) and due > now + _PATIENCE:
            revive, self._revive = self._revive, None
            if revive is None or not revive():
                return Collected(statuses, problems, resting_until=due)
        return None

    def _worker_is_idle(self, now: datetime) -> bool:
        if self._worker and self._worker.done():
            worker, self._worker, self._worked_at = self._worker, None, now
            worker.result()
        return self._worker is None

    def _answered(self, run_id: str) -> bool:
        return run_id not in self._sent or self._sent[run_id].done()

    def _problems(self) -> dict[str, str]:
        """The failures among the orders that were answered; anything but the function's own failure is raised."""
        problems = {}
        for run_id, future in self._sent.items():
            if future.done():
                try:
                    future.result()
                except FunctionFailed as error:
                    problems[run_id] = str(error)
        return problems

    def _idle_parts(self) -> set[str]:
        """The runs of a study that were not begun: there is nothing to do for them, or the next day has begun."""
        return {run_id for run_id, answer in self._sent.items() if answer.done() and _is_idle(run_id, answer)}

    def _statuses(self, orders: list[Order]) -> list[RunStatus]:
        try:
            return [self._watcher.status(order) for order in orders]
        except (HTTPClientError, CollectorError) as error:
            time.sleep(_LOOK_SECONDS)  # a process that was killed just now may still look alive
            self._check()
            raise LocalCloudError(
                f"The local AWS does not answer; the next `make run` goes on: {in_words(error)}"
            ) from error

    def _send(self, order: Order) -> None:
        if order.run_id not in self._sent:
            self._sent[order.run_id] = self._invoke(self._functions[order.function], order.event)

    def _invoke(self, function: str, event: Mapping[str, Any]) -> Future[dict[str, Any]]:
        return in_background(lambda: invoke(self._aws, function, event))


def _is_idle(run_id: str, answer: Future[dict[str, Any]]) -> bool:
    report = {} if answer.exception() else answer.result()
    return "part" in report and report.get("run", {}).get("run_id") != run_id
