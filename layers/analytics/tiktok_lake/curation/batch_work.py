"""Does batches: reads their raw objects, writes their files, and says what became of each.

Batches are done in parts: while DuckDB writes the files of one, the objects of the next are read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import duckdb
import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import Clock, iso
from tiktok_collector.errors import Fatal
from tiktok_lake.curation.batches import Batch
from tiktok_lake.curation.parquet import write_tables
from tiktok_lake.curation.raw_objects import RawObjects
from tiktok_lake.curation.report import Tally
from tiktok_lake.curation.spool import Spool
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import file_key

if TYPE_CHECKING:
    from tiktok_lake.curation.written import Written

PART: Final = 250
"""Objects of a part, whose number is in the names of its files: those of other parts go where a batch is done again."""
# What DuckDB raises of lines that it cannot read; memory and disk are not among it.
_UNREAD: Final = (duckdb.DataError, duckdb.InvalidInputException)


class _Part(msgspec.Struct):
    """What came of a part."""

    number: int
    keys: Sequence[str]
    pages: int = 0
    unreadable: list[str] = msgspec.field(default_factory=list)
    absent: list[str] = msgspec.field(default_factory=list)
    files: list[str] = msgspec.field(default_factory=list)
    rows: Counter[str] = msgspec.field(default_factory=Counter)


class BatchWorker:
    """Turns batches into files of the row store."""

    def __init__(self, files: LakeFiles, clock: Clock, limits: EngineLimits, tally: Tally) -> None:
        self._files = files
        self._objects = RawObjects(files.objects)
        self._clock = clock
        self._limits = limits
        self._tally = tally

    def do(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Writes the files of each batch, which replace those of an earlier try; gives the batches as done, not stored.

        The next batch is taken before one is done: its first objects are read while DuckDB writes the last files.

        Raises:
            Fatal: DuckDB cannot read the rows of this code; a defect.
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed.
        """
        parts: list[_Part] = []
        for batch, part in self._parts(batches):
            parts.append(part)
            if part.number == (len(batch.keys) - 1) // PART:
                yield self._done(batch, parts)
                parts = []

    def _done(self, batch: Batch, parts: Sequence[_Part]) -> Batch:
        unreadable = [key for part in parts for key in part.unreadable]
        absent = [key for part in parts for key in part.absent]
        pages = sum(part.pages for part in parts)
        self._tally.batches += 1
        self._tally.objects += len(batch.keys) - len(absent)
        self._tally.pages += pages
        self._tally.unreadable += unreadable
        return msgspec.structs.replace(
            batch,
            done_at=iso(self._clock.now()),
            by=__version__,
            pages=pages,
            rows=dict(sum((part.rows for part in parts), Counter())),
            files=tuple(key for part in parts for key in part.files),
            unreadable=tuple(unreadable),
            absent=tuple(absent),
            untagged=tuple(sorted({run_of(key) for key in {*batch.keys} - {*unreadable, *absent}})),
        )

    def _parts(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, _Part]]:
        """The parts of the batches in order, each as written, while the one after it is read."""
        before: tuple[Batch, Future[_Part]] | None = None
        connection: duckdb.DuckDBPyConnection | None = None
        with ExitStack() as opened, ThreadPoolExecutor(1) as writer:
            for batch, number, keys in _planned(batches):
                # One engine for all: what a new one does before its first rows takes as long as a hundred pages.
                connection = connection or opened.enter_context(engine(self._limits))
                with ExitStack() as stack:
                    folder = Path(stack.enter_context(TemporaryDirectory(dir=self._limits.scratch)))
                    part, spool = self._read(batch, _Part(number, keys), folder, trusting=True)
                    if before is not None:
                        yield before[0], before[1].result()
                    before = batch, writer.submit(self._write, connection, batch, part, spool, stack.pop_all())
            if before is not None:
                yield before[0], before[1].result()

    def _read(self, batch: Batch, part: _Part, folder: Path, *, trusting: bool) -> tuple[_Part, Spool]:
        with Spool(folder) as spool:
            for each in self._objects.read(part.keys, frozenset(batch.again), trusting=trusting):
                spool.write(each.lines)
                part.pages += each.pages or 0
                if each.unreadable:
                    part.unreadable.append(each.key)
                if each.pages is None:
                    part.absent.append(each.key)
        return part, spool

    def _write(
        self, connection: duckdb.DuckDBPyConnection, batch: Batch, part: _Part, spool: Spool, scratch: ExitStack
    ) -> _Part:
        """Stores the files of a part; removes its scratch folder, which `scratch` holds."""
        with scratch:
            if not spool.parts():
                return part
            try:
                return self._stored(connection, batch, part, spool)
            except _UNREAD:
                # A page that looks clean may still be none to DuckDB, such as where an object names a field twice.
                pass
            with TemporaryDirectory(dir=self._limits.scratch) as folder:
                part, spool = self._read(batch, _Part(part.number, part.keys), Path(folder), trusting=False)
                try:
                    return self._stored(connection, batch, part, spool)
                except _UNREAD as error:
                    raise Fatal(
                        f"The batch {batch.key} cannot become rows ({type(error).__name__}); its pages are kept: "
                        "report it."
                    ) from error

    def _stored(self, connection: duckdb.DuckDBPyConnection, batch: Batch, part: _Part, spool: Spool) -> _Part:
        # All of them first: what DuckDB cannot read is found before anything is stored.
        found: list[Written] = list(write_tables(connection, spool))
        for each in found:
            key = file_key(each.table, each.day, f"c-{batch.id}-{part.number}")
            self._files.put(key, each.path)
            part.files.append(key)
            part.rows[each.table] += each.rows
            self._tally.wrote(each)
        return part


def _planned(batches: Iterable[Batch]) -> Iterator[tuple[Batch, int, Sequence[str]]]:
    for batch in batches:
        for number, keys in enumerate(batched(batch.keys, PART, strict=False)):
            yield batch, number, keys


def run_of(key: str) -> str:
    """The run that the raw object of this key belongs to; empty if it names none."""
    return next((part.removeprefix("run=") for part in key.split("/") if part.startswith("run=")), "")
