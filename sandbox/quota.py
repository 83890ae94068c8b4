"""The daily quotas and the short-term limit."""

from collections import Counter, deque
from datetime import UTC, datetime

from sandbox.endpoints import family_of
from sandbox.settings import Settings


class Window:
    """A sliding window over requests."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque()

    def too_fast(self, now: float, limit: int | None, seconds: float) -> bool:
        """Count one request; return whether it is one too many. No limit: nothing is counted."""
        if limit is None:
            return False
        while self._recent and self._recent[0] <= now - seconds:
            self._recent.popleft()
        self._recent.append(now)
        return len(self._recent) > limit


class Quotas:
    """Counts per quota day and family. A quota day begins at 00:00 UTC plus the reset lag."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()
        self._window = Window()

    def exhausted(self, endpoint: str, now: float, settings: Settings) -> bool:
        """Return whether the day's quota for this endpoint is used up."""
        limit = settings.followers_quota if family_of(endpoint) == "followers" else settings.research_quota
        return self.used[_counter(endpoint, now, settings)] >= limit

    def charge(self, endpoint: str, now: float, settings: Settings) -> None:
        """Count one request."""
        self.used[_counter(endpoint, now, settings)] += 1

    def too_fast(self, now: float, settings: Settings) -> bool:
        """Count one request in the sliding window; return whether it is one too many."""
        return self._window.too_fast(now, settings.rate_limit_requests, settings.rate_limit_window_seconds)


def _counter(endpoint: str, now: float, settings: Settings) -> str:
    day = datetime.fromtimestamp(now - settings.quota_reset_lag_seconds, UTC).date()
    family = family_of(endpoint)
    name = endpoint if family == "followers" and not settings.followers_quota_shared else family
    return f"{day.isoformat()} {name}"
