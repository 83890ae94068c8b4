"""Whether a run's manifest says that it has ended."""

from typing import Final

from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.lake.objects import ObjectStore

_HEAD_BYTES: Final = 300
"""The status is among the first fields of a manifest."""
_RUNNING: Final = f'"status":"{RUNNING}"'.encode()


def manifest_has_ended(objects: ObjectStore, run_id: str) -> bool:
    """Whether the last form of the run's manifest is stored.

    Raises:
        InvalidRequest: the run id is not safe in a key.
        MissingResource: the bucket is absent or may not be read.
        AwsBusy: S3 failed.
    """
    head = objects.get_bytes(manifest_key(run_id), first=_HEAD_BYTES) or b""
    return b'"status":"' in head and _RUNNING not in head
