"""A canary: one small request that anybody's API would answer, to tell an outage from a page that always fails.

Without it a single window that always answers 500 would look like an outage, and an outage like a window to give up.
"""

import threading
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from tiktok_collector.clock import Clock
from tiktok_collector.collection.batch import batch_query, usernames_of
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.collection.pages import PageSource
from tiktok_collector.collection.paginator import Items, current_window
from tiktok_collector.collection.plan import video_query
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import (
    AwsBusy,
    CollectorError,
    CursorRejected,
    InvalidRequest,
    Observation,
    Retriable,
    TokenUnavailable,
    Unreachable,
)
from tiktok_collector.research_api.endpoints import ENDPOINTS, CursorKind, Endpoint
from tiktok_collector.tasks.task import Task
from tiktok_collector.tokens.access_token import AccessTokens

_KNOWN_ACCOUNTS: Final = ("tiktok", "tiktokcreators")
_DAYS_AGO: Final = (10, 45, 80)


class _Outcome(StrEnum):
    """How a question went; `unknown` if it could not be sent."""

    GOOD = "good"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


_ANSWERED: Final = {_Outcome.GOOD: True, _Outcome.REFUSED: True, _Outcome.FAILED: False, _Outcome.UNKNOWN: None}
_GOOD: Final = {**_ANSWERED, _Outcome.REFUSED: False}


class Canary:
    """Asks whether an endpoint that failed answers anything at all; one question at a time for all threads."""

    def __init__(
        self, *, pages: PageSource, tokens: AccessTokens, health: ApiHealth, deadline: Deadline, clock: Clock
    ) -> None:
        self._pages = pages
        self._tokens = tokens
        self._health = health
        self._deadline = deadline
        self._clock = clock
        self._lock = threading.Lock()

    def answers(self, task: Task, endpoint: Endpoint, items: Items) -> bool | None:
        """Whether the endpoint answers other requests; None if that cannot be told just now.

        Costs a request at most, and none if another thread has found out meanwhile.
        """
        with self._lock:
            if self._health.down_until(endpoint.name):
                return False
            if not self._health.suspect(endpoint.name):
                return True
            body = canary_body(endpoint, task, items, self._clock.now().date())
            if body is not None:
                return _ANSWERED[self._asks(task, endpoint, body)]
            # Nothing else can be asked of this endpoint; the profile's shows at least whether everything is down.
            answered = _ANSWERED[self._asks(task, ENDPOINTS["user_info"], {"username": _known_account(task)})]
            if answered:
                self._health.succeeded(endpoint.name)
            return answered

    def answers_same_days(self, task: Task, endpoint: Endpoint) -> bool | None:
        """Whether a batch's days are answered for other accounts; None if that cannot be told just now.

        Costs a request. Where it is answered, the days are fine and batches are too: the names are at fault.
        """
        body = same_days_body(task)
        if body is None:
            return False
        with self._lock:
            return _GOOD[self._asks(task, endpoint, body)]

    def _asks(self, task: Task, endpoint: Endpoint, body: dict[str, Any]) -> _Outcome:
        timeout = self._deadline.request_timeout()
        if timeout is None:
            return _Outcome.UNKNOWN
        try:
            self._pages.ask(task, endpoint, body, self._tokens.get(), timeout)
        except (CursorRejected, Observation, InvalidRequest):
            outcome = _Outcome.REFUSED
        except (AwsBusy, TokenUnavailable, Unreachable):
            return _Outcome.UNKNOWN
        except Retriable:
            outcome = _Outcome.FAILED
        except CollectorError:
            return _Outcome.UNKNOWN
        else:
            outcome = _Outcome.GOOD
        task.progress.counts.requests += 1
        if outcome is not _Outcome.FAILED:
            self._health.succeeded(endpoint.name)
        return outcome


def canary_body(endpoint: Endpoint, task: Task, items: Items, today: date) -> dict[str, Any] | None:
    """A small request to `endpoint` that has nothing in common with the one that fails; None if there is none.

    Accounts and days are others than the task's; a sweep asks for another of its items.
    """
    if endpoint.name == "video_query":
        day = f"{_another_day(task, today):%Y%m%d}"
        return {**video_query(_known_account(task)), "start_date": day, "end_date": day, "max_count": 1}
    body: dict[str, Any] | None = None
    if task.spec.sweep:
        body = next((dict(item) for item in items if item != items[task.progress.item]), None)
    elif "username" in task.spec.params:
        body = {"username": _known_account(task)}
    if body and endpoint.cursor is not CursorKind.NONE:
        body["max_count"] = 1
    return body


def same_days_body(task: Task) -> dict[str, Any] | None:
    """A small batch of other accounts over the days that a batch fails for; None if it names all that are known."""
    window, others = current_window(task.spec, task.progress), _others(usernames_of(task.spec))
    if window is None or not others:
        return None
    return {
        **batch_query(others),
        "start_date": f"{window.start:%Y%m%d}",
        "end_date": f"{window.end:%Y%m%d}",
        "max_count": 1,
    }


def _known_account(task: Task) -> str:
    return (_others({task.spec.username, *usernames_of(task.spec)}) or _KNOWN_ACCOUNTS)[0]


def _others(names: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in _KNOWN_ACCOUNTS if name not in names)


def _another_day(task: Task, today: date) -> date:
    """A day outside the task's window, each time another one: days fail too."""
    window = current_window(task.spec, task.progress)
    days = [today - timedelta(days=ago) for ago in _DAYS_AGO]
    outside = [day for day in days if window is None or day not in window]
    return outside[task.progress.visits % len(outside)]
