"""An S3 client over a folder, so that processes share a bucket that is larger than their memory."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import batched
from pathlib import Path
from typing import Any, Final, NoReturn

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

_LISTED_AT_ONCE: Final = 1_000
_VERSION: Final = "null"


class FolderS3:
    """The client, with what the row store uses of it; parameters and answers as boto3 documents them. One bucket.

    Objects have one version each, and tags are kept in memory only.

    Args:
        folder: An object's key is its path below it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tags: dict[str, dict[str, str]] = {}
        self.written: set[str] = set()
        """Keys that were stored or replaced."""

    def put_object(self, *, Key: str, Body: Any, IfNoneMatch: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        path = self.folder / Key
        if IfNoneMatch and path.exists():
            _refuse("PreconditionFailed", 412, "PutObject")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{threading.get_ident()}")
        beside.write_bytes(Body if isinstance(Body, bytes) else Body.read())
        beside.replace(path)
        self.written.add(Key)
        return {}

    def get_object(self, *, Key: str, Range: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        try:
            file = os.open(f"{self.folder}/{Key}", os.O_RDONLY)
        except FileNotFoundError:
            _refuse("NoSuchKey", 404, "GetObject")
        try:
            if Range is None:
                found = os.pread(file, os.fstat(file).st_size, 0)
            else:
                first, _separator, last = Range.removeprefix("bytes=").partition("-")
                found = os.pread(file, int(last) - int(first) + 1, int(first))
        finally:
            os.close(file)
        return {"Body": StreamingBody(BytesIO(found), len(found))}

    def head_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if not (self.folder / Key).exists():
            _refuse("404", 404, "HeadObject")
        return {}

    def delete_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        (self.folder / Key).unlink(missing_ok=True)
        return {}

    def delete_objects(self, *, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        for each in Delete["Objects"]:
            self.delete_object(Key=each["Key"])
        return {}

    def put_object_tagging(self, *, Key: str, Tagging: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.head_object(Key=Key)
        self.tags[Key] = {each["Key"]: each["Value"] for each in Tagging["TagSet"]}
        return {}

    def get_paginator(self, operation: str) -> "_Pages":
        """Of `list_objects_v2` or `list_object_versions`."""
        return _Pages(self.folder, operation)


class _Pages:
    def __init__(self, folder: Path, operation: str) -> None:
        self._folder = folder
        self._versions = operation == "list_object_versions"

    def paginate(self, *, Prefix: str = "", Delimiter: str = "", **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        """All pages."""
        if Delimiter:
            parent = self._folder / Prefix
            folders = sorted(each.name for each in parent.iterdir() if each.is_dir()) if parent.is_dir() else []
            yield {"CommonPrefixes": [{"Prefix": f"{Prefix}{name}/"} for name in folders]}
            return
        for keys in batched(self._keys(Prefix), _LISTED_AT_ONCE, strict=False):
            found = [self._entry(key) for key in keys]
            yield {"Versions": found} if self._versions else {"Contents": found}

    def _keys(self, prefix: str) -> list[str]:
        # Texts and not paths: what the fake takes is counted as what the code under it takes.
        parent, _, _ = prefix.rpartition("/")
        root = f"{self._folder}/"
        found = os.walk(f"{root}{parent}".rstrip("/"))
        keys = (f"{base}/{name}".removeprefix(root) for base, _, names in found for name in names if name[0] != ".")
        return sorted(key for key in keys if key.startswith(prefix))

    def _entry(self, key: str) -> dict[str, Any]:
        facts = os.stat(f"{self._folder}/{key}")  # noqa: PTH116 - as above
        entry = {
            "Key": key,
            "Size": facts.st_size,
            "ETag": f'"{facts.st_mtime_ns}"',
            "LastModified": datetime.fromtimestamp(facts.st_mtime, UTC),
        }
        return entry | {"VersionId": _VERSION, "IsLatest": True} if self._versions else entry


def _refuse(code: str, status: int, operation: str) -> NoReturn:
    raise ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # only what is read
        operation,
    )
