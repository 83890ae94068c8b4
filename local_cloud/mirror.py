"""Mirrors the bucket into a folder: what is new or has changed there or here, and never outside that folder."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from local_cloud import statefile
from local_cloud.errors import LocalCloudError
from local_cloud.mirror_paths import local_path, places

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THREADS: Final = 8
_PIECE: Final = 1 << 20
_EVER: Final = datetime.min.replace(tzinfo=UTC)
_FOLLOWED: Final = ("curated/", "raw/")
"""What goes from here when it goes from the bucket: a merged file would stand beside its parts and double their rows,
and what the terms ask to be deleted would stay. Exports and manifests that have expired stay for whoever fetched them.
"""
_BUCKET: Final = ""
"""The index says here whose objects it knows; no object has this key."""

type Version = list[str | int]
"""ETag and size of the object, SHA-256 of its content, and the file's time of change in nanoseconds."""


class Mirrored(NamedTuple):
    """How many objects were looked at, how many of them were fetched now, and how many files were removed."""

    objects: int
    fetched: int
    removed: int = 0


@dataclass(frozen=True)
class Wanted:
    """Which objects are mirrored: below any of the prefixes, and changed at `since` (UTC) or later."""

    prefixes: tuple[str, ...] = ("",)
    since: datetime = _EVER


def mirror(
    s3: "S3Client",
    bucket: str,
    folder: Path,
    index_file: Path,
    wanted: Wanted = Wanted(),
    *,
    begin: Callable[[int, int], None] = lambda _objects, _size: None,
    fetched: Callable[[int], None] = lambda _size: None,
) -> Mirrored:
    """Fetches every object that `folder` does not hold in this version.

    Of the row store and of the raw pages, files go that this has fetched from the same bucket and that are not there
    any more; nothing else is removed. What a file held is known by its SHA-256, so a file that was changed here is
    fetched again. The index is written even where the work is broken off, so that the next time goes on from there.

    Args:
        s3: The client.
        bucket: What to mirror.
        folder: Where to.
        index_file: Remembers the version of each file.
        wanted: Which objects.
        begin: Told how many objects are to be fetched, and how many bytes.
        fetched: Told the bytes of each object that has been fetched.

    Raises:
        LocalCloudError: a link leads out of `folder`.
        OSError: a file cannot be written.
    """
    index = statefile.read(index_file)
    same_bucket = index.get(_BUCKET) == [bucket]
    if _BUCKET in index and not same_bucket:
        index = {}  # or the next time would remove what this bucket never had
    listed = _listed(s3, bucket, wanted.prefixes)
    paths = places(folder, listed)
    sizes = {key: each.size for key, each in listed.items() if each.last_modified >= wanted.since}
    missing = []
    for key, size in sizes.items():
        version = _known(index.get(key), [listed[key].etag, size], paths[key])
        if version is None:
            missing.append(key)
        else:
            index[key] = version
    begin(len(missing), sum(sizes[key] for key in missing))

    def fetch(key: str) -> None:
        index[key] = _fetch(s3, bucket, key, paths[key], folder)
        fetched(sizes[key])

    pool = ThreadPoolExecutor(_THREADS)
    removed = 0
    try:
        for _ in pool.map(fetch, missing):
            pass
        if same_bucket:
            removed = _follow(index, listed, folder, wanted)
        index[_BUCKET] = [bucket]
    finally:
        pool.shutdown(cancel_futures=True)
        statefile.write(index_file, index)
    return Mirrored(len(sizes), len(missing), removed)


def _follow(index: dict[str, Any], listed: Mapping[str, "_Listed"], folder: Path, wanted: Wanted) -> int:
    """Removes the files whose objects have gone; returns how many there were."""
    gone = [key for key in index if key.startswith(_FOLLOWED) and key.startswith(wanted.prefixes) and key not in listed]
    taken = set(places(folder, listed).values())
    for key in gone:
        path = local_path(folder, key)
        if path not in taken:
            _check_links(path.parent, folder)
            path.unlink(missing_ok=True)
        del index[key]
    return len(gone)


class _Listed(NamedTuple):
    etag: str
    size: int
    last_modified: datetime


def _listed(s3: "S3Client", bucket: str, prefixes: Iterable[str]) -> dict[str, _Listed]:
    return {
        each["Key"]: _Listed(each["ETag"], each["Size"], each["LastModified"])
        for prefix in prefixes
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for each in page.get("Contents", [])
    }


def _known(version: Any, stored: list[str | int], path: Path) -> Version | None:
    """The version of a file that is as it was fetched; None where it must be fetched."""
    if not isinstance(version, list) or version[:2] != stored or len(version) != len(stored) + 2 or not path.is_file():
        return None
    status = path.stat()
    if status.st_size != stored[1]:
        return None
    # Read only where it was touched since: a bucket of years is not hashed every time.
    if status.st_mtime_ns == version[3]:
        return version
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return [*version[:3], status.st_mtime_ns] if digest.hexdigest() == version[2] else None


def _fetch(s3: "S3Client", bucket: str, key: str, path: Path, folder: Path) -> Version:
    _check_links(path.parent, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Names that begin alike are fetched at the same time, so its own has all of the name in it.
    new = path.with_name(f".{hashlib.sha256(path.name.encode()).hexdigest()[:32]}.new")
    answer: Mapping[str, Any] = s3.get_object(Bucket=bucket, Key=key)
    digest, size = hashlib.sha256(), 0
    # Made anew: opened as it is, it could be a link to another file.
    new.unlink(missing_ok=True)
    with new.open("xb") as file:
        for piece in answer["Body"].iter_chunks(_PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    new.replace(path)
    return [answer["ETag"], size, digest.hexdigest(), path.stat().st_mtime_ns]


def _check_links(parent: Path, folder: Path) -> None:
    """The folder itself may be a link; what stands in it may have come from elsewhere."""
    while parent != folder:
        if parent.is_symlink() and not parent.resolve().is_relative_to(folder.resolve()):
            raise LocalCloudError(
                f"The folder {parent} is a link to {parent.resolve()}, outside of {folder}: nothing is written there. "
                "Remove the link, or download to another folder."
            )
        parent = parent.parent
