"""Follows a run that was begun here to its end: a bar for each account, as `make run` shows it."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cli import schedules
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.screen import Screen
from cli.sending import send
from cli.target import Target
from local_cloud.background import in_background
from local_cloud.errors import LocalCloudError
from local_cloud.invocation import FunctionFailed, invoke
from local_cloud.orders import Order
from local_cloud.progress import ProgressView
from local_cloud.watch import RunStatus, Watcher

_LOOK_SECONDS: Final = 1.0
_REST: Final = timedelta(minutes=4)
"""A run that rests for longer is not waited for: a day's quota comes back at midnight."""
_WAKE_EVERY: Final = timedelta(seconds=30)


@dataclass(frozen=True)
class Followed:
    """How the following ended: `resting_until` where the run rests for long, neither where time was up."""

    status: RunStatus
    resting_until: datetime | None = None


class Following:
    """One run. What is parked goes on when it is due, by the worker, unless the stack is paused."""

    def __init__(self, target: Target, function: str, event: Mapping[str, Any], *, most: timedelta) -> None:
        self._target = target
        self._clock = target.clock
        self._order = Order(event["run_id"], dict(event), function)
        self._watcher = Watcher(target.aws, target.stack)
        self._until = self._clock.now() + most
        self._woken_at = self._clock.now()
        self._wakes = _worker_is_scheduled(target)

    def run(self, screen: Screen) -> Followed:
        """Sends the event and shows how far its run is, until it has ended, rests for long, or time is up.

        Raises:
            Failure: the function refused the event or failed on it.
        """
        function = self._target.functions[self._order.function]
        answer = in_background(lambda: invoke(self._target.aws, function, self._order.event))
        with ProgressView(screen.err) as view:
            while True:
                status = self._watcher.status(self._order)
                view.show([status])
                if ended := self._ended(status, answer):
                    return ended
                self._clock.sleep(_LOOK_SECONDS)

    def _ended(self, status: RunStatus, answer: Future[dict[str, Any]]) -> Followed | None:
        now = self._clock.now()
        if status.finished or now > self._until:
            return Followed(status)
        if not answer.done():
            return None
        _raise_failure(answer, begun=status.planned)
        if status.due is not None and status.due > now + _REST:
            return Followed(status, resting_until=status.due)
        if self._wakes and (status.due is None or status.due <= now) and now >= self._woken_at + _WAKE_EVERY:
            self._woken_at = now
            send(self._target, "collection_worker", {})
        return None


def _raise_failure(answer: Future[dict[str, Any]], *, begun: bool) -> None:
    """A connection that broke during the function's minutes says nothing about a run that has begun."""
    error = answer.exception()
    if isinstance(error, FunctionFailed):
        raise Failure(ExitCode.REFUSED, str(error)) from error
    if error is not None and not (begun and isinstance(error, LocalCloudError)):
        raise error


def _worker_is_scheduled(target: Target) -> bool:
    return any(each.enabled for each in schedules.read(target) if each.function == "collection_worker")
