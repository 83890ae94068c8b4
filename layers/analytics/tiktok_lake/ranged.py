"""Objects of a bucket as files that DuckDB reads range by range; each as it was when it was listed, or not at all."""

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from fsspec.spec import AbstractFileSystem

from tiktok_collector.aws_errors import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PROTOCOL: Final = "lake"
_KEPT: Final = 64 * 1024
"""Bytes at the end of a file: more than its footer."""
_CHANGED: Final = frozenset({"PreconditionFailed", "412", "NoSuchKey", "404"})


class RemoteFile(NamedTuple):
    """An object of a listing; `etag` changes with its bytes."""

    key: str
    size: int
    etag: str
    written: datetime


def has_changed(problem: Exception) -> bool:
    """Whether what went wrong is that a file was replaced or removed after it was listed."""
    return isinstance(problem, ClientError) and error_code(problem) in _CHANGED


class RangedFiles(AbstractFileSystem):  # type: ignore[misc] # fsspec has no types
    """Those objects of a bucket that were made known, to read only.

    DuckDB turns whatever is raised while it reads into an error of its own; `problem` keeps what it was.
    """

    protocol = PROTOCOL
    cachable = False

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        super().__init__()
        self._s3 = s3
        self._bucket = bucket
        self._known: dict[str, RemoteFile] = {}
        self._ends: dict[tuple[str, str], bytes] = {}
        self.problem: Exception | None = None

    def address(self, key: str) -> str:
        """What DuckDB calls the object."""
        return f"{PROTOCOL}://{self._bucket}/{key}"

    def known(self, file: RemoteFile) -> str:
        """Makes an object readable; returns its address."""
        address = self.address(file.key)
        self._known[self._strip_protocol(address)] = file
        return address

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Name and size, from the listing."""
        return {"name": path, "size": self._file(path).size, "type": "file"}

    def modified(self, path: str) -> datetime:
        """From the listing."""
        return self._file(path).written

    def glob(self, path: str, **_: Any) -> list[str]:
        """The object itself, if it is known: patterns find nothing."""
        return [path] if self._strip_protocol(path) in self._known else []

    def _file(self, path: str) -> RemoteFile:
        try:
            return self._known[self._strip_protocol(path)]
        except KeyError as error:
            raise FileNotFoundError(path) from error

    def _open(self, path: str, mode: str = "rb", **_: Any) -> "_Ranges":
        if mode != "rb":
            raise PermissionError(f"{path} is read only")
        return _Ranges(self, self._file(path))

    def read(self, file: RemoteFile, first: int, length: int) -> bytes:
        """Bytes of an object; its end is kept, since DuckDB reads the footer wherever a query names the table again.

        Raises:
            ClientError: it has changed since it was listed, or S3 refuses; kept in `problem`, too.
            BotoCoreError: S3 did not answer; likewise.
        """
        begins = max(0, file.size - _KEPT)
        if first < begins:
            return self._fetched(file, first, length)
        version = (file.key, file.etag)
        if (end := self._ends.get(version)) is None:
            end = self._ends[version] = self._fetched(file, begins, file.size - begins)
        return end[first - begins : first - begins + length]

    def _fetched(self, file: RemoteFile, first: int, length: int) -> bytes:
        try:
            answer = self._s3.get_object(
                Bucket=self._bucket, Key=file.key, Range=f"bytes={first}-{first + length - 1}", IfMatch=file.etag
            )
            return answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            self.problem = error
            raise


class _Ranges(io.RawIOBase):
    """One object, read wherever DuckDB says; it asks for whole column chunks, so nothing is read ahead."""

    def __init__(self, files: RangedFiles, file: RemoteFile) -> None:
        super().__init__()
        self._files = files
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._file.size - self._at)
        length = left if size < 0 else min(size, left)
        if not length:
            return b""
        found = self._files.read(self._file, self._at, length)
        self._at += len(found)
        return found
