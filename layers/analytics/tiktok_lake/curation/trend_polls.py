"""Curates polls of trends once they have ended: until then the objects of their rows are replaced.

The record of what was curated is one object. A poll that is worked again and ends with other rows is curated anew under
the same names.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from tiktok_collector.clock import iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import Fatal, InvocationStopped, NewerVersion
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.objects import GZIP, StoredObject
from tiktok_collector.lake.trend_keys import trend_poll_key
from tiktok_collector.trends.poll import Poll, decode_poll
from tiktok_lake.bookkeeping import read_versioned
from tiktok_lake.curation.parquet import write_tables
from tiktok_lake.curation.report import Tally
from tiktok_lake.curation.spool import Spool
from tiktok_lake.curation.trend_rows import TrendLines
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import BATCHES, file_key

POLLS: Final = "trends/polls/"
RECORD: Final = f"{BATCHES}polls.json.gz"
RECORD_VERSION: Final = 1


class CuratedPoll(msgspec.Struct, frozen=True):
    """What was done of a poll.

    Attributes:
        modified: What tells its document from one that is written later.
        rows: Tells its rows from others.
        done: Whether `files` are complete.
        files: The keys that its rows were written to.
    """

    modified: str
    rows: str
    done: bool
    files: tuple[str, ...] = ()


class _Record(msgspec.Struct, frozen=True):
    version: int = RECORD_VERSION
    polls: dict[str, CuratedPoll] = {}


_DECODER: Final = msgspec.json.Decoder(_Record)


class TrendPolls:
    """Curates the polls of a bucket. Methods raise `MissingResource` and `AwsBusy` as `LakeFiles` does."""

    def __init__(self, files: LakeFiles, limits: EngineLimits, tally: Tally) -> None:
        self._files = files
        self._limits = limits
        self._tally = tally

    def finish_pending(self, deadline: Deadline) -> bool:
        """Ends what was begun; whether nothing of it is left."""
        record = self._record()
        return self._do(record, [key for key, each in record.items() if not each.done], deadline)

    def curate(self, deadline: Deadline) -> None:
        """Curates polls that have ended, until the deadline."""
        record = self._record()
        due = list(self._due(record))
        if due and not deadline.passed:
            self._store(record)
            self._do(record, due, deadline)

    def _due(self, record: dict[str, CuratedPoll]) -> Iterator[str]:
        """The polls that are to be curated; they are noted in the record."""
        for stored in self._files.objects.keys(POLLS):
            known, modified = record.get(stored.key), as_written(stored)
            if known is not None and (known.modified == modified or not known.done):
                continue
            poll = self._poll(stored.key)
            if poll is None or poll.finished_at is None:
                continue
            rows = _digest_of(poll)
            same = known is not None and known.rows == rows
            files = known.files if known else ()
            record[stored.key] = CuratedPoll(modified, rows, done=same, files=files)
            if not same:
                yield stored.key

    def _do(self, record: dict[str, CuratedPoll], due: list[str], deadline: Deadline) -> bool:
        left = list(due)
        while left and not deadline.passed:
            key = left.pop(0)
            poll, before = self._poll(key), record[key]
            files = self._written(poll) if poll else ()
            self._files.remove(each for each in before.files if each not in files)
            record[key] = msgspec.structs.replace(before, done=True, files=files)
            self._tally.polls += 1
        if due:
            self._store(record)
        return not left

    def _written(self, poll: Poll) -> tuple[str, ...]:
        digest = hashlib.sha256(trend_poll_key(poll.day, poll.name).encode()).hexdigest()[:20]
        name = f"t-{poll.day.replace('-', '')}-{digest}"
        files = []
        with TemporaryDirectory(dir=self._limits.scratch) as scratch:
            with Spool(Path(scratch)) as spool:
                self._read(poll, spool)
            if not spool.parts():
                return ()
            with engine(self._limits) as connection:
                for written in write_tables(connection, spool):
                    files.append(file_key(written.table, written.day, name))
                    self._files.put(files[-1], written.path)
                    self._tally.wrote(written)
        return tuple(files)

    def _read(self, poll: Poll, spool: Spool) -> None:
        lines = TrendLines(poll)
        for outcome in poll.lists:
            if outcome.rows_key is None:
                continue
            try:
                data = self._files.objects.get_bytes(outcome.rows_key)
                if data is None:
                    self._tally.problems.append(f"The rows {outcome.rows_key} of a poll of trends are gone.")
                    continue
                spool.write([*lines.of(outcome, gunzipped(data, key=outcome.rows_key))])
            except InvocationStopped:
                raise
            except Fatal as error:
                self._tally.unreadable.append(outcome.rows_key)
                spool.write([lines.unreadable(outcome, str(error))])

    def _poll(self, key: str) -> Poll | None:
        data = self._files.objects.get_bytes(key)
        try:
            return decode_poll(data, key) if data is not None else None
        except NewerVersion as error:
            self._tally.problems.append(str(error))
        except InvocationStopped:
            raise
        except Fatal as error:
            self._tally.problems.append(str(error))
        return None

    def _record(self) -> dict[str, CuratedPoll]:
        found = read_versioned(self._files.objects, RECORD, _DECODER, known=RECORD_VERSION, what="The record")
        return found.polls if found else {}

    def _store(self, record: Mapping[str, CuratedPoll]) -> None:
        data = gzipped(msgspec.json.encode(_Record(polls=dict(record))))
        self._files.objects.put_bytes(RECORD, data, content_type=GZIP)


def as_written(stored: StoredObject) -> str:
    """What tells an object from one that is written later: S3 lists times by the second, so the size helps."""
    return f"{iso(stored.last_modified)} {stored.size}"


def _digest_of(poll: Poll) -> str:
    rows = sorted((each.rows_key, each.retrieved_at or "", each.rows) for each in poll.lists if each.rows_key)
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()[:20]
