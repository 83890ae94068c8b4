"""Reads raw objects, several at a time, and makes lines of their rows."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import msgspec

from tiktok_collector.errors import NewerVersion
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import CorruptPage, decode_pages
from tiktok_lake.curation.page_rows import Line, lines_of, unreadable

THREADS: Final = 16


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

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def read(self, keys: Sequence[str], again: frozenset[str], *, trusting: bool) -> Iterator[RawObject]:
        """The objects in the order of their keys, a few of them fetched ahead.

        Args:
            keys: Their keys.
            again: Those that were unreadable before; if they still are, they have no line.
            trusting: Whether clean pages are given as received.

        Raises:
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 failed.
        """
        for key, data in self._fetched(keys):
            yield _object(key, data, trusting=trusting, again=key in again)

    def _fetched(self, keys: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        """What threads wait for; unpacking in them as well would only have them wait for each other."""
        with ThreadPoolExecutor(THREADS) as pool:
            ahead: deque[tuple[str, Future[bytes | None]]] = deque()
            try:
                for key in keys:
                    ahead.append((key, pool.submit(self._objects.get_bytes, key)))
                    if len(ahead) > 2 * THREADS:
                        yield _arrived(ahead)
                while ahead:
                    yield _arrived(ahead)
            finally:
                pool.shutdown(cancel_futures=True)


def _arrived(ahead: deque[tuple[str, Future[bytes | None]]]) -> tuple[str, bytes | None]:
    key, fetched = ahead.popleft()
    return key, fetched.result()


def _object(key: str, data: bytes | None, *, trusting: bool, again: bool) -> RawObject:
    if data is None:
        return RawObject(key, (), None)
    try:
        pages = decode_pages(data, key=key)
        lines = [line for page in pages for line in lines_of(key, page, trusting=trusting)]
    except (CorruptPage, NewerVersion) as error:
        return RawObject(key, () if again else (unreadable(key, str(error)),), 0, unreadable=True)
    return RawObject(key, lines, len(pages))
