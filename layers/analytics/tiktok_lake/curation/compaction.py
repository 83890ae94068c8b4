"""Many small files of a past day become one: written down first, and ended by the next holder of the lease.

While the sources of a merged file are being removed, which takes a moment, a query finds their rows twice.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from tiktok_collector.clock import Clock, iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.objects import StoredObject
from tiktok_lake.bookkeeping import read_record
from tiktok_lake.curation.parquet import copy
from tiktok_lake.curation.report import Tally
from tiktok_lake.curation.written import Written
from tiktok_lake.deletions_begun import deletion_counts
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.groups import in_groups
from tiktok_lake.keys import COMPACTIONS, day_of, file_key, table_of
from tiktok_lake.tables import TABLES, TRENDS

COMPACTION_VERSION: Final = 1
SETTLED_AFTER: Final = timedelta(days=3)
"""After so many days a day gets few new files: runs are resumed on the next ones."""
MOST_FILES: Final = 8
MOST_BYTES: Final = 128 * 1024 * 1024
"""Of one merged file."""
_SMALL: Final = MOST_BYTES // 4
_OURS: Final = ("c-", "m-", "r-")
"""Files of curation; those of imports may be written again under their own names, and those of trends are few."""
_LONGEST: Final = timedelta(seconds=60)


class Compaction(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a merge.

    Attributes:
        sources: The keys of the files that become one.
        target: The key of that one.
        planned_at: When it was planned.
        written: Whether the target is complete, so that only the sources have to go.
    """

    version: int = COMPACTION_VERSION
    sources: tuple[str, ...]
    target: str
    planned_at: str
    written: bool = False

    @property
    def key(self) -> str:
        """Where the record lies."""
        return f"{COMPACTIONS}{self.target.replace('/', '.').removesuffix('.parquet')}.json"


class Compactor:
    """Merges the files of one bucket. Methods raise `MissingResource` and `AwsBusy` as `LakeFiles` does."""

    def __init__(self, files: LakeFiles, clock: Clock, limits: EngineLimits, tally: Tally) -> None:
        self._files = files
        self._clock = clock
        self._limits = limits
        self._tally = tally

    def finish_pending(self, deadline: Deadline) -> bool:
        """Ends the merges that were begun; whether none is left."""
        for stored in list(self._files.objects.keys(COMPACTIONS)):
            if not deadline.allows(_LONGEST):
                return False
            if compaction := read_record(
                self._files.objects, stored.key, _DECODER, known=COMPACTION_VERSION, what="The record of a merge"
            ):
                self._do(compaction)
        return True

    def compact(self, deadline: Deadline) -> None:
        """Merges what is small, until the deadline; nothing while a deletion counts what it takes from which file."""
        if deletion_counts(self._files):
            return
        for table in TABLES:
            for group in self._groups(table):
                if not deadline.allows(_LONGEST):
                    return
                self._do(self._planned(group))

    def _groups(self, table: str) -> Iterator[list[StoredObject]]:
        if table == TRENDS.name:
            return
        settled = (self._clock.now().date() - SETTLED_AFTER).isoformat()
        ours = (each for each in self._files.of_table(table) if each.key.rpartition("/")[2].startswith(_OURS))
        for day, found in groupby(ours, key=lambda each: day_of(each.key)):
            if _is_day(day) and day <= settled:
                yield from _mergeable(list(found))

    def _planned(self, group: list[StoredObject]) -> Compaction:
        sources = tuple(each.key for each in group)
        digest = hashlib.sha256("\n".join(sources).encode()).hexdigest()[:20]
        compaction = Compaction(
            sources=sources,
            target=file_key(table_of(sources[0]), day_of(sources[0]), f"m-{digest}"),
            planned_at=iso(self._clock.now()),
        )
        self._files.objects.put_json(compaction.key, compaction)
        return compaction

    def _do(self, compaction: Compaction) -> None:
        if not compaction.written:
            self._merge(compaction)
            self._files.objects.put_json(compaction.key, msgspec.structs.replace(compaction, written=True))
        self._files.remove(compaction.sources)
        self._files.remove([compaction.key])
        self._tally.compacted += len(compaction.sources)

    def _merge(self, compaction: Compaction) -> None:
        with TemporaryDirectory(dir=self._limits.scratch) as scratch:
            folder = Path(scratch)
            paths = [folder / f"{number}.parquet" for number in range(len(compaction.sources))]
            for key, path in zip(compaction.sources, paths, strict=True):
                self._files.fetch(key, path)
            written = self._merged(compaction, paths, folder)
            self._files.put(compaction.target, written.path)
            self._tally.files += 1
            self._tally.bytes += written.path.stat().st_size

    def _merged(self, compaction: Compaction, paths: list[Path], folder: Path) -> Written:
        sources = f"read_parquet([{', '.join(quoted(str(path)) for path in paths)}], union_by_name = true)"
        with engine(self._limits) as connection:
            return copy(
                connection,
                f"SELECT * FROM {sources}",
                table_of(compaction.target),
                day_of(compaction.target),
                folder,
            )


def _mergeable(files: list[StoredObject]) -> Iterator[list[StoredObject]]:
    """The small files of a day in groups that make one file each; none if they are few."""
    small = [each for each in files if each.size < _SMALL]
    if len(small) > MOST_FILES:
        yield from (group for group in in_groups(small, most_bytes=MOST_BYTES) if len(group) > 1)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_DECODER: Final = msgspec.json.Decoder(Compaction)
