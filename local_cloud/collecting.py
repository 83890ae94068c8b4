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
from local_cloud.errors import LocalCloudError
from local_cloud.invocation import FunctionFailed, invoke
from local_cloud.orders import Order
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
    """

    def __init__(
        self, aws: LocalAws, stack: Stack, show: Callable[[list[RunStatus]], None], check: Callable[[], None]
    ) -> None:
        self._aws = aws
        self._stack = stack
        self._show = show
        self._check = check
        self._watcher = Watcher(aws, stack)

    def run(self, orders: list[Order]) -> Collected:
        """Sends each order to `user_extraction`, then wakes `collection_worker` whenever a task is due.

        Raises:
            LocalCloudError: the local AWS stopped answering, or nothing moved for minutes.
        """
        sent = {order.run_id: self._send(self._stack.user_extraction, order.event) for order in orders}
        return self._wait(orders, sent)

    def _statuses(self, orders: list[Order]) -> list[RunStatus]:
        try:
            return [self._watcher.status(order) for order in orders]
        except (HTTPClientError, CollectorError) as error:
            self._check()
            raise LocalCloudError(f"The local AWS does not answer ({error}); `make run` goes on from here.") from error

    def _send(self, function: str, event: Mapping[str, Any]) -> Future[dict[str, Any]]:
        return in_background(lambda: invoke(self._aws, function, event))

    def _wait(self, orders: list[Order], sent: dict[str, Future[dict[str, Any]]]) -> Collected:
        worker: Future[dict[str, Any]] | None = None
        worked_at = moved_at = datetime.now(UTC)
        seen: object = None
        while True:
            self._check()
            statuses = self._statuses(orders)
            self._show(statuses)
            problems = _problems(sent)
            now = datetime.now(UTC)
            if statuses != seen:
                seen, moved_at = statuses, now
            if worker and worker.done():
                worker.result()
                worker, worked_at = None, now
            answered = all(future.done() for future in sent.values())
            open_runs = [each for each in statuses if not each.finished and each.run_id not in problems]
            if answered and worker is None:
                due = min((each.due for each in open_runs if each.due), default=now)
                if not open_runs:
                    return Collected(statuses, problems)
                if due > now + _PATIENCE:
                    return Collected(statuses, problems, resting_until=due)
                if due <= now and now >= worked_at + _WORKER_PAUSE:
                    worker = self._send(self._stack.collection_worker, {})
            if now > moved_at + _STILL:
                raise LocalCloudError(
                    f"Nothing has moved for {_STILL.seconds // 60} minutes; the functions' logs are in the local "
                    "cloud's log groups (docs/local.md), and the next `make run` goes on from here."
                )
            time.sleep(_LOOK_SECONDS)


def _problems(sent: dict[str, Future[dict[str, Any]]]) -> dict[str, str]:
    """The failures among the orders that were answered; anything but the function's own failure is raised."""
    problems = {}
    for run_id, future in sent.items():
        if future.done():
            try:
                future.result()
            except FunctionFailed as error:
                problems[run_id] = str(error)
    return problems
