"""Reads the objects of the next batch while the rows of one are written: Python and DuckDB work side by side."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from tiktok_lake.curation.batches import Batch
from tiktok_lake.curation.planning import Due
from tiktok_lake.curation.spool import Spooled

type Reading = Callable[[tuple[str, ...], tuple[str, ...]], Spooled]
"""Reads objects: their keys, and those among them that are read again."""


class ReadAhead:
    """One batch ahead; nothing but reading is done ahead, so that whatever is changed is changed in order."""

    def __init__(self, read: Reading) -> None:
        self._read = read
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._following: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self._begun: tuple[tuple[str, ...], Future[Spooled]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._drop()

    def over(self, groups: Iterable[tuple[str, list[Due]]]) -> Iterator[tuple[str, list[Due]]]:
        """The groups in order; while one is worked, the one after it is known."""
        before: tuple[str, list[Due]] | None = None
        for group in groups:
            if before is not None:
                self._following = parts(group[1])
                yield before
            before = group
        self._following = None
        if before is not None:
            yield before

    def take(self, batch: Batch) -> Spooled:
        """What the batch's objects hold, for the caller to close; the next group is begun.

        Raises:
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 failed.
        """
        begun, self._begun = self._begun, None
        if begun is not None and begun[0] == batch.keys:
            spooled = begun[1].result()
        else:
            self._begun = begun
            self._drop()
            spooled = self._read(batch.keys, batch.again)
        if self._following is not None:
            self._begun = self._following[0], self._pool.submit(self._read, *self._following)
        return spooled

    def _drop(self) -> None:
        """Closes what was read and is not wanted."""
        begun, self._begun = self._begun, None
        if begun is not None and not begun[1].cancel() and begun[1].exception() is None:
            begun[1].result().close()


def parts(group: list[Due]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of a group, and those that are read again."""
    return tuple(each.key for each in group), tuple(each.key for each in group if each.again)
