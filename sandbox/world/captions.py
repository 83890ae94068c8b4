"""Caption classes: a few thousand captions with their hashtags, from which every video has one.

A search for a hashtag or keyword then asks the classes, not a million texts.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sandbox.world.hashing import Bools, hash_one, key_of, unit_one
from sandbox.world.vocabulary import GENERAL_TAGS, OPENINGS, TAG_SUFFIXES, TOPICS, TRANSCRIPTS

PER_TOPIC = 250
_PLAIN = 0.75
_GENERAL_TAG = 0.35


@dataclass(frozen=True, slots=True)
class CaptionClass:
    """A caption without its mention; `kind` is plain, mention, duet or stitch."""

    opening: str
    tags: tuple[str, ...]
    listed_tags: tuple[str, ...]
    kind: str
    transcript: str

    def text(self, mention: str | None) -> str:
        """Return the caption, with the display name that is mentioned in it."""
        parts = [self.opening] if self.opening else []
        if mention is not None:
            parts.append(f"#{self.kind} with @{mention}" if self.kind in ("duet", "stitch") else f"@{mention}")
        return " ".join([*parts, *(f"#{tag}" for tag in self.tags)]) + " "


class Captions:
    """All caption classes of a world; class `topic + k * topics` belongs to `topic`."""

    def __init__(self, seed: int) -> None:
        self._key = key_of(seed, "captions")
        topics = list(TOPICS)
        self.classes = [self._make(number, topics[number % len(topics)]) for number in range(len(topics) * PER_TOPIC)]
        self._texts = [entry.text(None if entry.kind == "plain" else "").lower() for entry in self.classes]

    def _make(self, number: int, topic: str) -> CaptionClass:
        def draw(slot: int) -> float:
            return unit_one(self._key, number * 64 + slot)

        words = TOPICS[topic]
        word = words[int(draw(0) ** 1.5 * len(words))]
        kind = "plain" if draw(1) < _PLAIN else ("mention", "duet", "stitch")[int(draw(2) * 3)]
        tags: list[str] = [kind] if kind in ("duet", "stitch") else []
        for slot in range(int(draw(3) * 6)):
            base = words[int(draw(10 + slot) ** 1.5 * len(words))]
            general = GENERAL_TAGS[int(draw(20 + slot) ** 2 * len(GENERAL_TAGS))]
            tag = (
                general
                if draw(30 + slot) < _GENERAL_TAG
                else base + TAG_SUFFIXES[int(draw(40 + slot) * len(TAG_SUFFIXES))]
            )
            if tag not in tags:
                tags.append(tag)
        listed = sorted(tags, key=lambda tag: hash_one(self._key, number ^ zlib.crc32(tag.encode())))
        return CaptionClass(
            opening=OPENINGS[int(draw(4) * len(OPENINGS))].format(word),
            tags=tuple(tag for tag in tags if tag != kind),
            listed_tags=tuple(listed),
            kind=kind,
            transcript=TRANSCRIPTS[int(draw(5) * len(TRANSCRIPTS))].format(word),
        )

    def with_hashtag(self, values: tuple[str, ...]) -> Bools:
        """Return, per class, whether it carries one of the hashtags (any case)."""
        wanted = {value.lower() for value in values}
        return np.array([not wanted.isdisjoint(entry.listed_tags) for entry in self.classes])

    def with_keyword(self, values: tuple[str, ...]) -> Bools:
        """Return, per class, whether one of the phrases is in its text (any case)."""
        wanted = [value.lower() for value in values]
        return np.array([any(value in text for value in wanted) for text in self._texts])


@lru_cache(maxsize=8)
def captions_of(seed: int) -> Captions:
    """Return the caption classes of worlds with this seed; they change no more, so worlds share them."""
    return Captions(seed)
