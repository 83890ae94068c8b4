"""The deduplicated view of a study: one row per video, as it was fetched last, with all collections that found it.

Pages are read twice, first for the ids and then for the rows, so that memory holds no more than `sightings` does.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any, Final, Protocol, Self

import msgspec

from tiktok_collector.collection.export_document import good_rows
from tiktok_collector.collection.page_reader import PageReader, StoredPage
from tiktok_collector.collection.sightings import Sightings
from tiktok_collector.lake.keys import raw_prefix
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.research_api.export_rows import exportable_row
from tiktok_collector.research_api.rows import Video

THREADS: Final = 8
_ENTITY: Final = "videos"


class BinaryFile(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Takes `data`, all of it."""
        ...


def video_pages(store: RawPageStore, days: Iterable[date] | None = None) -> Iterator[str]:
    """The keys of all stored pages of videos in key order, or of the runs that started on these UTC days.

    Raises:
        AwsBusy: S3 failed.
        MissingResource: the bucket is absent or may not be listed.
    """
    dates = [None] if days is None else [day.isoformat() for day in sorted(set(days))]
    for dt in dates:
        for stored in store.keys(raw_prefix(entity=_ENTITY, dt=dt)):
            yield stored.key


class StudyView:
    """The videos of a study's pages, each once.

    Pages that no collection asked for (ad-hoc work) are left out, and so are rows that break their model; both are
    counted.
    """

    def __init__(self, reader: PageReader, threads: int = THREADS) -> None:
        self.ad_hoc_pages = 0
        self.quarantined = 0
        """Rows that break their model, as often as they were fetched."""
        self._reader = reader
        self._threads = threads
        self._keys: list[str] = []
        self._sightings = Sightings()

    @classmethod
    def of(cls, reader: PageReader, keys: Iterable[str], *, threads: int = THREADS) -> Self:
        """Reads the pages of `keys` (of `video_pages`), for the ids alone.

        Args:
            reader: Reads the bucket's pages.
            keys: Each once. Of two pages fetched at the same moment, the later one counts as newer.
            threads: How many pages are read at once.

        Raises:
            CorruptPage: a page is damaged; the message names it.
            Fatal: a page is missing.
            AwsBusy: S3 failed.
            MissingResource: the bucket is absent or may not be read.
        """
        view = cls(reader, threads)
        for key, page in _in_order(reader, keys, threads):
            view._note(key, page)
        return view

    @property
    def videos(self) -> int:
        """How many rows the view has."""
        return len(self._sightings)

    @property
    def pages(self) -> int:
        """How many pages collections asked for."""
        return len(self._keys)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows, page by page in the order of the keys, with ids as text.

        All fields are those of the newest fetch. Beside them: `_retrieved_at`, `_first_retrieved_at`, `_fetches` (how
        many pages hold the video) and `_collections` (sorted).

        Raises:
            CollectorError: as `of`.
        """
        numbers = self._sightings.newest_pages()
        pages = _in_order(self._reader, (self._keys[number] for number in numbers), self._threads)
        for number, (_, page) in zip(numbers, pages, strict=True):
            yield from self._rows_of(number, page)

    def write(self, file: BinaryFile) -> int:
        """Writes the rows as lines of JSON in UTF-8; returns how many.

        Raises:
            CollectorError: as `of`.
        """
        for row in self.rows():
            file.write(msgspec.json.encode(row) + b"\n")
        return self.videos

    def _note(self, key: str, page: StoredPage) -> None:
        envelope = page.envelope
        if not envelope.collections:
            self.ad_hoc_pages += 1
            return
        self._keys.append(key)
        self.quarantined += len(page.typed.quarantined)
        self._sightings.note(envelope.retrieved_at, envelope.collections, (video for video, _ in _videos(page)))

    def _rows_of(self, number: int, page: StoredPage) -> Iterator[dict[str, Any]]:
        given: set[int] = set()
        for video, row in _videos(page):
            # A page may hold a video twice.
            if video not in given and self._sightings.is_newest(video, number):
                given.add(video)
                yield {
                    **exportable_row(row),
                    "id": str(video),
                    "_retrieved_at": page.envelope.retrieved_at,
                    **self._sightings.marks(video),
                }


def _videos(page: StoredPage) -> Iterator[tuple[int, dict[str, Any]]]:
    for typed, row in zip(page.typed.rows, good_rows(page), strict=True):
        if isinstance(typed, Video):
            yield typed.id, row


def _in_order(reader: PageReader, keys: Iterable[str], threads: int) -> Iterator[tuple[str, StoredPage]]:
    """The pages in the order of their keys, a few of them read ahead."""
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[tuple[str, Future[StoredPage]]] = deque()
        try:
            for key in keys:
                ahead.append((key, pool.submit(reader.read, key)))
                if len(ahead) > 2 * threads:
                    yield _first(ahead)
            while ahead:
                yield _first(ahead)
        finally:
            # After an error, or where the caller has enough, nothing more is read.
            pool.shutdown(cancel_futures=True)


def _first(ahead: deque[tuple[str, Future[StoredPage]]]) -> tuple[str, StoredPage]:
    key, page = ahead.popleft()
    return key, page.result()
