"""Requests for videos that might be planned: what they ask for and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tiktok_collector.planner.batches import query_of
from tiktok_collector.planner.coverage import day_at
from tiktok_collector.planner.endpoints import COMMENTS, PLAYLISTS, VIDEOS
from tiktok_collector.planner.volumes import Rates
from tiktok_collector.planner.window_choice import Span, pages
from tiktok_collector.study.collections import Depth
from tiktok_collector.study.day_plan import Purpose, VideoWork
from tiktok_collector.study.windows import MAX_WINDOW_DAYS, Window


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose videos are asked for: accounts of the same collections, each with its candidates a day, or a search.

    No window of it has more than `most_days`.
    """

    collections: tuple[str, ...]
    rates: Rates
    volumes: tuple[float, ...]
    usernames: tuple[str, ...] = ()
    search: str = ""
    search_query: dict[str, Any] | None = None
    most_days: int = MAX_WINDOW_DAYS

    @property
    def candidates_a_day(self) -> float:
        """Of all together."""
        return sum(self.volumes)

    @property
    def query(self) -> dict[str, Any]:
        """As the API takes it."""
        return query_of(self.usernames) if self.search_query is None else self.search_query

    def extra_a_day(self, depth: Depth) -> float:
        """Requests that follow from the videos of one day."""
        return self.candidates_a_day / self.rates.candidates_per_row * self.rates.requests_per_row(depth)

    def of(self, usernames: Sequence[str]) -> "Subject":
        """The same for some of its accounts."""
        volume = dict(zip(self.usernames, self.volumes, strict=True))
        return replace(self, usernames=tuple(usernames), volumes=tuple(volume[name] for name in usernames))


@dataclass(frozen=True, slots=True)
class VideoJob:
    """One window of one subject. `due` are the days in it that are due, newest first."""

    subject: Subject
    purpose: Purpose
    span: Span
    due: tuple[int, ...]
    depth: Depth
    candidates: float

    @property
    def collections(self) -> tuple[str, ...]:
        """Whose quota it uses."""
        return self.subject.collections

    @property
    def costs(self) -> dict[str, float]:
        """Expected requests by endpoint. A control ends with its first page: one row tells enough."""
        if self.purpose is Purpose.CONTROL:
            return {VIDEOS: 1.0}
        rates = self.subject.rates
        rows = self.candidates / rates.candidates_per_row
        costs = {
            VIDEOS: float(pages(self.candidates)),
            COMMENTS: rows * rates.comments_per_row(self.depth),
            PLAYLISTS: rows * rates.playlists_per_row(self.depth),
        }
        return {endpoint: requests for endpoint, requests in costs.items() if requests}

    def work(self, rank: int) -> VideoWork:
        """What is handed out."""
        return VideoWork(
            collections=self.collections,
            purpose=self.purpose,
            window=Window(day_at(self.span.first), day_at(self.span.last)),
            query=self.subject.query,
            usernames=self.subject.usernames,
            search=self.subject.search,
            depth=self.depth,
            expected=round(self.candidates),
            rank=rank,
        )
