"""Objects of the bucket other than raw pages: whole reads and writes, listings, and a resumable multipart upload."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import error_code
from tiktok_collector.errors import AlreadyCommitted
from tiktok_collector.lake.s3_errors import UploadLost, WriteConflict, is_absent, s3_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

JSON: Final = "application/json"
GZIP: Final = "application/gzip"
MIN_PART_BYTES: Final = 5 * 1024 * 1024
"""S3's least size of every part of a multipart upload but the last."""
MAX_PARTS: Final = 10_000
_NOTHING_THERE: Final = "InvalidRange"
"""What S3 says where the first bytes of an empty object are asked for."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a listing."""

    key: str
    size: int
    """Bytes as stored."""
    last_modified: datetime


class ObjectStore:
    """Reads and writes whole objects of one bucket.

    Every method raises `MissingResource` for an absent or forbidden bucket, `AwsBusy` for weather.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put_json(self, key: str, value: Any) -> None:
        """Store `value` as JSON, replacing what was there; text ends with a newline."""
        self.put_bytes(key, msgspec.json.encode(value) + b"\n")

    def put_bytes(self, key: str, data: bytes, *, content_type: str = JSON) -> None:
        """Store `data`, replacing what was there."""
        with s3_errors(self._bucket, key):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

    def put_once(self, key: str, data: bytes, *, content_type: str = GZIP) -> bool:
        """Store `data` unless the key exists; whether it was stored."""
        try:
            with s3_errors(self._bucket, key):
                self._s3.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type, IfNoneMatch="*")
        except (AlreadyCommitted, WriteConflict):
            if self.exists(key):
                return False
            raise
        return True

    def get_bytes(self, key: str, *, first: int | None = None) -> bytes | None:
        """The object's bytes, or only the `first` so many; None if there is none."""
        part: Any = {"Range": f"bytes=0-{first - 1}"} if first else {}
        with s3_errors(self._bucket, key):
            try:
                return self._s3.get_object(Bucket=self._bucket, Key=key, **part)["Body"].read()
            except ClientError as error:
                if is_absent(error):
                    return None
                if error_code(error) == _NOTHING_THERE:
                    return b""
                raise

    def exists(self, key: str) -> bool:
        """Whether the object is there."""
        with s3_errors(self._bucket, key):
            try:
                self._s3.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if is_absent(error):
                    return False
                raise
            return True

    def keys(self, prefix: str) -> Iterator[StoredObject]:
        """The objects below `prefix` in key order, fetched 1,000 at a time."""
        with s3_errors(self._bucket, f"{prefix}*"):
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for entry in page.get("Contents", ()):
                    yield StoredObject(entry["Key"], entry["Size"], entry["LastModified"])


class MultipartUpload:
    """An upload in parts whose state is the caller's to store: upload id and ETags survive the process.

    Every method raises `MissingResource` and `AwsBusy` as `ObjectStore` does, and `UploadLost` where the upload is
    gone.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def start(self, key: str, content_type: str = JSON) -> str:
        """Begin an upload; returns its id."""
        with s3_errors(self._bucket, key):
            return self._s3.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=content_type)["UploadId"]

    def upload_part(self, key: str, upload_id: str, number: int, data: bytes, *, last: bool = False) -> str:
        """Store part `number` (from 1), replacing one of that number; returns its ETag.

        Raises:
            ValueError: the part is smaller than 5 MiB and not the last, or `number` is not in 1..10,000; S3 would
                refuse the whole upload only at its end.
        """
        if not 1 <= number <= MAX_PARTS:
            raise ValueError(f"Part {number} of {key} is not in 1..{MAX_PARTS}; use larger parts.")
        if len(data) < MIN_PART_BYTES and not last:
            raise ValueError(f"Part {number} of {key} has {len(data)} bytes; all but the last need {MIN_PART_BYTES}.")
        with s3_errors(self._bucket, key):
            return self._s3.upload_part(Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=data)[
                "ETag"
            ]

    def complete(self, key: str, upload_id: str, etags: Sequence[str]) -> None:
        """Make the object of the parts 1..n with these ETags; nothing happens if that was done before.

        Raises:
            UploadLost: neither the upload nor the object is there.
        """
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, start=1)]
        try:
            with s3_errors(self._bucket, key):
                self._s3.complete_multipart_upload(
                    Bucket=self._bucket,
                    Key=key,
                    UploadId=upload_id,
                    MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
                )
        except UploadLost:
            # A completed upload is forgotten too: the answer to an earlier call may have been lost.
            if not ObjectStore(self._s3, self._bucket).exists(key):
                raise
