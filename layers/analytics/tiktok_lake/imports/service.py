"""The use case of `dataset_import`: a file below `imports/` becomes rows, and a report beside it."""

from datetime import timedelta
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

import msgspec
from botocore.exceptions import ClientError

from tiktok_collector.clock import Clock, from_iso, iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.lake.s3_errors import is_absent, s3_errors
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.conversion import Converted, Dataset, convert
from tiktok_lake.imports.earlier import EarlierImports
from tiktok_lake.imports.mapping_file import InvalidMapping, read_mapping
from tiktok_lake.imports.names import dataset_key, digest, import_id, mapping_key, report_key
from tiktok_lake.imports.reading.content import too_large
from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.report import ImportReport, outcome_of
from tiktok_lake.imports.storing import AlreadyImported, DatasetGone, ImportStore
from tiktok_lake.keys import IMPORTS
from tiktok_lake.lease import LONGEST, LakeBusy, lake_lease

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LIMITS: Final = ReadingLimits()
_PATIENCE: Final = timedelta(seconds=15)
"""Between two looks at a row store that another function is changing."""


class ImportSummary(msgspec.Struct, kw_only=True):
    """What the function answers and logs: keys and numbers of datasets.

    Attributes:
        key: Of the dataset; null where none was asked for.
        state: `imported`, `nothing_taken`, `known` (imported before), `ignored` (no dataset), `absent`.
        report: The key of its report.
        import_id: The `run_id` of its rows.
        taken: Rows by table.
        quarantined: Rows that are in `quarantine` instead.
        finished: Datasets that earlier invocations had begun and this one has finished.
        abandoned: Those whose file is gone; their rows are gone, too.
    """

    key: str | None = None
    state: str = "ignored"
    report: str | None = None
    import_id: str | None = None
    taken: dict[str, int] = {}
    quarantined: int = 0
    finished: int = 0
    abandoned: int = 0


class DatasetImport:
    """Imports the files below `imports/` of one bucket."""

    def __init__(
        self,
        files: LakeFiles,
        dynamodb: "DynamoDBClient",
        tasks_table: str,
        clock: Clock,
        *,
        engine_limits: EngineLimits,
        limits: ReadingLimits = _LIMITS,
    ) -> None:
        self._files = files
        self._dynamodb = dynamodb
        self._tasks_table = tasks_table
        self._clock = clock
        self._engine_limits = engine_limits
        self._limits = limits
        self._store = ImportStore(files, dynamodb, tasks_table, clock)

    def run(self, key: str | None, deadline: Deadline, *, again: bool = False) -> ImportSummary:
        """Imports a file, unless the row store has it; then finishes what earlier invocations had begun.

        Args:
            key: Of the file or of its mapping file; None for what was begun alone.
            deadline: When the invocation ends.
            again: Whether a file that the row store has is imported all the same.

        Raises:
            LakeBusy: the row store was being changed until the deadline.
            MissingResource: the bucket or the table is absent or may not be used.
            AwsBusy: AWS failed.
        """
        summary = ImportSummary() if key is None else self._one(key, deadline, again=again)
        for record in list(self._store.records.unfinished()):
            if deadline.passed:
                break
            if from_iso(record.imported_at) > self._clock.now() - LONGEST:
                continue  # its invocation may be alive
            if self._head(record.key) is None:
                with lake_lease(self._dynamodb, self._tasks_table, self._clock):
                    self._store.records.abandon(record)
                summary.abandoned += 1
            else:
                self._one(record.key, deadline)
                summary.finished += 1
        return summary

    def key_of(self, bucket: str, key: str) -> str:
        """The key that an event means. EventBridge has it as it is; other messengers of S3 write it as in a URL.

        Raises:
            InvalidRequest: the event is about another bucket.
        """
        if bucket != self._files.bucket:
            raise InvalidRequest(f"The event is about the bucket {bucket}, and this stack's is {self._files.bucket}.")
        plain = unquote_plus(key)
        return plain if plain != key and not self._files.objects.exists(key) else key

    def _one(self, asked: str, deadline: Deadline, *, again: bool = False) -> ImportSummary:
        key = dataset_key(asked)
        if key is None or not key.startswith(IMPORTS):
            return ImportSummary(key=asked)
        head = self._head(key)
        if head is None:
            return ImportSummary(key=key, state="absent")
        mapping = self._files.objects.get_bytes(mapping_key(key))
        identity = import_id(key, head.etag, digest(mapping) if mapping else "")
        summary = ImportSummary(key=key, report=report_key(key), import_id=identity)
        if self._store.has(key, identity) and not again:
            summary.state = "known"
            return summary
        try:
            report = self._imported(key, head, identity, mapping, deadline, again=again)
        except AlreadyImported:
            summary.state = "known"
            return summary
        except DatasetGone:
            summary.state = "absent"
            return summary
        summary.state = "imported" if report.files else "nothing_taken"
        summary.taken, summary.quarantined = report.taken, report.quarantined
        return summary

    def _imported(
        self, key: str, head: "_Head", identity: str, mapping: bytes | None, deadline: Deadline, *, again: bool
    ) -> ImportReport:
        imported_at = from_iso(self._store.imported_at(key, identity))
        report = ImportReport(file=key, import_id=identity, imported_at=iso(imported_at))
        if head.size > self._limits.file_bytes:
            return self._refused(report, too_large(head.size, self._limits))
        try:
            read = None if mapping is None else read_mapping(mapping, PurePosixPath(mapping_key(key)).name)
        except InvalidMapping as error:
            return self._refused(report, str(error))
        # Whoever looks before the end, or after the function has died, finds more than nothing.
        report.outcome = f"Being read since {iso(self._clock.now())}; if that stays, look into the function's log."
        self._files.objects.put_json(report_key(key), report)
        with TemporaryDirectory(dir=self._engine_limits.scratch) as scratch:
            folder = Path(scratch)
            path = folder / "dataset"
            self._files.fetch(key, path)
            dataset = Dataset(
                path=path,
                name=PurePosixPath(key).name,
                key=key,
                import_id=identity,
                imported_at=imported_at,
                mapping=read,
            )
            earlier = EarlierImports(self._files, self._store.files_of(key), folder)
            converted = convert(
                dataset, folder, engine_limits=self._engine_limits, limits=self._limits, look=earlier.look
            )
            converted.report.known_before = earlier.known
            return self._stored(dataset, converted, deadline, head, again=again)

    def _stored(
        self, dataset: Dataset, converted: Converted, deadline: Deadline, head: "_Head", *, again: bool
    ) -> ImportReport:
        while True:
            try:
                return self._store.store(
                    dataset, converted, again=again, is_there=lambda: self._head(dataset.key) == head
                )
            except LakeBusy:
                if not deadline.allows(_PATIENCE):
                    raise
                self._clock.sleep(_PATIENCE.total_seconds())

    def _refused(self, report: ImportReport, problem: str) -> ImportReport:
        report.problem = problem
        report.outcome = outcome_of(report)
        self._files.objects.put_json(report_key(report.file), report)
        return report

    def _head(self, key: str) -> "_Head | None":
        with s3_errors(self._files.bucket, key):
            try:
                head = self._files.s3.head_object(Bucket=self._files.bucket, Key=key)
            except ClientError as error:
                if is_absent(error):
                    return None
                raise
        return _Head(head["ETag"], head["ContentLength"])


class _Head(msgspec.Struct, frozen=True):
    etag: str
    size: int
