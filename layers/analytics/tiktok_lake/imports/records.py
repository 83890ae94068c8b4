"""What the row store has of each dataset, below `lake/imports/`: begun before its rows are written, done after.

A dataset that is begun and not done is finished by the next invocation. Where rows are to be deleted before that, it is
withdrawn: none of its rows is left until it is finished.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from tiktok_lake.bookkeeping import read_versioned
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.names import record_name
from tiktok_lake.keys import IMPORT_RECORDS

_BEGUN: Final = f"{IMPORT_RECORDS}begun/"
_DONE: Final = f"{IMPORT_RECORDS}done/"
_VERSION: Final = 1


class ImportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a dataset has become, or is about to become.

    Attributes:
        version: Of this form.
        key: The dataset's.
        import_id: Of this content and mapping.
        imported_at: UTC; the same however often the import is begun, so that its rows keep their days.
        files: Keys of its files in the row store.
        replaces: Keys of files of an earlier content that go.
    """

    version: int = _VERSION
    key: str
    import_id: str
    imported_at: str
    files: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


_RECORD: Final = msgspec.json.Decoder(ImportRecord)


class ImportRecords:
    """The records of one bucket. Whoever changes them holds `lake_lease`.

    Every method raises `MissingResource` for an absent or forbidden bucket, `AwsBusy` for weather, `Fatal` for a record
    that cannot be read.
    """

    def __init__(self, files: LakeFiles) -> None:
        self._files = files

    def begun(self, key: str) -> ImportRecord | None:
        """What was begun with the dataset of this key and has not ended."""
        return self._read(_BEGUN + record_name(key))

    def done(self, key: str) -> ImportRecord | None:
        """What the row store has of the dataset of this key."""
        return self._read(_DONE + record_name(key))

    def begin(self, record: ImportRecord) -> None:
        """Writes down what is about to be stored."""
        self._files.objects.put_json(_BEGUN + record_name(record.key), record)

    def end(self, record: ImportRecord) -> None:
        """Writes down that it is stored, and what it replaces is gone."""
        self._files.objects.put_json(_DONE + record_name(record.key), msgspec.structs.replace(record, replaces=()))
        self._files.remove([_BEGUN + record_name(record.key)])

    def unfinished(self) -> Iterator[ImportRecord]:
        """All that were begun and have not ended."""
        for each in list(self._files.objects.keys(_BEGUN)):
            if record := self._read(each.key):
                yield record

    def withdraw(self, record: ImportRecord) -> None:
        """Removes every row that an unfinished import has written; it stays begun, to start anew."""
        done = self.done(record.key)
        kept = frozenset(done.files if done is not None and done.import_id == record.import_id else ())
        self._files.remove(each for each in record.files if each not in kept)
        self.begin(msgspec.structs.replace(record, files=()))

    def abandon(self, record: ImportRecord) -> None:
        """Forgets an unfinished import whose dataset is gone, with every row that it has written."""
        self.withdraw(record)
        self._files.remove([_BEGUN + record_name(record.key)])

    def _read(self, key: str) -> ImportRecord | None:
        return read_versioned(self._files.objects, key, _RECORD, known=_VERSION, what="The import")


def withdraw_unfinished(files: LakeFiles) -> None:
    """Removes the rows of imports that have not ended.

    Whoever deletes rows calls it first, in the same lease: files that are written again would bring the rows back.

    Raises:
        CollectorError: as the methods of `ImportRecords`.
    """
    records = ImportRecords(files)
    for record in records.unfinished():
        if record.files:
            records.withdraw(record)
