"""An S3 client over a dictionary, with what the collector uses of it."""

import threading
from io import BytesIO
from itertools import count
from typing import Any, NoReturn

from botocore.exceptions import ClientError


class FakeS3:
    """The client; parameters and answers as boto3 documents them, errors with S3's codes. One bucket will do."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self._parts: dict[str, dict[int, bytes]] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def put_object(self, *, Key: str, Body: bytes, IfNoneMatch: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        with self._lock:
            if IfNoneMatch and Key in self.objects:
                _refuse("PreconditionFailed", 412, "PutObject")
            self.objects[Key] = Body
        return {}

    def get_object(self, *, Key: str, Range: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        body = self.objects.get(Key)
        if body is None:
            _refuse("NoSuchKey", 404, "GetObject")
        return {"Body": BytesIO(body[: int(Range.rpartition("-")[2]) + 1] if Range else body)}

    def head_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            _refuse("404", 404, "HeadObject")
        return {}

    def create_multipart_upload(self, **_: Any) -> dict[str, Any]:
        upload_id = f"upload-{next(self._numbers)}"
        self._parts[upload_id] = {}
        return {"UploadId": upload_id}

    def upload_part(self, *, UploadId: str, PartNumber: int, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._parts[UploadId][PartNumber] = Body
        return {"ETag": f'"{PartNumber}"'}

    def complete_multipart_upload(self, *, Key: str, UploadId: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        parts = self._parts.pop(UploadId)
        self.objects[Key] = b"".join(parts[number] for number in sorted(parts))
        return {}


def _refuse(code: str, status: int, operation: str) -> NoReturn:
    raise ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # only what the collector reads
        operation,
    )
