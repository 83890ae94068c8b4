"""Does a batch: reads its raw objects, writes its files, and says what became of each."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import Clock, iso
from tiktok_collector.errors import Fatal, NewerVersion
from tiktok_collector.lake.raw_pages import CorruptPage, RawPageStore
from tiktok_lake.curation.batches import Batch
from tiktok_lake.curation.page_rows import Line, lines_of, unreadable
from tiktok_lake.curation.parquet import Written, write_tables
from tiktok_lake.curation.report import Tally
from tiktok_lake.curation.spool import Spool
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import file_key

THREADS: Final = 8
# What DuckDB raises of lines that it cannot read; memory and disk are not among it.
_UNREAD: Final = (duckdb.DataError, duckdb.InvalidInputException)
_PAGES_AN_OBJECT: Final = 1_000_000
"""Pages are numbered through a batch; an object cannot hold so many."""


class _Object(msgspec.Struct, frozen=True):
    """What came of one raw object; `pages` is None where it is not there."""

    key: str
    lines: Sequence[Line]
    pages: int | None
    broken: bool = False


class BatchWorker:
    """Turns batches into files of the row store."""

    def __init__(self, files: LakeFiles, pages: RawPageStore, clock: Clock, limits: EngineLimits, tally: Tally) -> None:
        self._files = files
        self._pages = pages
        self._clock = clock
        self._limits = limits
        self._tally = tally

    def do(self, batch: Batch) -> Batch:
        """Writes the batch's files, which replace those of an earlier try; returns the batch as done, not yet stored.

        Raises:
            Fatal: DuckDB cannot read the rows of this code; a defect.
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed.
        """
        try:
            return self._do(batch, trusting=True)
        except _UNREAD:
            # A page that looks clean may still be none to DuckDB, such as where an object names a field twice.
            pass
        try:
            return self._do(batch, trusting=False)
        except _UNREAD as error:
            raise Fatal(
                f"The batch {batch.key} cannot become rows ({type(error).__name__}); its pages are kept: report it."
            ) from error

    def _do(self, batch: Batch, *, trusting: bool) -> Batch:
        pages, broken, absent = 0, [], []
        with TemporaryDirectory(dir=self._limits.scratch) as scratch:
            folder = Path(scratch)
            with Spool(folder) as spool:
                for each in self._objects(batch, trusting=trusting):
                    spool.write(each.lines)
                    pages += each.pages or 0
                    if each.broken:
                        broken.append(each.key)
                    if each.pages is None:
                        absent.append(each.key)
                rows, files = self._written(batch, spool, folder) if spool.parts() else ({}, [])
        self._tally.batches += 1
        self._tally.objects += len(batch.keys) - len(absent)
        self._tally.pages += pages
        self._tally.unreadable += broken
        return msgspec.structs.replace(
            batch,
            done_at=iso(self._clock.now()),
            by=__version__,
            pages=pages,
            rows=rows,
            files=tuple(files),
            unreadable=tuple(broken),
            absent=tuple(absent),
            untagged=tuple(sorted({run_of(key) for key in {*batch.keys} - {*broken, *absent}})),
        )

    def _written(self, batch: Batch, spool: Spool, folder: Path) -> tuple[dict[str, int], list[str]]:
        rows: Counter[str] = Counter()
        files: list[str] = []
        out = folder / "out"
        out.mkdir()
        with engine(self._limits) as connection:
            # All of them first: what DuckDB cannot read is found before anything is stored.
            for written in [*write_tables(connection, spool, out)]:
                files.append(self._stored(batch, written))
                rows[written.table] += written.rows
        return dict(rows), files

    def _stored(self, batch: Batch, written: Written) -> str:
        key = file_key(written.table, written.day, f"c-{batch.id}")
        self._tally.wrote(written)
        self._files.put(key, written.path)
        return key

    def _objects(self, batch: Batch, *, trusting: bool) -> Iterator[_Object]:
        """The objects in order, a few of them read ahead."""
        again = frozenset(batch.again)

        def read(number: int, key: str) -> _Object:
            return self._object(number, key, trusting=trusting, again=key in again)

        with ThreadPoolExecutor(THREADS) as pool:
            ahead: deque[Future[_Object]] = deque()
            try:
                for number, key in enumerate(batch.keys):
                    ahead.append(pool.submit(read, number * _PAGES_AN_OBJECT, key))
                    if len(ahead) > 2 * THREADS:
                        yield ahead.popleft().result()
                while ahead:
                    yield ahead.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _object(self, first: int, key: str, *, trusting: bool, again: bool) -> _Object:
        try:
            pages = self._pages.get_all(key)
            lines = [
                line
                for number, page in enumerate(pages, start=first)
                for line in lines_of(key, number, page, trusting=trusting)
            ]
        except (CorruptPage, NewerVersion) as error:
            return _Object(key, () if again else unreadable(key, first, str(error)), 0, broken=True)
        return _Object(key, lines, len(pages) or None)


def run_of(key: str) -> str:
    """The run that the raw object of this key belongs to; empty if it names none."""
    return next((part.removeprefix("run=") for part in key.split("/") if part.startswith("run=")), "")
