"""What can trend: hashtags, keywords, sounds and creators, those of the world's own videos first."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from sandbox.trends.vocabulary import ENDINGS, KEYWORDS, SCRIPTS, TITLES
from sandbox.world.catalog import Catalog
from sandbox.world.hashing import Floats, hash_one, key_of
from sandbox.world.vocabulary import FIRST_PARTS, SECOND_PARTS, TOPICS

_MOST = 1600
_OWN_SOUNDS = 300
_USUAL = 30
"""The place, by use, of the hashtag whose appeal is the measure; a few general ones before it are in most captions."""
_WORDS = tuple(word for words in TOPICS.values() for word in words)


@dataclass(frozen=True, slots=True)
class Pool:
    """Names, and how much each appeals; those that many videos of the world use do better."""

    names: tuple[str, ...]
    appeal: Floats

    def __len__(self) -> int:
        return len(self.names)


def hashtags(catalog: Catalog) -> Pool:
    """Return the hashtags of the world's videos, and made-up ones in several scripts."""
    used = sorted(catalog.videos.hashtag_counts().items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    usual = used[min(_USUAL, len(used) - 1)][1] if used else 1
    made_up = [
        first + second + ending for firsts, seconds in SCRIPTS for first in firsts for second in seconds
        for ending in (ENDINGS if first.isascii() else ENDINGS[:1])
    ]  # fmt: skip
    own = {name: 0.4 + 4.0 * min(count / usual, 1.5) ** 0.5 for name, count in used}
    names = tuple(dict.fromkeys([*own, *made_up]))
    return Pool(names, np.array([own.get(name, 0.0) for name in names]))


def keywords() -> Pool:
    """Return phrases around the words of which captions are made."""
    names = tuple(dict.fromkeys(phrase.format(word) for phrase in KEYWORDS for word in _WORDS))
    return Pool(names, np.zeros(len(names)))


def sounds(catalog: Catalog) -> Pool:
    """Return sound ids: the most used of the world's videos, and made-up ones."""
    used = sorted(catalog.videos.music_counts().items(), key=lambda item: (-item[1], item[0]))[:_OWN_SOUNDS]
    key = key_of(catalog.seed, "trend.sound")
    made_up = (str(7_000_000_000_000_000_000 + hash_one(key, number) % 10**17) for number in range(_MOST))
    names = _padded([str(number) for number, _ in used], made_up, 600)
    return Pool(names, np.array([0.5 if index < len(used) else 0.0 for index in range(len(names))]))


def creators(catalog: Catalog) -> Pool:
    """Return handles: public ones of the world, and made-up ones."""
    accounts = catalog.accounts
    shown = np.flatnonzero(~(accounts.hidden | accounts.out_of_scope))[:_MOST].tolist()
    own = [accounts.usernames[index] for index in shown if accounts.usernames[index].isprintable()]
    made_up = (
        f"{first}.{second}{number}" for number in range(4) for first in FIRST_PARTS for second in SECOND_PARTS
    )  # fmt: skip
    names = _padded(own, made_up, _MOST)
    return Pool(names, np.zeros(len(names)))


def title_of(sound_id: str) -> str:
    """Return the title of a sound."""
    bits = zlib.crc32(sound_id.encode())
    return TITLES[bits % len(TITLES)].format(_WORDS[(bits >> 8) % len(_WORDS)])


def artist_of(sound_id: str) -> str:
    """Return who made a sound."""
    bits = zlib.crc32(sound_id.encode()) ^ 0x5F3759DF
    return f"{FIRST_PARTS[bits % len(FIRST_PARTS)]} {SECOND_PARTS[(bits >> 8) % len(SECOND_PARTS)]}".title()


def _padded(own: list[str], made_up: Iterable[str], size: int) -> tuple[str, ...]:
    missing = max(size - len(own), 0)
    taken = set(own)
    fresh = (name for name in dict.fromkeys(made_up) if name not in taken)
    return (*own, *islice(fresh, missing))
