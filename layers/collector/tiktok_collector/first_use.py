"""Things that are made when they are first used: many an invocation never uses some of its own."""

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any, cast


def at_first_use[Thing](make: Callable[[], Thing]) -> Thing:
    """Stands for what `make` returns, and calls it once, when an attribute is first asked for."""
    return cast("Thing", _NotYet(make))


class _NotYet:
    def __init__(self, make: Callable[[], object]) -> None:
        self._make = cache(make)
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            thing = self._make()
        return getattr(thing, name)
