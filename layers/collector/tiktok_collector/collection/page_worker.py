"""Works a task page by page until it is done, parked, or taken over (docs/adr/0005).

Per page: children are stored before the checkpoint moves past the page, the checkpoint before the request is settled.
Each step can be repeated, so whatever is killed when, the next worker goes on from the stored page.
"""

import msgspec

from tiktok_collector.clock import Clock
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.follow_up import follow_ups, items_to_visit
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.pages import Page, PageSource
from tiktok_collector.collection.paginator import Items, advance, next_body
from tiktok_collector.collection.setbacks import Parked, Setbacks
from tiktok_collector.collection.waiting import Waiting
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import (
    AlreadyCommitted,
    CollectorError,
    Fatal,
    InvocationStopped,
    LeaseLost,
    Retriable,
    TokenRejected,
)
from tiktok_collector.observability import Log
from tiktok_collector.research_api.endpoints import ENDPOINTS, Endpoint
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskState
from tiktok_collector.tokens.access_token import AccessToken, AccessTokens


class PageWorker:
    """Works the page and sweep tasks of one invocation; safe for many threads."""

    def __init__(
        self,
        *,
        tasks: TaskStore,
        pages: PageSource,
        reader: PageReader,
        tokens: AccessTokens,
        chain: Chain,
        setbacks: Setbacks,
        health: ApiHealth,
        clock: Clock,
        deadline: Deadline,
        log: Log,
    ) -> None:
        self._tasks = tasks
        self._pages = pages
        self._reader = reader
        self._tokens = tokens
        self._chain = chain
        self._setbacks = setbacks
        self._health = health
        self._clock = clock
        self._deadline = deadline
        self._log = log
        self._renewed: set[str] = set()

    def work(self, task: Task) -> TaskState:
        """Works a claimed task; returns the state it was left in.

        Raises:
            LeaseLost: another worker has the task; nothing of it is lost.
            InvocationStopped: credentials, permissions or resources are missing; the task is kept.
            Fatal: this task cannot be worked, such as for a damaged page that it builds on.
        """
        endpoint = ENDPOINTS[task.spec.endpoint]
        try:
            items = self._items(task)
            task.progress.exhausted = task.progress.exhausted or not items
            self._adopt(task, endpoint, items)
            while not task.progress.exhausted:
                self._go_on(task, endpoint, items)
            return self._chain.end(task)
        except Parked:
            return TaskState.PARKED

    def _go_on(self, task: Task, endpoint: Endpoint, items: Items) -> None:
        # On its own, so that a page's memory is free, and still in the cache, when the next page is read.
        page = self._next_page(task, endpoint, items)
        if page:
            self._commit(task, endpoint, items, page)

    def _items(self, task: Task) -> Items:
        sweep = task.spec.sweep
        if sweep is None:
            return [task.spec.params]
        return items_to_visit(sweep, self._reader.read(sweep.source_key).typed.rows)

    def _adopt(self, task: Task, endpoint: Endpoint, items: Items) -> None:
        while not task.progress.exhausted and (page := self._pages.stored(task, endpoint)):
            self._commit(task, endpoint, items, page)

    def _next_page(self, task: Task, endpoint: Endpoint, items: Items) -> Page | None:
        if not self._setbacks.heed(task, endpoint, items):
            return None
        timeout = self._deadline.request_timeout()
        if timeout is None:
            self._setbacks.park(task, self._clock.now(), Waiting.DEADLINE)
            return None
        token = self._token(task, rejected=None)
        body = next_body(endpoint, task.spec, task.progress, items)
        try:
            page = self._pages.fetch(task, endpoint, body, token, timeout)
        except AlreadyCommitted:
            return self._pages.stored(task, endpoint)
        except (LeaseLost, InvocationStopped):
            raise
        except TokenRejected as error:
            self._renew(task, endpoint, items, token, error)
            return None
        except CollectorError as error:
            self._setbacks.overcome(task, endpoint, items, error)
            return None
        self._health.succeeded(endpoint.name)
        self._renewed.discard(token.version_id)
        return page

    def _renew(self, task: Task, endpoint: Endpoint, items: Items, rejected: AccessToken, error: TokenRejected) -> None:
        if rejected.version_id in self._renewed:
            # A new token was rejected as well: tokens are not the matter, or not yet known everywhere.
            self._setbacks.overcome(task, endpoint, items, error)
        task.progress.counts.requests += 1
        self._renewed.add(self._token(task, rejected=rejected).version_id)

    def _token(self, task: Task, rejected: AccessToken | None) -> AccessToken:
        try:
            return self._tokens.renew(rejected) if rejected else self._tokens.get()
        except Retriable:
            self._setbacks.rest(task, Waiting.NO_TOKEN)
            raise
        except Fatal as error:
            self._tasks.park(task, self._clock.now())
            raise InvocationStopped(str(error)) from error

    def _commit(self, task: Task, endpoint: Endpoint, items: Items, page: Page) -> None:
        for child in follow_ups(task, page.key, page.typed.rows):
            self._tasks.add(child)
        number = task.progress.page
        task.progress = advance(endpoint, task.spec, task.progress, page.facts(), items)
        task.progress.counts.requests += 1
        if not task.progress.exhausted:
            self._tasks.commit(task)
        self._pages.settle(page)
        self._log.info("page committed", extra=_fields(task, endpoint, page, number))


def _fields(task: Task, endpoint: Endpoint, page: Page, number: int) -> dict[str, object]:
    return {
        "run_id": task.run_id,
        "task_id": task.task_id,
        "endpoint": endpoint.name,
        "generation": task.progress.generation,
        "page": number,
        "request_id": page.reservation.request_id,
        "rows": len(page.frame.rows),
        "quarantined": len(page.typed.quarantined),
        "unknown_fields": msgspec.to_builtins(dict(page.typed.unknown_fields)),
        "latency_ms": page.entry.latency_ms,
        "log_id": page.frame.log_id,
    }
