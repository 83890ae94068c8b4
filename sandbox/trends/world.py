"""What trends in a world at a moment: ranked lists of things, before any source dresses them up."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from sandbox.settings import Settings
from sandbox.trends import pools
from sandbox.trends.movement import DAY, Tide, edition, edition_of_day
from sandbox.trends.pools import Pool
from sandbox.world.catalog import Catalog
from sandbox.world.hashing import Ints, exponentials, hash_one, key_of, units
from sandbox.world.video_table import Moment

HASHTAGS, SOUNDS, KEYWORDS, CREATORS, VIDEOS = 200, 100, 500, 459, 500
"""How long each list is at most; a source may show only its head."""
SEARCH_WORDS = 20
_DAILY_UP_TO = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on a list.

    Attributes:
        name: Hashtag, keyword, sound id, handle or video id.
        rank: 1 is first.
        before: Its rank one UTC day earlier; None if it was not on the list then.
        score: Above 0; how well it does.
        curve: Days as Unix seconds, oldest first, and how well it did at the end of each.
        bits: 64 bits of chance that belong to this stay on the list.
    """

    name: str
    rank: int
    before: int | None
    score: float
    curve: tuple[tuple[int, float], ...]
    bits: int


@dataclass(frozen=True, slots=True)
class ListName:
    """Which list: the kind's name, and what it is divided by."""

    kind: str
    country: str = ""
    period: int = 0
    industry: str = ""


class TrendWorld:
    """All lists of a world. A list of the day is the one that was shown at the beginning of its UTC day."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.seed = catalog.seed
        self._tide = lru_cache(maxsize=512)(self._make_tide)
        self._entries = lru_cache(maxsize=512)(self._make_entries)
        self._videos = lru_cache(maxsize=256)(self._make_videos)

    def now(self, name: ListName, moment: float) -> tuple[Entry, ...]:
        """Return the list as it is shown at a moment (Unix seconds)."""
        return self._entries(name, edition(self.seed, moment), edition(self.seed, moment - DAY))

    def of_day(self, name: ListName, moment: float, size: int | None = None) -> tuple[Entry, ...]:
        """Return the list of the UTC day; `before` counts only the first `size` places of the day before."""
        entries = self._entries(
            name, edition_of_day(self.seed, moment), edition_of_day(self.seed, moment, 1), size or 10**6
        )
        return entries[:size]

    def videos(self, name: ListName, until: float) -> tuple[int, ...]:
        """Return video ids, best first: of the world's videos of the period that ends then, and made-up ones."""
        return self._videos(name, until)

    def id_of(self, kind: str, name: str) -> str:
        """Return the id of a hashtag or creator: 19 digits, or fewer for one in five."""
        bits = hash_one(key_of(self.seed, f"trend.id.{kind}.{name}"), 0)
        return str(7_000_000_000_000_000_000 + bits % 10**17 if bits % 5 else 10_000 + bits % 10**9)

    @cached_property
    def _pools(self) -> dict[str, Pool]:
        catalog = self._catalog
        return {
            "hashtag": pools.hashtags(catalog),
            "sound": pools.sounds(catalog),
            "keyword": pools.keywords(),
            "search": pools.keywords(),
            "creator": pools.creators(catalog),
        }

    def _make_tide(self, name: ListName) -> Tide:
        sizes = {"hashtag": HASHTAGS, "sound": SOUNDS, "keyword": KEYWORDS, "search": SEARCH_WORDS, "creator": CREATORS}
        text = f"{name.kind}.{name.country}.{name.period}.{name.industry}"
        return Tide(self.seed, text, sizes[name.kind], self._pools[name.kind].appeal, name.period)

    def _make_entries(self, name: ListName, moment: float, earlier: float, size: int = 10**6) -> tuple[Entry, ...]:
        tide, pool = self._tide(name), self._pools[name.kind]
        top, former = tide.top(moment), tide.top(earlier)[:size]
        before = {number: rank for rank, number in enumerate(former.tolist(), start=1)}
        times = _curve_times(moment, name.period)
        curves = np.stack([tide.scores(top, min(time + DAY, moment)) for time in times], axis=1).tolist()
        scores = tide.scores(top, moment).tolist()
        members = tide.members(top).tolist()
        return tuple(
            Entry(
                name=pool.names[members[index]],
                rank=index + 1,
                before=before.get(number),
                score=scores[index],
                curve=tuple(zip(times, curves[index], strict=True)),
                bits=tide.lot(number),
            )
            for index, number in enumerate(top.tolist())
        )

    def _make_videos(self, name: ListName, until: float) -> tuple[int, ...]:
        videos = self._catalog.videos
        positions = videos.between(int(until) - name.period * DAY, int(until))
        positions = self._catalog.alive(positions, Moment(until, Settings()))
        key = key_of(self.seed, f"trend.{name.kind}.{name.country}.{name.period}.{name.industry}")
        ages = (until - videos.created[positions]) / (name.period * DAY)
        strength = 0.3 + exponentials(key, videos.ids[positions])
        scores = strength * np.sin(np.pi * np.clip(ages, 0.02, 0.98) ** 0.7)
        best: list[int] = videos.ids[positions[np.argsort(-scores, kind="stable")]][:VIDEOS].tolist()
        return tuple(best + _made_up(key, int(until) // DAY, VIDEOS - len(best), name.period))


def _made_up(key: int, day: int, count: int, period: int) -> list[int]:
    """Return ids of videos that the world does not have, a share of them anew each day."""
    daily = VIDEOS // period + 1
    numbers: Ints = np.arange(day * daily, day * daily - max(count, 0), -1, dtype=np.int64)
    seconds = ((numbers / daily + units(key, numbers)) * DAY).astype(np.int64) - DAY
    return [
        (second << 32) | hash_one(key, number) >> 33
        for second, number in zip(seconds.tolist(), numbers.tolist(), strict=True)
    ]


def _curve_times(moment: float, period: int) -> tuple[int, ...]:
    """Return the days of a curve, as Unix seconds of 00:00 UTC: daily up to 30 days, weekly beyond."""
    last = int(moment // DAY) * DAY
    step, points = (DAY, max(period, 7)) if period <= _DAILY_UP_TO else (7 * DAY, period // 7)
    return tuple(last - step * back for back in range(points - 1, -1, -1))
