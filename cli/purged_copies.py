"""What a folder that mirrors the bucket still has of what was purged there."""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import RenderableType

from cli.target import Target
from cli.words import counted, visible
from local_cloud import statefile
from local_cloud.mirror_paths import places
from tiktok_collector.events.purge import PurgeScope
from tiktok_lake.deletion.mentions import Mentions
from tiktok_lake.deletion.overlapping import texts
from tiktok_lake.engine import engine, quoted

_MADE: Final = re.compile(r"_(\d{8})_\d{6}\.json$")
_VIEWS: Final = "study_*_videos.jsonl"
"""Files that `make run` writes beside what it mirrors, anew where they are missing."""
_PIECE: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class Copies:
    """Files of a folder.

    Attributes:
        folder: The folder.
        index: The mirror's memory of what it has fetched.
        keys: The objects that these files were fetched from, by file.
        views: Files that `make run` has made of the objects and that name the account.
        others: Files that no object was fetched to and that name the account; they are a person's own.
    """

    folder: Path
    index: Path
    keys: dict[Path, str]
    views: tuple[Path, ...]
    others: tuple[Path, ...]

    @property
    def document(self) -> dict[str, Any]:
        """The same for a script."""
        return {"folder": str(self.folder), "files": self._count, "others": [str(each) for each in self.others]}

    @property
    def _count(self) -> int:
        return len(self.keys) + len(self.views)

    def remove(self) -> None:
        """Removes the files, not the person's own; `download` fetches what is in the bucket now."""
        known = statefile.read(self.index)
        for path in self.views:
            path.unlink(missing_ok=True)
        for path, key in self.keys.items():
            path.unlink(missing_ok=True)
            known.pop(key, None)
        if self.keys:
            statefile.write(self.index, known)

    def sentences(self, *, done: bool) -> Iterator[RenderableType]:
        """What to say of them."""
        if self._count:
            what = f"{counted(self._count, 'file')} of {visible(str(self.folder))}"
            yield (
                f"Removed {what}; `tiktok-collector download` fetches what is there now."
                if done
                else f"{what} would go, too."
            )
        for each in self.others:
            yield f"[yellow]{visible(str(each))}[/yellow] names the account and is none of the bucket's: remove it."


def copies(target: Target, folder: Path, index: Path, scope: PurgeScope, pseudonyms: Sequence[str] = ()) -> Copies:
    """The files that hold what is purged: those that name the account, and those whose objects are others by now.

    Args:
        target: The stack.
        folder: What mirrors its bucket; it need not be there.
        index: The mirror's memory.
        scope: What is purged.
        pseudonyms: How exports call the account; empty before the purge.
    """
    known = {key: version for key, version in statefile.read(index).items() if isinstance(version, list) and key}
    paths = {path: key for key, path in places(folder, known).items()}
    stored = _stored(target) if pseudonyms or scope.account is None else {}
    mentions = Mentions([scope.account, *pseudonyms] if scope.account else [])

    def goes(path: Path, key: str) -> bool:
        if stored and key in stored and stored[key] != known[key][0]:
            return True
        # Exports expire in the bucket, and whoever has fetched one may keep it.
        if stored and key not in stored and (not key.startswith("exports/") or _is_before(key, scope.before)):
            return True
        return names(path, mentions)

    found = {path: key for path, key in paths.items() if path.is_file() and goes(path, key)}
    others = [
        path
        for path in (sorted(folder.rglob("*")) if mentions and folder.is_dir() else ())
        if path.is_file() and path not in paths and path != index and names(path, mentions)
    ]
    views = tuple(path for path in others if path.parent == folder and path.match(_VIEWS))
    return Copies(folder, index, found, views, tuple(path for path in others if path not in views))


def names(path: Path, mentions: Mentions) -> bool:
    """Whether a file, or its name, names one of the accounts; gzip and Parquet are unpacked."""
    if not mentions:
        return False
    return mentions.within(path.name) or any(mentions.within(text) for text in _texts(path))


def _is_before(key: str, day: date | None) -> bool:
    made = _MADE.search(key)
    return day is not None and made is not None and made[1] < f"{day:%Y%m%d}"


def _stored(target: Target) -> dict[str, str]:
    pages = target.aws.s3.get_paginator("list_objects_v2").paginate(Bucket=target.stack.bucket)
    return {each["Key"]: each["ETag"] for page in pages for each in page.get("Contents", [])}


def _texts(path: Path) -> Iterator[str]:
    return _rows(path) if path.suffix == ".parquet" else texts(_pieces(path))


def _pieces(path: Path) -> Iterable[bytes]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except (gzip.BadGzipFile, EOFError, zlib.error):
        yield path.read_bytes()


def _rows(path: Path) -> Iterator[str]:
    with engine() as connection:
        try:
            rows = connection.execute(f"SELECT to_json(each)::VARCHAR FROM read_parquet({quoted(str(path))}) AS each")  # noqa: S608
            while found := rows.fetchmany(1_000):
                yield json.dumps([row[0] for row in found], ensure_ascii=False)
        except duckdb.Error:
            yield path.read_bytes().decode(errors="replace")
