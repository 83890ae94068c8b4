"""When a storm strikes: for seconds, for minutes, for hours, or all of that at random."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Final

from benchmarks.chaos.storm import Spell

_MINUTE: Final = timedelta(minutes=1)
_LENGTHS: Final = (0.1, 0.3, 0.5, 2, 10, 30)
"""Of a spell, in minutes."""
_SHARES: Final = (0, 0.02, 0.05, 0.1, 0.3, 0.6, 1)
_LONG: Final = 120


def spells(seed: int) -> Sequence[Spell]:
    """Two hours or more without a pattern: calm, drizzle and downpour follow one another."""
    random = Random(seed)  # noqa: S311 - reproducible weather
    found = [Spell(timedelta(), 0.3 * _MINUTE, 0.1)]
    passed = 0.3
    while passed < _LONG:
        lasts = random.choice(_LENGTHS)
        found.append(Spell(passed * _MINUTE, lasts * _MINUTE, random.choice(_SHARES)))
        passed += lasts
    return found


def outage(minutes: float, *, after: float = 0.5) -> Sequence[Spell]:
    """Drizzle, then so many minutes without any call that succeeds, then drizzle again."""
    end = after + minutes
    return (
        Spell(timedelta(), after * _MINUTE, 0.05),
        Spell(after * _MINUTE, minutes * _MINUTE, 1),
        Spell(end * _MINUTE, 20 * _MINUTE, 0.05),
    )


def weather(number: int) -> Sequence[Spell]:
    """One kind of weather after the other: outages of 20 seconds, five minutes and three hours, and no pattern."""
    return (outage(0.3), outage(5), outage(180))[number % 5] if number % 5 < 3 else spells(number)
