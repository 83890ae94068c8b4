"""Does a batch: reads its raw objects, writes its files, and says what became of each.

A batch is done in parts: while DuckDB writes the files of one, the objects of the next are read.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Self

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
"""Objects of a part; its number is in the names of its files, so that it stays as it is."""
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
    """Turns batches into files of the row store, within a `with` statement.

    All of them share one engine: what a new one does before its first rows takes as long as a hundred pages.
    """

    def __init__(self, files: LakeFiles, clock: Clock, limits: EngineLimits, tally: Tally) -> None:
        self._files = files
        self._objects = RawObjects(files.objects)
        self._clock = clock
        self._limits = limits
        self._tally = tally
        self._open = ExitStack()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection = None
        self._open.close()

    def do(self, batch: Batch) -> Batch:
        """Writes the batch's files, which replace those of an earlier try; returns the batch as done, not yet stored.

        Raises:
            Fatal: DuckDB cannot read the rows of this code; a defect.
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed.
        """
        parts = list(self._parts(batch))
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

    def _parts(self, batch: Batch) -> Iterator[_Part]:
        before: Future[_Part] | None = None
        if self._connection is None:
            self._connection = self._open.enter_context(engine(self._limits))
        connection = self._connection
        with ThreadPoolExecutor(1) as writer:
            for number, keys in enumerate(batched(batch.keys, PART, strict=False)):
                with ExitStack() as stack:
                    folder = Path(stack.enter_context(TemporaryDirectory(dir=self._limits.scratch)))
                    part, spool = self._read(batch, _Part(number, keys), folder, trusting=True)
                    if before is not None:
                        yield before.result()
                    before = writer.submit(self._write, connection, batch, part, spool, stack.pop_all())
            if before is not None:
                yield before.result()

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


def run_of(key: str) -> str:
    """The run that the raw object of this key belongs to; empty if it names none."""
    return next((part.removeprefix("run=") for part in key.split("/") if part.startswith("run=")), "")
