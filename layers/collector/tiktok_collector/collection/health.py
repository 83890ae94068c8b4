"""Is TikTok's API answering? Shared by the threads of one invocation, so that an outage does not eat the quota.

Endpoints fail one by one as well as together, so each has its own record. Failures in a row make an endpoint suspect;
whether it is down or only one page fails is then asked with a canary (`canary.py`), and remembered here.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tiktok_collector.clock import Clock

SUSPECT_AFTER: Final = 4
"""Failures in a row that cast doubt on an endpoint which has answered in this invocation; else the first one does."""
_SUSPECT_AFTER_ANYWHERE: Final = 8
_MANY_ENDPOINTS: Final = 2
_LONGEST_THROTTLE: Final = timedelta(hours=1)
_OLD_THROTTLE: Final = timedelta(minutes=10)
"""The least pause where nothing but 429s was had in this invocation, so that ticks do not begin afresh each time."""


@dataclass(slots=True)
class _Record:
    proven: bool = False
    failures: int = 0
    down_until: datetime | None = None


class ApiHealth:
    """What the invocation has seen of the API so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._endpoints: dict[str, _Record] = {}
        self._proven = False
        self._answered = False
        self._failures_anywhere = 0
        self._found_down: set[str] = set()
        self._throttles = 0
        self._throttled_until: datetime | None = None

    def succeeded(self, endpoint: str) -> None:
        """Notes an answer that was neither a server failure, nor a refusal of more requests, nor silence."""
        with self._lock:
            self._endpoints[endpoint] = _Record(proven=True)
            self._proven = self._answered = True
            self._failures_anywhere = self._throttles = 0
            self._found_down.clear()

    def failed(self, endpoint: str) -> None:
        """Notes a server failure or silence."""
        with self._lock:
            self._record(endpoint).failures += 1
            self._failures_anywhere += 1

    def suspect(self, endpoint: str) -> bool:
        """Whether the endpoint's failures may be more than a page's own."""
        with self._lock:
            record = self._record(endpoint)
            return bool(record.failures) and (
                not record.proven
                or record.failures >= SUSPECT_AFTER
                or self._failures_anywhere >= _SUSPECT_AFTER_ANYWHERE
            )

    def found_down(self, endpoint: str, until: datetime) -> bool:
        """Notes that the endpoint answers nobody; nobody asks it before `until`.

        Returns:
            Whether several endpoints were found down with no success in between: then all of them are.
        """
        with self._lock:
            self._endpoints[endpoint] = _Record(down_until=until)
            self._proven = False
            self._found_down.add(endpoint)
            return len(self._found_down) >= _MANY_ENDPOINTS

    def down_until(self, endpoint: str) -> datetime | None:
        """When the endpoint may be asked again; None if that is now."""
        with self._lock:
            until = self._record(endpoint).down_until
            return until if until and until > self._clock.now() else None

    def throttled(self, asked_for: timedelta, *, earlier: int) -> datetime:
        """Notes a short-term 429; returns until when everyone pauses: longer each time that pausing did not help.

        Args:
            asked_for: The pause that the server asked for, or the usual one.
            earlier: How often the page was throttled before, in this invocation or an earlier one.
        """
        with self._lock:
            now = self._clock.now()
            self._proven = False
            if self._throttled_until is None or self._throttled_until <= now:
                pause = min(asked_for * (1 << max(self._throttles, min(earlier, 10))), _LONGEST_THROTTLE)
                if self._throttles and not self._answered:
                    pause = max(pause, _OLD_THROTTLE)
                self._throttled_until = now + pause
                self._throttles += 1
            return max(self._throttled_until, now + asked_for)

    def unreachable(self) -> None:
        """Notes that no connection could be made."""
        with self._lock:
            self._proven = False

    @property
    def proven(self) -> bool:
        """Whether the API answers; until it has, one request at a time goes out."""
        with self._lock:
            return self._proven

    @property
    def answered(self) -> bool:
        """Whether the API has ever answered in this invocation."""
        with self._lock:
            return self._answered

    def _record(self, endpoint: str) -> _Record:
        return self._endpoints.setdefault(endpoint, _Record())
