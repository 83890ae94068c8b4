"""Whether a run has ended: until then its export, and a rebuild of lost tables, read its raw pages."""

from datetime import date, timedelta
from typing import Final

from tiktok_collector.accounting.stored_pages import RUN_AGE
from tiktok_collector.clock import Clock
from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.lake.objects import ObjectStore

_HEAD_BYTES: Final = 300
"""The status is among the first fields of a manifest."""
_RUNNING: Final = f'"status":"{RUNNING}"'.encode()


class RunEnds:
    """Knows of runs whether they have ended; each is looked up once."""

    def __init__(self, objects: ObjectStore, clock: Clock) -> None:
        self._objects = objects
        self._today = clock.now().date()
        self._ended: dict[str, bool] = {}

    def has_ended(self, run_id: str, dt: str) -> bool:
        """Whether the run of the UTC day `dt` reads its raw pages no more.

        A run that is never ended (its tables were lost, its manifest was removed) is resumed for some days only.

        Raises:
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 failed.
        """
        if self._today - date.fromisoformat(dt) > RUN_AGE + timedelta(days=1):
            return True
        if run_id not in self._ended:
            self._ended[run_id] = self._says_so(run_id)
        return self._ended[run_id]

    def _says_so(self, run_id: str) -> bool:
        try:
            head = self._objects.get_bytes(manifest_key(run_id), first=_HEAD_BYTES) or b""
        except InvalidRequest:
            return False
        return b'"status":"' in head and _RUNNING not in head
