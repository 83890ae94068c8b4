"""The files of the row store in the bucket: found, fetched, written, replaced, and removed with their old versions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok_collector.errors import AwsBusy
from tiktok_collector.lake.objects import ObjectStore, StoredObject
from tiktok_collector.lake.s3_errors import s3_errors
from tiktok_lake.keys import table_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PARQUET: Final = "application/vnd.apache.parquet"
_PIECE: Final = 8 * 1024 * 1024
_MOST_AT_ONCE: Final = 1_000
"""Of S3's DeleteObjects."""


class LakeFiles:
    """The row store of one bucket.

    Every method raises `MissingResource` for an absent or forbidden bucket, `AwsBusy` for weather.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket
        self.objects = ObjectStore(s3, bucket)

    def of_table(self, table: str, day: str | None = None) -> Iterator[StoredObject]:
        """A table's files, or those of one UTC day, in key order."""
        return (each for each in self.objects.keys(table_prefix(table, day)) if each.key.endswith(".parquet"))

    def days(self, table: str) -> list[str]:
        """The UTC days of which a table has files, sorted."""
        prefix = table_prefix(table)
        with s3_errors(self.bucket, f"{prefix}*"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
            found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ())]
        return sorted(each.removeprefix(f"{prefix}dt=").removesuffix("/") for each in found)

    def fetch(self, key: str, path: Path) -> None:
        """The object's bytes into a new file; the folder is made where it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with s3_errors(self.bucket, key), path.open("wb") as file:
            for piece in self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].iter_chunks(_PIECE):
                file.write(piece)

    def put(self, key: str, path: Path) -> None:
        """Store a file of at most 5 GB, replacing at once what was there: readers see the old rows or the new ones."""
        with s3_errors(self.bucket, key), path.open("rb") as file:
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=file, ContentType=PARQUET)

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects and all their versions, so that nothing of them can be restored; those absent are no error."""
        for key in keys:
            self._delete([{"Key": each, "VersionId": version} for each, version, _ in self._versions(key)])

    def forget_old_versions(self, key: str) -> None:
        """Remove every version of the object but the current one, for good."""
        self._delete(
            [{"Key": each, "VersionId": version} for each, version, newest in self._versions(key) if not newest]
        )

    def _versions(self, key: str) -> Iterator[tuple[str, str, bool]]:
        with s3_errors(self.bucket, key):
            for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    if each["Key"] == key:
                        yield each["Key"], each["VersionId"], each["IsLatest"]

    def _delete(self, versions: list[Any]) -> None:
        for first in range(0, len(versions), _MOST_AT_ONCE):
            with s3_errors(self.bucket, versions[first]["Key"]):
                answer = self._s3.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": versions[first : first + _MOST_AT_ONCE], "Quiet": True}
                )
            for refused in answer.get("Errors", ()):
                raise AwsBusy(f"S3 did not delete {refused.get('Key')}: {refused.get('Message')}; it is tried again.")
