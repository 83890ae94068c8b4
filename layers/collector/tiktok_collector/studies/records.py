"""What became of a study's runs, in the bucket: one record a run, and a snapshot of what they come to together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import msgspec

from tiktok_collector.errors import CollectorError, Fatal, InvocationStopped
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.keys import STUDY_RECORDS, STUDY_STATE, run_record_key
from tiktok_collector.lake.objects import GZIP, ObjectStore
from tiktok_collector.planner.state import StudyState
from tiktok_collector.study.record import RECORD_VERSION, RunRecord
from tiktok_collector.versions import decoded

_AT_ONCE: Final = 64
_RECORD: Final = msgspec.json.Decoder(RunRecord)


class RecordStore:
    """Reads and writes the records of all runs of studies."""

    def __init__(self, objects: ObjectStore, *, threads: int) -> None:
        self._objects = objects
        self._threads = threads

    def put(self, record: RunRecord) -> None:
        """Stores what became of a run; the same run gives the same record, so it may be stored again."""
        key = run_record_key(record.day.isoformat(), record.run_id)
        self._objects.put_bytes(key, gzipped(msgspec.json.encode(record)), content_type=GZIP)

    def of_day(self, day: date) -> list[RunRecord]:
        """The records of the runs that were planned for `day`, in the order of their ids."""
        keys = [each.key for each in self._objects.keys(f"{STUDY_RECORDS}dt={day.isoformat()}/")]
        return list(self._read(keys))

    def state(self) -> StudyState:
        """What all records come to. The snapshot saves reading those that it has; without it nothing is lost.

        Raises:
            Fatal: a record cannot be read.
        """
        state = self._snapshot()
        new = [each.key for each in self._objects.keys(STUDY_RECORDS) if _run_of(each.key) not in state.runs]
        for record in self._read(new):
            state.absorb(record)
        if new:
            self._objects.put_bytes(STUDY_STATE, gzipped(state.encode()), content_type=GZIP)
        return state

    def _snapshot(self) -> StudyState:
        """The state as last stored; empty where it is of another version or damaged, since the records have it all."""
        data = self._objects.get_bytes(STUDY_STATE)
        try:
            return StudyState.empty() if data is None else StudyState.decode(gunzipped(data, key=STUDY_STATE))
        except InvocationStopped:
            raise
        except CollectorError:
            return StudyState.empty()

    def _read(self, keys: list[str]) -> Iterator[RunRecord]:
        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="record") as pool:
            for first in range(0, len(keys), _AT_ONCE):
                yield from pool.map(self._record, keys[first : first + _AT_ONCE])

    def _record(self, key: str) -> RunRecord:
        data = self._objects.get_bytes(key)
        if data is None:
            raise Fatal(f"The record {key} is missing; restore it from the bucket's versions.")
        try:
            return decoded(_RECORD.decode, gunzipped(data, key=key), known=RECORD_VERSION, what=f"The record {key}")
        except msgspec.DecodeError as error:
            raise Fatal(f"The record {key} cannot be read ({error}); restore an earlier version of it.") from error


def _run_of(key: str) -> str:
    return key.rpartition("run=")[2].removesuffix(".json.gz")
