"""Pure: on which pages each video was found; a million videos are some 100 MB."""

from collections.abc import Iterable
from typing import Any

import msgspec


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """What is known of a video; videos that were found on the same pages share one."""

    newest: int
    """Number of the page that was fetched last."""
    first: int
    """Number of the page that was fetched first."""
    fetches: int
    collections: int
    """One bit for each collection."""


class Sightings:
    """Where the videos of many pages were found. Pages are numbered from 0 as they are noted."""

    def __init__(self) -> None:
        self._times: list[str] = []
        self._bits: dict[str, int] = {}
        self._videos: dict[int, Sighting] = {}

    def __len__(self) -> int:
        """How many different videos were found."""
        return len(self._videos)

    def note(self, retrieved_at: str, collections: Iterable[str], videos: Iterable[int]) -> None:
        """Adds a page: when it was fetched (as `clock.iso` writes it), for whom, and the ids of its videos.

        A video that is on the page twice was fetched once. Of two pages of one moment, the later noted is the newer.
        """
        number = len(self._times)
        self._times.append(retrieved_at)
        mask = 0
        for name in collections:
            mask |= 1 << self._bits.setdefault(name, len(self._bits))
        # Videos that were together on the pages before stay together, so that few objects serve many videos.
        joined: dict[Sighting | None, Sighting] = {}
        for video in set(videos):
            before = self._videos.get(video)
            after = joined.get(before)
            if after is None:
                after = joined[before] = self._join(before, number, mask)
            self._videos[video] = after

    def newest_pages(self) -> list[int]:
        """The numbers of the pages that are the newest of some video, in order."""
        return sorted({sighting.newest for sighting in self._videos.values()})

    def is_newest(self, video: int, page: int) -> bool:
        """Whether the video was fetched last with the page of this number."""
        return self._videos[video].newest == page

    def marks(self, video: int) -> dict[str, Any]:
        """What the view says of a video beside its fields: first fetch, number of fetches, names of collections."""
        sighting = self._videos[video]
        return {
            "_first_retrieved_at": self._times[sighting.first],
            "_fetches": sighting.fetches,
            "_collections": sorted(name for name, bit in self._bits.items() if sighting.collections >> bit & 1),
        }

    def _join(self, before: Sighting | None, page: int, mask: int) -> Sighting:
        if before is None:
            return Sighting(page, page, 1, mask)
        time = self._times[page]
        return Sighting(
            newest=page if time >= self._times[before.newest] else before.newest,
            first=page if time < self._times[before.first] else before.first,
            fetches=before.fetches + 1,
            collections=before.collections | mask,
        )
