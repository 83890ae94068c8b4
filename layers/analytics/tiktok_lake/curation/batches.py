"""Batches: which raw objects become rows together, written down before anything else is done (docs/lake.md).

A batch is planned once, done under the names that follow from its id, as often as it takes, and then marked done.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import Clock, iso
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import GZIP
from tiktok_lake.bookkeeping import read_record
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import BATCHES

BATCH_VERSION: Final = 1
MOST_OBJECTS: Final = 5_000
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of raw objects."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a batch.

    Attributes:
        id: Its name; files of the row store are named after it.
        dt: UTC day on which the runs of its objects started.
        keys: Its raw objects, in order.
        again: Those among them that were unreadable in an earlier batch, and have their row in `quarantine`.
        planned_at: When it was planned.
        done_at: When its files were complete; None: it has to be done, or done again.
        by: The version of the collector that did it.
        pages: How many pages its objects held.
        rows: Its rows by table.
        files: The keys that its rows were written to, which may have been merged into others since.
        unreadable: Those of `keys` that could not be read.
        absent: Those that were gone before they could be read.
        untagged: Runs whose objects are not yet marked to expire.
    """

    version: int = BATCH_VERSION
    id: str
    dt: str
    keys: tuple[str, ...]
    again: tuple[str, ...] = ()
    planned_at: str
    done_at: str | None = None
    by: str = __version__
    pages: int = 0
    rows: dict[str, int] = {}
    files: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    untagged: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Where the record lies."""
        return f"{BATCHES}dt={self.dt}/{self.id}.json.gz"


class BatchStore:
    """The records of batches. Every method raises `MissingResource` and `AwsBusy` as `ObjectStore` does."""

    def __init__(self, files: LakeFiles, clock: Clock) -> None:
        self._files = files
        self._clock = clock

    def all(self) -> Iterator[Batch]:
        """The records of all batches whose raw objects may still be there.

        Raises:
            Fatal: one cannot be read; nothing may be curated then, or its rows would be doubled.
            NewerVersion: newer code wrote one.
        """
        for stored in self._files.objects.keys(f"{BATCHES}dt="):
            if batch := read_record(
                self._files.objects, stored.key, _DECODER, known=BATCH_VERSION, what="The record of curation"
            ):
                yield batch

    def plan(self, dt: str, keys: Sequence[str], again: Sequence[str]) -> Batch:
        """Writes a new batch down; returns it."""
        now = iso(self._clock.now())
        # Whoever plans the same objects plans the same batch; what is tried again is another one.
        digest = hashlib.sha256("\n".join((*keys, now if again else "")).encode()).hexdigest()[:20]
        name = f"{dt.replace('-', '')}-{digest}"
        batch = Batch(id=name, dt=dt, keys=tuple(keys), again=tuple(again), planned_at=now)
        self._files.objects.put_once(batch.key, _data(batch), content_type=GZIP)
        return batch

    def store(self, batch: Batch) -> None:
        """Replaces the record."""
        self._files.objects.put_bytes(batch.key, _data(batch), content_type=GZIP)

    def forget(self, batch: Batch) -> None:
        """Removes the record of a batch whose raw objects are gone."""
        self._files.remove([batch.key])


_DECODER: Final = msgspec.json.Decoder(Batch)


def _data(batch: Batch) -> bytes:
    return gzipped(msgspec.json.encode(batch))
