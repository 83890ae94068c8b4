"""Which of the calls of an invocation tests kill it after: all of them with `KILLS=all`, else some."""

import os
from collections.abc import Sequence
from random import Random


def some[T](points: Sequence[T], every: int) -> list[T]:
    """Every so many of the points, from one of the first that is always the same; all of them with `KILLS=all`."""
    if os.environ.get("KILLS") == "all":
        return list(points)
    first = Random(every * 1_000 + len(points)).randrange(min(every, len(points)))  # noqa: S311 - not for secrets
    return list(points[first::every])
