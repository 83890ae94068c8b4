"""Reads raw objects, several at a time, and makes lines of their rows."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import msgspec

from tiktok_collector.errors import NewerVersion
from tiktok_collector.lake.raw_pages import CorruptPage, RawPage, RawPageStore
from tiktok_lake.curation.page_rows import Line, lines_of, unreadable

THREADS: Final = 16
_PAGES_AN_OBJECT: Final = 1_000_000
"""Pages are numbered through a part; an object cannot hold so many."""


class RawObject(msgspec.Struct, frozen=True):
    """What came of one raw object.

    Attributes:
        key: Its key.
        lines: Its rows.
        pages: How many pages it holds; None: it is not there.
        unreadable: Whether it is none that this code reads.
    """

    key: str
    lines: Sequence[Line]
    pages: int | None
    unreadable: bool = False


class RawObjects:
    """The raw objects of one bucket."""

    def __init__(self, pages: RawPageStore) -> None:
        self._pages = pages

    def read(self, keys: Sequence[str], again: frozenset[str], *, trusting: bool) -> Iterator[RawObject]:
        """The objects in the order of their keys, a few of them read ahead.

        Args:
            keys: Their keys.
            again: Those that were unreadable before; if they still are, they have no line.
            trusting: Whether clean pages are given as received.

        Raises:
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 failed.
        """
        for number, (key, fetched) in enumerate(self._fetched(keys)):
            yield _object(number * _PAGES_AN_OBJECT, key, fetched, trusting=trusting, again=key in again)

    def _fetched(self, keys: Sequence[str]) -> Iterator[tuple[str, "Future[list[RawPage]]"]]:
        """What threads wait for and unpack; decoding rows in them as well would only have them wait for each other."""
        with ThreadPoolExecutor(THREADS) as pool:
            ahead: deque[tuple[str, Future[list[RawPage]]]] = deque()
            try:
                for key in keys:
                    ahead.append((key, pool.submit(self._pages.get_all, key)))
                    if len(ahead) > 2 * THREADS:
                        yield ahead.popleft()
                while ahead:
                    yield ahead.popleft()
            finally:
                pool.shutdown(cancel_futures=True)


def _object(first: int, key: str, fetched: "Future[list[RawPage]]", *, trusting: bool, again: bool) -> RawObject:
    try:
        pages = fetched.result()
        lines = [
            line
            for number, page in enumerate(pages, start=first)
            for line in lines_of(key, number, page, trusting=trusting)
        ]
    except (CorruptPage, NewerVersion) as error:
        return RawObject(key, () if again else unreadable(key, first, str(error)), 0, unreadable=True)
    return RawObject(key, lines, len(pages) or None)
