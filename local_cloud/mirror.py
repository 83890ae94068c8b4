"""Mirrors the bucket into a folder: only what is new, and never outside that folder."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from local_cloud import statefile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_UNSAFE = re.compile(r"[^A-Za-z0-9._=~%+@-]")
_LONGEST = 200
_THREADS = 8


class Mirrored(NamedTuple):
    """How many objects the bucket holds, and how many of them were fetched now."""

    objects: int
    fetched: int


def local_path(folder: Path, key: str) -> Path:
    """The file below `folder` for the object `key`: what a path cannot hold is percent-encoded, dots do not climb."""
    parts = []
    for part in key.split("/"):
        name = _UNSAFE.sub(lambda match: quote(match.group(), safe="", errors="surrogatepass"), part)
        if not name.strip("."):
            name = name.replace(".", "%2E") or "%00"
        if len(name) > _LONGEST:
            name = f"{name[: _LONGEST - 17]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
        parts.append(name)
    return folder.joinpath(*parts)


def mirror(s3: "S3Client", bucket: str, folder: Path, index_file: Path) -> Mirrored:
    """Fetches every object of `bucket` that `folder` does not hold in this version; removes nothing.

    Args:
        s3: The client.
        bucket: What to mirror.
        folder: Where to.
        index_file: Remembers the version (ETag) of each file.
    """
    index = statefile.read(index_file)
    listed: dict[str, list[str | int]] = {}
    missing = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for each in page.get("Contents", []):
            key = each["Key"]
            version: list[str | int] = [each["ETag"], each["Size"]]
            listed[key] = version
            path = local_path(folder, key)
            if index.get(key) != version or not path.is_file() or path.stat().st_size != each["Size"]:
                missing.append(key)
    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(lambda key: _fetch(s3, bucket, key, local_path(folder, key)), missing):
            pass
    statefile.write(index_file, listed)
    return Mirrored(len(listed), len(missing))


def _fetch(s3: "S3Client", bucket: str, key: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name[:100]}.new")
    new.write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    new.replace(path)
