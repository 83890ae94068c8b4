"""Politeness: requests of one family begin at least so long after one another, and wait together when asked to."""

import threading
from collections import defaultdict
from datetime import datetime, timedelta

from tiktok_collector.clock import Clock
from tiktok_collector.deadline import Deadline
from tiktok_collector.quota.families import Family


class Pace:
    """Shared by all threads of an invocation."""

    def __init__(self, clock: Clock, deadline: Deadline, spacing: timedelta) -> None:
        self._clock = clock
        self._deadline = deadline
        self._spacing = spacing
        self._lock = threading.Lock()
        self._next: dict[Family, datetime] = defaultdict(clock.now)
        self._held: dict[Family, datetime] = defaultdict(clock.now)

    def wait(self, family: Family) -> bool:
        """Waits for the family's next turn; False, at once, where that would be too late for this invocation."""
        with self._lock:
            turn = max(self._next[family], self._clock.now())
            if not self._deadline.allows(turn - self._clock.now()):
                return False
            self._next[family] = turn + self._spacing
        self._clock.sleep((turn - self._clock.now()).total_seconds())
        return True

    def pause_left(self, family: Family) -> timedelta:
        """How long a pause of the family still lasts that it was asked for; turns do not count."""
        with self._lock:
            return max(timedelta(), self._held[family] - self._clock.now())

    def hold(self, family: Family, pause: timedelta) -> None:
        """Lets nobody of the family begin before `pause` is over."""
        with self._lock:
            self._held[family] = max(self._held[family], self._clock.now() + pause)
            self._next[family] = max(self._next[family], self._held[family])
