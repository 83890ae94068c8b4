"""How a list moves: entries are born at a steady rate, rise, fall and leave, each by a hash of its number.

So the list of any moment can be worked out alone. The content of a list changes at a few moments only (`edition`): at
about every fourth of a day's quarters, at no fixed hour, as was measured on the real lists.
"""

import numpy as np

from sandbox.world.hashing import Floats, Ints, exponentials, hash_one, hashes, key_of, unit_one, units

DAY = 86_400
_SLOT = DAY // 4
_CHANGES = 0.26
_LOOK_BACK = 60
_LIFE_DAYS = 4.2
_SHORTEST, _LONGEST = 0.4, 2.0
"""Shares of the mean life."""
_CROWD = 1.7
"""So many entries are alive for each that is on the list."""
_PACES = {0: 1.0, 1: 0.7, 7: 1.0, 30: 1.6, 90: 2.3, 120: 2.6}
"""How much longer entries stay on the lists of longer periods."""


def edition(seed: int, now: float) -> float:
    """Return the Unix second at which the content that is shown now was made."""
    key = key_of(seed, "trend.edition")
    slot = int(now // _SLOT)
    for number in range(slot, slot - _LOOK_BACK, -1):
        made = number * _SLOT + unit_one(key ^ 1, number) * _SLOT
        if unit_one(key, number) < _CHANGES and made <= now:
            return made
    return float((slot - _LOOK_BACK) * _SLOT)


def edition_of_day(seed: int, now: float, days_before: int = 0) -> float:
    """Return the edition that was shown at the beginning of the UTC day, or of an earlier one."""
    return edition(seed, (now // DAY - days_before) * DAY)


class Tide:
    """One list's coming and going.

    Args:
        seed: The world's.
        name: The list's name.
        size: How many entries it shows.
        appeal: One number per thing that can be on it, by which some do better than others; at least three times
            `size` of them, so that nothing is on the list twice.
        period: The list's period in days.
    """

    def __init__(self, seed: int, name: str, size: int, appeal: Floats, period: int) -> None:
        self._key = key_of(seed, f"trend.{name}")
        self._size = size
        self._appeal = appeal
        self._life = _LIFE_DAYS * DAY * _PACES[period]
        mean = (_SHORTEST + _LONGEST) / 2
        self._spacing = self._life * mean / (size * _CROWD)
        self._order = np.argsort(hashes(self._key ^ 5, np.arange(len(appeal), dtype=np.int64)), kind="stable")

    def top(self, moment: float) -> Ints:
        """Return the numbers of the entries on the list, best first."""
        newest = int(moment / self._spacing) + 1
        oldest = int((moment - _LONGEST * self._life) / self._spacing) - 1
        numbers = np.arange(oldest, newest + 1, dtype=np.int64)
        scores = self.scores(numbers, moment)
        return numbers[np.argsort(-scores, kind="stable")][: self._size]

    def members(self, numbers: Ints) -> Ints:
        """Return which thing each entry is: an index into `appeal`."""
        return np.asarray(self._order[numbers % len(self._appeal)], dtype=np.int64)

    def scores(self, numbers: Ints, moment: float) -> Floats:
        """Return how well each entry does at a moment; 0 before its birth and after its end."""
        births = (numbers + units(self._key ^ 1, numbers)) * self._spacing
        lives = (_SHORTEST + (_LONGEST - _SHORTEST) * units(self._key ^ 2, numbers)) * self._life
        ages = np.clip((moment - births) / lives, 0.0, 1.0)
        strength = 0.6 + exponentials(self._key ^ 3, numbers) + self._appeal[self.members(numbers)]
        return np.asarray(strength * np.sin(np.pi * ages**0.7), dtype=np.float64)

    def lot(self, number: int) -> int:
        """Return 64 bits of chance that belong to an entry."""
        return hash_one(self._key ^ 4, number)
