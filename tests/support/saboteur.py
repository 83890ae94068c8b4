"""Kills a process after its n-th call that changes something; then nothing more gets out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

READS: Final = frozenset(
    {
        "GetItem",
        "GetObject",
        "GetObjectTagging",
        "GetSecretValue",
        "HeadObject",
        "ListObjectsV2",
        "ListObjectVersions",
        "Query",
    }
)
"""Not counted: killed after one of these, a process leaves what it left before. How many there are depends on time."""


class Killed(BaseException):
    """The process is gone; no handler of the collector may catch this."""


class SaboteurOfClients:
    """Counts the calls that change something and ends the process after number `fatal`, whose effect stays."""

    def __init__(self, *clients: Any) -> None:
        self._lock = threading.Lock()
        self._watching = False
        self.fatal: int | None = None
        self.calls: list[str] = []
        for client in clients:
            client.meta.events.register("before-call", lambda model, **_: self.before(model.name))
            client.meta.events.register("after-call", lambda model, **_: self.after(model.name))

    @contextmanager
    def watching(self, fatal: int | None) -> Iterator[None]:
        """Within the block the calls are counted; the block ends normally even if the process was killed."""
        self.calls, self.fatal, self._watching = [], fatal, True
        try:
            yield
        except Killed:
            pass
        finally:
            self._watching = False

    @property
    def dead(self) -> bool:
        return self.fatal is not None and len(self.calls) >= self.fatal

    def before(self, _name: str) -> None:
        if self._watching and self.dead:
            raise Killed

    def after(self, name: str) -> None:
        if not self._watching or name in READS:
            return
        with self._lock:
            self.calls.append(name)
            if self.dead:
                raise Killed
