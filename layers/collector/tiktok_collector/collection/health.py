"""Is TikTok's API answering? Shared by the threads of one invocation, so that an outage does not eat the quota."""

import threading
from datetime import datetime, timedelta
from typing import Final

from tiktok_collector.clock import Clock

RECENT: Final = timedelta(minutes=30)
_FAILURES_AFTER_SUCCESS: Final = 8
_FAILURES_AT_FIRST: Final = 3
_PAUSE_AFTER_SUCCESS: Final = timedelta(minutes=10)
_PAUSE_AT_FIRST: Final = timedelta(minutes=30)


class ApiHealth:
    """Counts failures in a row over all tasks; after too many, everyone pauses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last_success: datetime | None = None
        self._in_a_row = 0

    def succeeded(self) -> None:
        """Notes an answer that was neither a server failure nor silence."""
        with self._lock:
            self._last_success = self._clock.now()
            self._in_a_row = 0

    def failed(self) -> timedelta | None:
        """Notes a failure; returns how long everyone should pause, if it is one too many in a row."""
        with self._lock:
            self._in_a_row += 1
            seen = self._last_success is not None
            if self._in_a_row < (_FAILURES_AFTER_SUCCESS if seen else _FAILURES_AT_FIRST):
                return None
            self._in_a_row = 0
            return _PAUSE_AFTER_SUCCESS if seen else _PAUSE_AT_FIRST

    @property
    def proven(self) -> bool:
        """Whether the API has answered in this invocation; until it has, one request at a time goes out."""
        with self._lock:
            return self._last_success is not None

    @property
    def healthy(self) -> bool:
        """Whether the API has answered something within the last half hour."""
        with self._lock:
            return self._last_success is not None and self._clock.now() - self._last_success <= RECENT
