"""The end of an invocation: nothing is begun that may not end before it."""

from datetime import datetime, timedelta
from typing import Final

from tiktok_collector.clock import Clock

READ_TIMEOUT_SECONDS: Final = 60.0
COMMIT_MARGIN_SECONDS: Final = 20.0
LEAST_TIMEOUT_SECONDS: Final = 5.0


class Deadline:
    """A moment by which the invocation must have stored everything."""

    def __init__(self, clock: Clock, at: datetime) -> None:
        self._clock = clock
        self._at = at

    @classmethod
    def after(cls, clock: Clock, milliseconds: int) -> "Deadline":
        """The deadline of a Lambda invocation with so many milliseconds left."""
        return cls(clock, clock.now() + timedelta(milliseconds=milliseconds))

    @property
    def at(self) -> datetime:
        """The moment itself."""
        return self._at

    def request_timeout(self) -> float | None:
        """Seconds that a request may take so that its page can still be committed; None if too few are left."""
        left = (self._at - self._clock.now()).total_seconds() - COMMIT_MARGIN_SECONDS
        # A request may take its timeout twice: silence before the answer, and again before the body's last part.
        return None if left < 2 * LEAST_TIMEOUT_SECONDS else min(READ_TIMEOUT_SECONDS, left / 2)

    def allows(self, wait: timedelta) -> bool:
        """Whether a request could still be sent after `wait`."""
        left = (self._at - self._clock.now() - wait).total_seconds() - COMMIT_MARGIN_SECONDS
        return left >= 2 * LEAST_TIMEOUT_SECONDS

    def cut(self) -> None:
        """Ends the invocation now: what is under way is stored, nothing is begun."""
        self._at = min(self._at, self._clock.now())

    @property
    def passed(self) -> bool:
        """Whether no further request may be sent."""
        return self.request_timeout() is None
