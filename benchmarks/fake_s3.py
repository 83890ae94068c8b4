"""An S3 client over a dictionary, with what the collector uses of it."""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from typing import Any, Final, NoReturn

from botocore.exceptions import ClientError

_LISTED_AT_ONCE: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class FakeS3:
    """The client; parameters and answers as boto3 documents them, errors with S3's codes. One bucket will do.

    Args:
        now: The time, for when objects were stored.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: _EPOCH) -> None:
        self.objects: dict[str, bytes] = {}
        self._now = now
        self._stored_at: dict[str, datetime] = {}
        self._order: list[str] = []
        self._parts: dict[str, dict[int, bytes]] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def put_object(self, *, Key: str, Body: bytes, IfNoneMatch: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        with self._lock:
            if IfNoneMatch and Key in self.objects:
                _refuse("PreconditionFailed", 412, "PutObject")
            self._store(Key, Body)
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

    def delete_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        with self._lock:
            if self.objects.pop(Key, None) is not None:
                self._order.remove(Key)
        return {}

    def create_multipart_upload(self, **_: Any) -> dict[str, Any]:
        upload_id = f"upload-{next(self._numbers)}"
        self._parts[upload_id] = {}
        return {"UploadId": upload_id}

    def upload_part(self, *, UploadId: str, PartNumber: int, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        if UploadId not in self._parts:
            _refuse("NoSuchUpload", 404, "UploadPart")
        self._parts[UploadId][PartNumber] = Body
        return {"ETag": f'"{PartNumber}"'}

    def complete_multipart_upload(self, *, Key: str, UploadId: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if UploadId not in self._parts:
            _refuse("NoSuchUpload", 404, "CompleteMultipartUpload")
        parts = self._parts.pop(UploadId)
        with self._lock:
            self._store(Key, b"".join(parts[number] for number in sorted(parts)))
        return {}

    def list_objects_v2(self, *, Prefix: str = "", ContinuationToken: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        """A page of a listing; the token is the last key of the page before."""
        with self._lock:
            if ContinuationToken:
                start = bisect_right(self._order, ContinuationToken)
            else:
                start = bisect_left(self._order, Prefix)
            keys = self._order[start : start + _LISTED_AT_ONCE + 1]
        keys = [key for key in keys if key.startswith(Prefix)]
        found = [
            {"Key": key, "Size": len(self.objects[key]), "LastModified": self._stored_at[key]}
            for key in keys[:_LISTED_AT_ONCE]
        ]
        more = len(keys) > _LISTED_AT_ONCE
        return {
            "Contents": found,
            "IsTruncated": more,
            **({"NextContinuationToken": keys[_LISTED_AT_ONCE - 1]} if more else {}),
        }

    def get_paginator(self, _operation: str) -> "_Listing":
        """Of `list_objects_v2`, the only one."""
        return _Listing(self)

    def _store(self, key: str, body: bytes) -> None:
        if key not in self.objects:
            insort(self._order, key)
        self.objects[key] = body
        self._stored_at[key] = self._now()


class _Listing:
    """The paginator of listings."""

    def __init__(self, s3: FakeS3) -> None:
        self._s3 = s3

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        """All pages."""
        token = ""
        while True:
            page = self._s3.list_objects_v2(**parameters, ContinuationToken=token)
            yield page
            if not page["IsTruncated"]:
                return
            token = page["NextContinuationToken"]


def _refuse(code: str, status: int, operation: str) -> NoReturn:
    raise ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # only what the collector reads
        operation,
    )
