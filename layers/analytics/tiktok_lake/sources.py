"""Where the row store's files are read from: a bucket, or a folder that mirrors one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from tiktok_collector.errors import Retriable
from tiktok_collector.lake.s3_errors import s3_errors
from tiktok_lake.keys import CURATED, day_of, table_prefix
from tiktok_lake.ranged import RangedFiles, RemoteFile, has_changed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class LakeChanged(Retriable):
    """A file was replaced or removed, by curation or deletion, after it was listed."""


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One file of a table: what DuckDB calls it, the UTC day of its partition, its bytes, when it was last written."""

    path: str
    day: str
    size: int
    written: datetime


class Source(Protocol):
    """A row store to read from."""

    @property
    def where(self) -> str:
        """What DuckDB may read: a folder, or the beginning of addresses."""
        ...

    def files(self, table: str) -> list[LakeFile]:
        """The files of a table, sorted by day and name.

        Raises:
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 did not answer.
        """
        ...

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Teaches a connection to read these files."""
        ...

    def explain(self, error: Exception) -> None:
        """Raises what is behind an error that a connection met, if it lies with the source; else returns.

        Raises:
            LakeChanged: a file was replaced or removed after it was listed.
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 did not answer.
        """
        ...


class FolderSource:
    """The row store as it lies in a folder: what `download` fetched, or `out/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    @property
    def where(self) -> str:
        """The folder with the tables, and a slash."""
        return f"{self._folder / 'curated'}/"

    def files(self, table: str) -> list[LakeFile]:
        """As `Source` says."""
        return [
            LakeFile(
                str(path),
                day_of(path.relative_to(self._folder).as_posix()),
                (facts := path.stat()).st_size,
                datetime.fromtimestamp(facts.st_mtime, UTC),
            )
            for path in sorted((self._folder / table_prefix(table)).glob("dt=*/*.parquet"))
        ]

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing to teach."""

    def explain(self, error: Exception) -> None:
        """A file that is gone was removed after it was listed."""
        if isinstance(error, duckdb.IOException) and "No such file" in str(error):
            raise LakeChanged(
                f"A file of the row store in {self._folder} is gone since it was listed: ask again."
            ) from error


class BucketSource:
    """The row store in its bucket, read range by range: nothing of it stays on this machine."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._files = RangedFiles(s3, bucket)

    @property
    def where(self) -> str:
        """The beginning of the files' addresses."""
        return self._files.address("")

    def files(self, table: str) -> list[LakeFile]:
        """As `Source` says."""
        return list(self._listed(table_prefix(table)))

    def _listed(self, prefix: str) -> Iterator[LakeFile]:
        with s3_errors(self._bucket, f"{prefix}*"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            for entry in (entry for page in pages for entry in page.get("Contents", ())):
                if not entry["Key"].endswith(".parquet"):
                    continue
                file = RemoteFile(entry["Key"], entry["Size"], entry["ETag"], entry["LastModified"])
                yield LakeFile(self._files.known(file), day_of(file.key), file.size, file.written)

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Addresses of this bucket are read by `RangedFiles`."""
        connection.register_filesystem(self._files)

    def explain(self, error: Exception) -> None:
        """As `Source` says."""
        if (problem := self._files.problem) is None:
            return
        self._files.problem = None
        if has_changed(problem):
            raise LakeChanged("The row store was changed while it was read: ask again.") from error
        with s3_errors(self._bucket, CURATED):
            raise problem
