"""Curates the manifests of runs that have ended: what each task counted, for views that hold the rows against it.

A manifest that is written again is curated again, beside its former rows. The record of what was curated is one object.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from tiktok_collector.clock import from_iso
from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import NewerVersion
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.keys import RUN_MANIFESTS, SOURCE
from tiktok_collector.lake.objects import GZIP, StoredObject
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.versions import MANIFEST_VERSION, decoded
from tiktok_lake.bookkeeping import read_versioned
from tiktok_lake.curation.forms import MANIFEST_ROWS
from tiktok_lake.curation.page_rows import Line, PageFacts, line_of, microseconds
from tiktok_lake.curation.parquet import write_tables
from tiktok_lake.curation.report import Tally
from tiktok_lake.curation.spool import Spool
from tiktok_lake.curation.trend_polls import as_written
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import BATCHES, file_key

RECORD: Final = f"{BATCHES}manifests.json.gz"
RECORD_VERSION: Final = 1
MOST_BYTES: Final = 128 * 1024 * 1024
"""Of one manifest; those of ten thousand accounts have some thirty million."""


class _Record(msgspec.Struct, frozen=True):
    version: int = RECORD_VERSION
    curated: dict[str, str] = {}
    """What tells each manifest from one that is written later, by its key."""


class _Stream(msgspec.Struct, frozen=True):
    task: str
    endpoint: str
    stream: str | None = None
    state: str | None = None
    complete: bool | None = None
    pages: int | None = None
    rows: int | None = None
    requests: int | None = None
    dropped: int = 0
    quarantined: int = 0
    gaps: tuple[Any, ...] = ()


class _Subject(msgspec.Struct, frozen=True):
    streams: tuple[_Stream, ...] = ()


class _Manifest(msgspec.Struct, frozen=True):
    run_id: str
    status: str
    version: int = 1
    function: str | None = None
    finished_at: str | None = None
    accounts: tuple[_Subject, ...] = ()
    searches: tuple[_Subject, ...] = ()
    works: tuple[_Subject, ...] = ()
    checks: tuple[_Subject, ...] = ()


_DECODER: Final = msgspec.json.Decoder(_Manifest)
_RECORD: Final = msgspec.json.Decoder(_Record)


class RunManifests:
    """Curates the manifests of a bucket. Methods raise `MissingResource` and `AwsBusy` as `LakeFiles` does."""

    def __init__(self, files: LakeFiles, limits: EngineLimits, tally: Tally) -> None:
        self._files = files
        self._limits = limits
        self._tally = tally

    def curate(self, deadline: Deadline) -> None:
        """Curates manifests of runs that have ended, until the deadline."""
        known = self._record()
        curated: dict[str, str] = {}
        for stored in self._files.objects.keys(RUN_MANIFESTS):
            modified = as_written(stored)
            if known.get(stored.key) == modified or deadline.passed:
                continue
            if self._is_done(stored, modified):
                curated[stored.key] = modified
        if curated:
            data = gzipped(msgspec.json.encode(_Record(curated={**known, **curated})))
            self._files.objects.put_bytes(RECORD, data, content_type=GZIP)

    def _is_done(self, stored: StoredObject, modified: str) -> bool:
        """Curates a manifest; whether it need not be looked at again as it is."""
        if stored.size > MOST_BYTES:
            self._tally.problems.append(f"The manifest {stored.key} is too large to be held against the rows.")
            return True
        data = self._files.objects.get_bytes(stored.key)
        if data is None:
            return False
        try:
            found = decoded(_DECODER.decode, data, known=MANIFEST_VERSION, what=f"The manifest {stored.key}")
            if found.status == RUNNING or found.finished_at is None:
                return False
            self._write(found, hashlib.sha256(f"{stored.key} {modified}".encode()).hexdigest()[:20])
        except (msgspec.DecodeError, ValueError) as error:
            self._tally.problems.append(f"The manifest {stored.key} cannot be read ({error}).")
        except NewerVersion as error:
            self._tally.problems.append(str(error))
            return False
        return True

    def _write(self, manifest: _Manifest, digest: str) -> None:
        with TemporaryDirectory(dir=self._limits.scratch) as scratch:
            with Spool(Path(scratch)) as spool:
                spool.write(_lines(manifest))
            if not spool.parts():
                return
            with engine(self._limits) as connection:
                for written in write_tables(connection, spool):
                    self._files.put(file_key(written.table, written.day, f"r-{digest}"), written.path)
                    self._tally.wrote(written)

    def _record(self) -> Mapping[str, str]:
        found = read_versioned(self._files.objects, RECORD, _RECORD, known=RECORD_VERSION, what="The record")
        return found.curated if found else {}


def _lines(manifest: _Manifest) -> Iterator[Line]:
    moment = from_iso(manifest.finished_at or "")
    day = moment.date().isoformat()
    subjects = (*manifest.accounts, *manifest.searches, *manifest.works, *manifest.checks)
    streams = [each for subject in subjects for each in subject.streams if each.endpoint in ENDPOINTS]
    for number, stream in enumerate(streams):
        facts = PageFacts(
            fetched=microseconds(moment),
            source=SOURCE,
            entity=ENDPOINTS[stream.endpoint].entity,
            run_id=manifest.run_id,
            task_id=stream.task,
            generation=None,
            page=None,
        )
        row = {
            "function": manifest.function,
            "stream": stream.stream,
            "state": stream.state,
            "complete": stream.complete,
            "task_pages": stream.pages,
            "task_rows": stream.rows,
            "task_requests": stream.requests,
            "dropped": stream.dropped,
            "quarantined": stream.quarantined,
            "gaps": len(stream.gaps),
        }
        yield line_of(MANIFEST_ROWS, facts, day, [(number, row, None)])
