"""Writes a large JSON file in parts of flat memory; what has been uploaded survives the process."""

from typing import Final

from tiktok_collector.lake.objects import JSON, MultipartUpload, ObjectStore
from tiktok_collector.tasks.task import UploadState

PART_BYTES: Final = 8 * 1024 * 1024


class FileUpload:
    """One file in the making. The caller stores `state` after each `flush`; a small file is put at once at the end."""

    def __init__(self, objects: ObjectStore, parts: MultipartUpload, key: str, state: UploadState) -> None:
        self._objects = objects
        self._parts = parts
        self._key = key
        self.state = state
        self._buffer = bytearray()

    def write(self, data: bytes) -> None:
        """Adds bytes to the part in the making."""
        self._buffer += data

    @property
    def part_is_full(self) -> bool:
        """Whether it is time to `flush`."""
        return len(self._buffer) >= PART_BYTES

    def flush(self) -> None:
        """Uploads the part in the making.

        Raises:
            UploadLost: the upload was swept; begin the file again with a new state.
        """
        self._upload_part(last=False)

    def close(self) -> None:
        """Uploads the rest and makes the file appear under its key, whole.

        Raises:
            UploadLost: the upload was swept; begin the file again with a new state.
        """
        if not self.state.upload_id:
            self._objects.put_bytes(self._key, bytes(self._buffer))
            return
        if self._buffer:
            self._upload_part(last=True)
        self._parts.complete(self._key, self.state.upload_id, self.state.etags)

    def _upload_part(self, *, last: bool) -> None:
        if not self.state.upload_id:
            self.state.upload_id = self._parts.start(self._key, JSON)
        number = len(self.state.etags) + 1
        etag = self._parts.upload_part(self._key, self.state.upload_id, number, bytes(self._buffer), last=last)
        self.state.etags = [*self.state.etags, etag]
        self._buffer.clear()
