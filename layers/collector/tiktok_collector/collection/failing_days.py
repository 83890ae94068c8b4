"""Days that TikTok fails for everybody, as this invocation has found out: the next search over them need not ask."""

import threading
from collections import Counter
from typing import Final

from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import GapReason

_FAILURES_THAT_TELL: Final = 2
"""One may be chance, and to split a window in vain costs more than to ask once more."""


class FailingDays:
    """Remembers windows of which some day fails whoever is asked for, for all threads of an invocation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: Counter[Window] = Counter()

    def failed_for_others(self, window: Window | None) -> None:
        """Notes that other accounts were asked for in `window`, and that this failed although the API answers."""
        self._note(window, 1)

    def given_up(self, window: Window | None, reason: GapReason) -> None:
        """Notes the day of `window`, if `reason` says that a search was given up on a single day."""
        if reason is GapReason.DAY_FAILS:
            self._note(window, _FAILURES_THAT_TELL)

    def within(self, window: Window | None) -> bool:
        """Whether such a day is known to be in `window`."""
        if window is None:
            return False
        with self._lock:
            known = [each for each, failures in self._failures.items() if failures >= _FAILURES_THAT_TELL]
        return any(window.start <= each.start and each.end <= window.end for each in known)

    def _note(self, window: Window | None, failures: int) -> None:
        if window is not None:
            with self._lock:
                self._failures[window] += failures
