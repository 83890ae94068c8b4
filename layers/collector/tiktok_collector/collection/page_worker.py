"""Works a task page by page until it is done, parked, or taken over (docs/adr/0005).

Per page, or block of pages: it is stored, then its children, before the checkpoint moves past it, and the checkpoint
before the requests are settled. Each step can be repeated, so whatever is killed when, the next worker goes on from the
stored page.
"""

from collections.abc import Callable
from functools import partial

import msgspec

from tiktok_collector.clock import Clock
from tiktok_collector.collection.block import Block
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.checkpoint import begun_again, behind, is_sound
from tiktok_collector.collection.follow_up import follow_ups, items_to_visit
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.pages import Page, PageSource
from tiktok_collector.collection.paginator import Items, next_body
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

type Trouble = Callable[[], object]
"""What is to be done about what came between a task and its next page."""


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
        endpoint = ENDPOINTS.get(task.spec.endpoint)
        if endpoint is None:
            raise Fatal(f"Task {task.task_id} asks an endpoint that is not known: {task.spec.endpoint!r}.")
        try:
            items = self._items(task)
            task.progress.exhausted = task.progress.exhausted or not items
            if not task.progress.exhausted and not is_sound(task.progress, items):
                task.progress = begun_again(task.spec, task.progress)
            self._adopt(task, endpoint, items)
            while not task.progress.exhausted:
                self._go_on(task, endpoint, items)
            return self._chain.end(task)
        except Parked:
            return TaskState.PARKED

    def _go_on(self, task: Task, endpoint: Endpoint, items: Items) -> None:
        # On its own, so that a page's memory is free, and still in the cache, when the next page is read.
        if not self._setbacks.heed(task, endpoint, items):
            return
        block = Block(task, endpoint, items)
        trouble = self._fill(block, task, endpoint, items)
        if block.pages:
            try:
                self._pages.store(block.pages)
            except AlreadyCommitted:
                # Another worker's pages stand; whatever ours met behind its own, it will meet again.
                self._adopt(task, endpoint, items)
                return
            except CollectorError as error:
                self._overcome(task, endpoint, items, error)
                return
            self._commit(task, endpoint, block)
        if trouble:
            trouble()

    def _items(self, task: Task) -> Items:
        sweep = task.spec.sweep
        if sweep is None:
            return [task.spec.params]
        return items_to_visit(sweep, self._reader.read(sweep.source_key).typed.rows)

    def _adopt(self, task: Task, endpoint: Endpoint, items: Items) -> None:
        while not task.progress.exhausted and (pages := self._pages.stored(task, endpoint)):
            task.progress = behind(task, items, pages[0].raw[0], key=pages[0].key)
            block = Block(task, endpoint, items)
            for page in pages:
                block.add(page)
            self._commit(task, endpoint, block)

    def _fill(self, block: Block, task: Task, endpoint: Endpoint, items: Items) -> Trouble | None:
        """Asks for pages until the block is complete; returns what is to be done about whatever came in between.

        That waits until the pages are stored: it moves or gives back the task, whose checkpoint is still before them.
        """
        while True:
            timeout = self._deadline.request_timeout()
            if timeout is None:
                return lambda: self._setbacks.park(task, self._clock.now(), Waiting.DEADLINE)
            try:
                token = self._tokens.get()
            except (Retriable, Fatal) as error:
                return partial(self._without_token, task, error)
            body = next_body(endpoint, task.spec, block.progress, items)
            try:
                page = self._pages.fetch(
                    task, endpoint, block.progress, body=body, token=token, timeout_seconds=timeout
                )
            except TokenRejected as error:
                return partial(self._renew, task, endpoint, items, token, error)
            except CollectorError as error:
                return partial(self._overcome, task, endpoint, items, error)
            self._health.succeeded(endpoint.name)
            self._renewed.discard(token.version_id)
            block.add(page)
            if block.is_complete(self._clock.now()) or self._health.down_until(endpoint.name):
                return None

    def _overcome(self, task: Task, endpoint: Endpoint, items: Items, error: CollectorError) -> None:
        if isinstance(error, LeaseLost | InvocationStopped):
            raise error
        self._setbacks.overcome(task, endpoint, items, error)

    def _renew(self, task: Task, endpoint: Endpoint, items: Items, rejected: AccessToken, error: TokenRejected) -> None:
        if rejected.version_id in self._renewed:
            # A new token was rejected as well: tokens are not the matter, or not yet known everywhere.
            self._setbacks.overcome(task, endpoint, items, error)
        task.progress.counts.requests += 1
        try:
            renewed = self._tokens.renew(rejected)
        except (Retriable, Fatal) as failed:
            self._without_token(task, failed)
            raise
        self._renewed.add(renewed.version_id)

    def _without_token(self, task: Task, error: Retriable | Fatal) -> None:
        if isinstance(error, Retriable):
            self._setbacks.rest(task, Waiting.NO_TOKEN)
            raise error
        self._tasks.park(task, self._clock.now())
        raise InvocationStopped(str(error)) from error

    def _commit(self, task: Task, endpoint: Endpoint, block: Block) -> None:
        for page in block.pages:
            for child in follow_ups(task, page.key, page.typed.rows):
                self._tasks.add(child)
        task.progress = block.progress
        if not task.progress.exhausted:
            self._tasks.commit(task)
        self._pages.settle(block.pages)
        for page in block.pages:
            self._log.info("page committed", extra=_fields(task, endpoint, page))


def _fields(task: Task, endpoint: Endpoint, page: Page) -> dict[str, object]:
    return {
        "run_id": task.run_id,
        "task_id": task.task_id,
        "endpoint": endpoint.name,
        "generation": page.raw[0].generation,
        "page": page.raw[0].page,
        "request_id": page.reservation.request_id,
        "rows": len(page.frame.rows),
        "quarantined": len(page.typed.quarantined),
        "unknown_fields": msgspec.to_builtins(dict(page.typed.unknown_fields)),
        "latency_ms": page.entry.latency_ms,
        "log_id": page.frame.log_id,
    }
