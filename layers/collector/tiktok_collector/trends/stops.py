"""What an invocation has found out and its other lists need not: one refusal is enough to know."""

import threading
from collections import Counter
from typing import Final, NamedTuple

from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trends.poll import Gap

FAILED_IN_A_ROW: Final = 3
"""After so many lists of a kind without an answer, failed requests for that kind are not repeated."""


class Stop(NamedTuple):
    """What is not asked any more in this invocation: a source, one kind of it, or all that one budget pays.

    With a host, of the kind only what that host has: videos of the United States have another one than those of Japan.
    """

    source: TrendSource | None = None
    kind: TrendKind | None = None
    host: str | None = None
    family: Family | None = None


class Stops:
    """What is not asked any more in this invocation, and why: one refusal is enough to know."""

    def __init__(self) -> None:
        self._gaps: dict[Stop, Gap] = {}
        self._lock = threading.Lock()

    def note(self, stop: Stop, gap: Gap) -> bool:
        """Remembers the first reason; whether it is the first."""
        with self._lock:
            return self._gaps.setdefault(stop, gap) is gap

    def gap_for(self, asked: TrendList, host: str, family: Family) -> Gap | None:
        """Why the list is not to be asked for at `host`; None: it is."""
        stops = (
            Stop(source=asked.source),
            Stop(source=asked.source, kind=asked.kind),
            Stop(source=asked.source, kind=asked.kind, host=host),
            Stop(family=family),
        )
        with self._lock:
            return next((self._gaps[stop] for stop in stops if stop in self._gaps), None)


class Failures:
    """How many lists of a source's kind have failed since it last answered: asking one that is down thrice is waste."""

    def __init__(self) -> None:
        self._in_a_row: Counter[tuple[TrendSource, TrendKind]] = Counter()
        self._lock = threading.Lock()

    def are_rare(self, asked: TrendList) -> bool:
        """Whether repeating a failed request for the list is worth while."""
        with self._lock:
            return self._in_a_row[asked.source, asked.kind] < FAILED_IN_A_ROW

    def note(self, asked: TrendList, *, failed: bool) -> None:
        """Remembers that a list has failed, or that an answer has come."""
        with self._lock:
            self._in_a_row[asked.source, asked.kind] = self._in_a_row[asked.source, asked.kind] + 1 if failed else 0
