"""Pages that are stored together: one for most endpoints, up to ten for followers and following."""

from datetime import datetime, timedelta
from typing import Final

from tiktok_collector.collection.pages import Page
from tiktok_collector.collection.paginator import Items, advance
from tiktok_collector.collection.reservations import A_BLOCK
from tiktok_collector.lake.blocks import PAGES_A_BLOCK
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.tasks.task import Progress, Task

LONGEST: Final = timedelta(seconds=20)
"""How long an answer waits to be stored, and the last request of a block before it is sent."""


class Block:
    """Pages of a task that follow one another from its checkpoint on, and the checkpoint behind them."""

    def __init__(self, task: Task, endpoint: Endpoint, items: Items) -> None:
        self.pages: list[Page] = []
        self.progress: Progress = task.progress
        self._task = task
        self._endpoint = endpoint
        self._items = items
        self._most = PAGES_A_BLOCK if endpoint.family in A_BLOCK else 1

    def add(self, page: Page) -> None:
        """Takes the next page."""
        self.pages.append(page)
        self.progress = advance(self._endpoint, self._task.spec, self.progress, page.facts(), self._items)
        self.progress.counts.requests += 1

    def is_complete(self, now: datetime) -> bool:
        """Whether the pages are to be stored before anything else is asked.

        The first page of a search begins an object. A probe's entry reopens the day, so it is not kept waiting.
        """
        first = self.pages[0]
        return (
            self.progress.exhausted
            or len(self.pages) == self._most
            or self.progress.generation != first.raw[0].generation
            or first.reservation.probe
            or now - first.entry.sent_at >= LONGEST
        )
