"""What the ledger has said in this invocation: which quotas grant nothing before when, so that nobody asks again."""

import threading
from datetime import datetime

from tiktok_collector.clock import Clock


class QuotaGate:
    """Remembers refusals per quota (`<family>/<work class>`) until their time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._closed_until: dict[str, datetime] = {}

    def close(self, quota: str, until: datetime) -> None:
        """Notes that `quota` grants nothing before `until`."""
        with self._lock:
            self._closed_until[quota] = max(until, self._closed_until.get(quota, until))

    def closed_until(self, quota: str) -> datetime | None:
        """When `quota` may be asked again; None if that is now."""
        with self._lock:
            until = self._closed_until.get(quota)
        return until if until and until > self._clock.now() else None
