"""A canary: one small request that anybody's API would answer, to tell an outage from a page that always fails.

Without it a single window that always answers 500 would look like an outage, and an outage like a window to give up.
"""

import threading
from datetime import date, timedelta
from typing import Any, Final

from tiktok_collector.clock import Clock
from tiktok_collector.collection.deadline import Deadline
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.collection.pages import PageSource
from tiktok_collector.collection.paginator import Items, current_window
from tiktok_collector.collection.plan import video_query
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
                return self._asks(task, endpoint, body)
            # Nothing else can be asked of this endpoint; the profile's shows at least whether everything is down.
            answered = self._asks(task, ENDPOINTS["user_info"], {"username": _known_account(task)})
            if answered:
                self._health.succeeded(endpoint.name)
            return answered

    def _asks(self, task: Task, endpoint: Endpoint, body: dict[str, Any]) -> bool | None:
        timeout = self._deadline.request_timeout()
        if timeout is None:
            return None
        try:
            self._pages.ask(task, endpoint, body, self._tokens.get(), timeout)
        except (CursorRejected, Observation, InvalidRequest):
            answered: bool | None = True
        except (AwsBusy, TokenUnavailable, Unreachable):
            return None
        except Retriable:
            answered = False
        except CollectorError:
            return None
        else:
            answered = True
        task.progress.counts.requests += 1
        if answered:
            self._health.succeeded(endpoint.name)
        return answered


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


def _known_account(task: Task) -> str:
    return next(name for name in _KNOWN_ACCOUNTS if name != task.spec.username)


def _another_day(task: Task, today: date) -> date:
    """A day outside the task's window, each time another one: days fail too."""
    window = current_window(task.spec, task.progress)
    days = [today - timedelta(days=ago) for ago in _DAYS_AGO]
    outside = [day for day in days if window is None or not window.start <= day <= window.end]
    return outside[task.progress.visits % len(outside)]
