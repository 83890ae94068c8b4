"""S3 busy, failing, in conflict; exports whose upload in parts breaks off."""

from typing import Final
from unittest.mock import patch

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.storm import Fault, When
from benchmarks.chaos.stormy_run import Trouble, not_stored, storms
from tiktok_collector.collection import file_upload
from tiktok_collector.lake import objects

_READS: Final = ("get_object", "head_object", "list_objects_v2")
_PARTS: Final = ("create_multipart_upload", "upload_part", "complete_multipart_upload")
_BUSY: Final = [Fault("SlowDown", 503), Fault("ServiceUnavailable", 503), Fault("RequestTimeout")]
_LOST: Final = [Fault(code, 500, when) for code in ("InternalError", "reset", "silence") for when in When]
_CONFLICTS: Final = [Fault("ConditionalRequestConflict", 409), Fault("OperationAborted", 409)]
_PART_BYTES: Final = 4_000


def _busy(size: Size, seed: int) -> Figures:
    faults = {**dict.fromkeys(_READS, _BUSY), "put_object": _BUSY}
    return storms(Trouble(faults=faults, explained=not_stored), size, seed)


def _writes(size: Size, seed: int) -> Figures:
    faults = {"put_object": [*_LOST, *_CONFLICTS]}
    return storms(Trouble(faults=faults, explained=not_stored), size, seed)


def _parts(size: Size, seed: int) -> Figures:
    faults = {name: [*_BUSY, *_LOST] for name in _PARTS}
    with (
        patch.object(file_upload, "PART_BYTES", _PART_BYTES),
        patch.object(objects, "MIN_PART_BYTES", 1),
    ):
        return storms(Trouble(faults=faults, explained=not_stored), size, seed)


CASES: Final = (
    Case("s3-busy", "S3 answers 503 SlowDown to every kind of call, for seconds, minutes, hours", _busy),
    Case("s3-writes", "PUTs meet 409, 500 and resets, also after the object was written (412 on the retry)", _writes),
    Case("s3-parts", "uploads of exports in parts fail halfway, at their start and at their end", _parts),
)
