"""Puts a converted dataset into the row store, whole: its files replace those of what the dataset was before."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from tiktok_collector.clock import Clock, iso
from tiktok_collector.errors import CollectorError
from tiktok_lake.deletions_begun import deletion_under_way
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.conversion import Converted, Dataset
from tiktok_lake.imports.names import file_name, report_key
from tiktok_lake.imports.records import ImportRecord, ImportRecords
from tiktok_lake.imports.report import ImportReport
from tiktok_lake.keys import file_key, table_of
from tiktok_lake.lease import LONGEST, LakeBusy, lake_lease
from tiktok_lake.tables import QUARANTINE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


_MARGIN: Final = timedelta(minutes=4)
"""For the file that is being stored, and what follows the last."""


class AlreadyImported(CollectorError):
    """The row store has this very file, mapped in this very way."""


class DatasetGone(CollectorError):
    """The file was removed or replaced while it was read, perhaps since it names whom somebody has deleted."""


def holds_rows(keys: Iterable[str]) -> bool:
    """Whether any of these files of the row store holds rows that were taken: quarantined ones are none."""
    return any(table_of(each) != QUARANTINE.name for each in keys)


class ImportStore:
    """The row store of one bucket, as imports change it."""

    def __init__(self, files: LakeFiles, dynamodb: "DynamoDBClient", tasks_table: str, clock: Clock) -> None:
        self._files = files
        self._dynamodb = dynamodb
        self._tasks_table = tasks_table
        self._clock = clock
        self.records = ImportRecords(files)

    def imported_at(self, key: str, import_id: str) -> str:
        """When the rows of an import count as imported: now, or when it was begun for the first time."""
        for record in (self.records.begun(key), self.records.done(key)):
            if record is not None and record.import_id == import_id:
                return record.imported_at
        return iso(self._clock.now())

    def files_of(self, key: str) -> frozenset[str]:
        """The files of the row store that the dataset of this key has, or is about to have."""
        records = (self.records.begun(key), self.records.done(key))
        return frozenset(each for record in records if record is not None for each in record.files)

    def has(self, key: str, import_id: str) -> bool:
        """Whether the row store has what this import would write, and nothing is under way with its dataset."""
        done = self.records.done(key)
        return done is not None and done.import_id == import_id and self.records.begun(key) is None

    def store(
        self,
        dataset: Dataset,
        converted: Converted,
        *,
        again: bool = False,
        is_there: Callable[[], bool] = lambda: True,
        stored: Callable[[str], None] = lambda _: None,
    ) -> ImportReport:
        """Writes the files and the report; returns the report.

        Where no row was taken, what an earlier version of the file brought stays, and only the report is written; what
        one had begun to bring goes, since nothing would finish it. Quarantined rows alone are stored where no earlier
        version has brought others.

        Args:
            dataset: What was converted.
            converted: What came of it.
            again: Whether rows are written that the row store has already.
            is_there: Whether the file that was read is still there.
            stored: Told the key of each file that has been stored.

        Raises:
            AlreadyImported: it is done, by another invocation perhaps.
            DatasetGone: it is not there any more.
            LakeBusy: another function is changing the row store, or rows are being deleted.
            CollectorError: as `lake_lease` and `LakeFiles` say; what was begun is finished by the same call.
        """
        done = self.records.done(dataset.key)
        if converted.files and (converted.has_rows or done is None or not holds_rows(done.files)):
            with lake_lease(self._dynamodb, self._tasks_table, self._clock):
                if not is_there():
                    raise DatasetGone(f"{dataset.key} was removed or replaced while it was read.")
                return self._put(dataset, converted, again=again, stored=stored)
        if self.records.begun(dataset.key) is not None:
            with lake_lease(self._dynamodb, self._tasks_table, self._clock):
                if (begun := self.records.begun(dataset.key)) is not None:
                    self.records.abandon(begun)
        self._files.objects.put_json(report_key(dataset.key), converted.report)
        return converted.report

    def _put(
        self, dataset: Dataset, converted: Converted, *, again: bool, stored: Callable[[str], None]
    ) -> ImportReport:
        until = self._clock.now() + LONGEST - _MARGIN
        record = self._record(dataset, converted, again=again)
        self.records.begin(record)
        for key, file in zip(record.files, converted.files, strict=True):
            if self._clock.now() > until:
                raise LakeBusy("Storing takes longer than the row store may be held: try a faster connection.")
            self._files.put(key, file.path)
            self._files.forget_old_versions(key)
            stored(key)
        self._files.remove(record.replaces)
        report = msgspec.structs.replace(converted.report, files=list(record.files), replaced=list(record.replaces))
        self._files.objects.put_json(report_key(dataset.key), report)
        self.records.end(record)
        return report

    def _record(self, dataset: Dataset, converted: Converted, *, again: bool) -> ImportRecord:
        begun, done = self.records.begun(dataset.key), self.records.done(dataset.key)
        if done is not None and done.import_id == dataset.import_id and begun is None:
            if not again:
                raise AlreadyImported(f"{dataset.key} is in the row store already.")
            # A deletion remembers the files that it has been through.
            if deletion_under_way(self._files):
                raise LakeBusy("Rows are being deleted; import the file again when that has ended.")
        files = [file_key(each.table, each.day, file_name(dataset.import_id)) for each in converted.files]
        earlier = [key for record in (begun, done) if record is not None for key in (*record.files, *record.replaces)]
        return ImportRecord(
            key=dataset.key,
            import_id=dataset.import_id,
            imported_at=iso(dataset.imported_at),
            files=tuple(files),
            replaces=tuple(sorted({*earlier} - {*files})),
        )
