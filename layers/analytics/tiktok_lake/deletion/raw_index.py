"""Which raw objects there are, and which of them holds the page that a row came in."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tiktok_collector.lake.objects import ObjectStore

RAW: Final = "raw/"
_KEY: Final = re.compile(
    r"raw/source=(?P<source>[^/]+)/entity=(?P<entity>[^/]+)/dt=(?P<dt>[^/]+)/run=(?P<run>[^/]+)/"
    r"(?P<task>[^/]+)-g(?P<generation>\d+)-(?P<page>\d{6})\.json\.gz"
)


class PageOfRow(NamedTuple):
    """Where a row came in, as its columns say."""

    source: str
    entity: str
    run_id: str
    task_id: str
    generation: int
    page: int


class RawObject(NamedTuple):
    """A raw object by its key."""

    key: str
    dt: str
    first: PageOfRow


class RawIndex:
    """The raw objects that were there when it was made."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.objects = [each for each in map(_parsed, keys) if each is not None]
        self._pages: dict[tuple[object, ...], list[tuple[int, str]]] = {}
        for each in self.objects:
            self._pages.setdefault(each.first[:5], []).append((each.first.page, each.key))
        for pages in self._pages.values():
            pages.sort()

    @classmethod
    def of(cls, objects: ObjectStore) -> "RawIndex":
        """All raw objects of a bucket. Raises as `ObjectStore` does."""
        return cls(each.key for each in objects.keys(RAW))

    def keys_of(self, pages: Iterable[PageOfRow]) -> Iterator[str]:
        """The keys of the objects that hold these pages; those that have expired are left out."""
        for page in pages:
            firsts = self._pages.get(page[:5], ())
            # An object may hold several pages; it is named after the first of them.
            at = bisect_right(firsts, page.page, key=lambda first: first[0])
            if at:
                yield firsts[at - 1][1]


def _parsed(key: str) -> RawObject | None:
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    first = PageOfRow(
        found["source"], found["entity"], found["run"], found["task"], int(found["generation"]), int(found["page"])
    )
    return RawObject(key, found["dt"], first)
