"""What the ledger has said in this invocation: which quotas grant nothing before when, so that nobody asks again."""

import threading
from datetime import date, datetime

from tiktok_collector.clock import Clock
from tiktok_collector.quota.budget import is_carried
from tiktok_collector.tasks.run import RunRef


def drawn_on(quota: str, run: RunRef, today: date) -> str:
    """What the run's tasks draw on as seen `today`: a run of an earlier day has a share of `quota` of its own."""
    return f"{quota}/carried" if is_carried(run.work_class, run.started_on, today) else quota


class QuotaGate:
    """Remembers refusals per quota (`drawn_on`) until their time."""

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
