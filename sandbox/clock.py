"""The sandbox's own time: real, shifted, or standing still."""

import time
from datetime import UTC, datetime


class SandboxClock:
    """A clock that can be set, advanced, frozen and resumed; always UTC.

    Args:
        start: The time at which it starts; None is the real time.
        frozen: Stand still until moved.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        self._offset = 0.0
        self._frozen_at: float | None = None
        if frozen:
            self.freeze()
        if start is not None:
            self.set(start)

    def seconds(self) -> float:
        """Return the time as Unix seconds."""
        return time.time() + self._offset if self._frozen_at is None else self._frozen_at

    def now(self) -> datetime:
        """Return the time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def set(self, moment: datetime) -> None:
        """Make it `moment` now; a frozen clock stays frozen.

        Raises:
            ValueError: `moment` has no time zone.
        """
        if moment.tzinfo is None:
            raise ValueError(f"The clock needs a time with a zone; {moment.isoformat()} has none.")
        self._move_to(moment.timestamp())

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back, if negative)."""
        self._move_to(self.seconds() + seconds)

    def offset(self, seconds: float) -> None:
        """Run so many seconds ahead of the real time."""
        self._frozen_at = None
        self._offset = seconds

    def freeze(self) -> None:
        """Stand still."""
        self._frozen_at = self.seconds()

    def resume(self) -> None:
        """Tick on from where the clock stands."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - time.time()
            self._frozen_at = None

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._frozen_at is not None

    def _move_to(self, seconds: float) -> None:
        if self._frozen_at is None:
            self._offset = seconds - time.time()
        else:
            self._frozen_at = seconds
