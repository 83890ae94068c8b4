"""The files of the row store in the bucket: found, fetched, written, replaced, and removed with their old versions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import error_code
from tiktok_collector.errors import AlreadyCommitted, AwsBusy
from tiktok_collector.lake.objects import ObjectStore, StoredObject
from tiktok_collector.lake.s3_errors import WriteConflict, is_absent, s3_errors
from tiktok_lake.keys import table_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PARQUET: Final = "application/vnd.apache.parquet"
_PIECE: Final = 8 * 1024 * 1024
_MOST_AT_ONCE: Final = 1_000
"""Of S3's DeleteObjects."""
_LISTED_TOGETHER: Final = 5


class LakeFiles:
    """The row store of one bucket.

    Every method raises `MissingResource` for an absent or forbidden bucket, `AwsBusy` for weather.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3 = s3
        """For what reads ranges of files, or looks at other objects."""
        self.bucket = bucket
        self.objects = ObjectStore(s3, bucket)

    def of_table(self, table: str, day: str | None = None) -> Iterator[StoredObject]:
        """A table's files, or those of one UTC day, in key order."""
        return (each for each in self.objects.keys(table_prefix(table, day)) if each.key.endswith(".parquet"))

    def days(self, table: str) -> list[str]:
        """The UTC days of which a table has files, sorted."""
        prefix = table_prefix(table)
        return sorted(each.removeprefix(f"{prefix}dt=").removesuffix("/") for each in self.folders(prefix))

    def folders(self, prefix: str) -> list[str]:
        """The prefixes one level below `prefix` (both end in `/`) that hold objects."""
        with s3_errors(self.bucket, f"{prefix}*"):
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
            return [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ())]

    def tag(self, key: str, tag: tuple[str, str]) -> bool:
        """Give the object this tag in place of any others; whether the object is there."""
        name, value = tag
        with s3_errors(self.bucket, key):
            try:
                self.s3.put_object_tagging(
                    Bucket=self.bucket, Key=key, Tagging={"TagSet": [{"Key": name, "Value": value}]}
                )
            except ClientError as error:
                # 405: its newest version says that it was deleted.
                if is_absent(error) or error_code(error) == "MethodNotAllowed":
                    return False
                raise
            return True

    def fetch(self, key: str, path: Path) -> None:
        """The object's bytes into a new file; the folder is made where it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with s3_errors(self.bucket, key), path.open("wb") as file:
            for piece in self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].iter_chunks(_PIECE):
                file.write(piece)

    def put(self, key: str, path: Path, content_type: str = PARQUET) -> None:
        """Store a file of at most 5 GB, replacing at once what was there: readers see the old rows or the new ones."""
        with s3_errors(self.bucket, key), path.open("rb") as file:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=file, ContentType=content_type)

    def read(self, key: str) -> tuple[bytes, str] | None:
        """The object's bytes and its ETag; None if it is not there."""
        with s3_errors(self.bucket, key):
            try:
                answer = self.s3.get_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if is_absent(error):
                    return None
                raise
            return answer["Body"].read(), answer["ETag"]

    def replace(self, key: str, data: bytes, etag: str, content_type: str) -> None:
        """Store `data` in place of the object that has this ETag.

        Raises:
            AwsBusy: it was changed or removed meanwhile, so that what is to be stored has to be made anew; or weather.
        """
        try:
            with s3_errors(self.bucket, key):
                self.s3.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=content_type, IfMatch=etag)
        except (AlreadyCommitted, WriteConflict) as error:
            raise AwsBusy(f"{key} was changed meanwhile; it is tried again.") from error

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects and all their versions, so that nothing of them can be restored; those absent are no error."""
        self._delete([{"Key": key, "VersionId": version} for key, version, _ in self._versions(keys)])

    def forget_old_versions(self, *keys: str) -> None:
        """Remove every version of the objects but the current ones, for good."""
        self._delete(self._old_versions(keys))

    def forget_old_versions_one_by_one(self, *keys: str) -> None:
        """The same where versions may be deleted but not objects: emulators take lists of versions for objects."""
        for each in self._old_versions(keys):
            with s3_errors(self.bucket, each["Key"]):
                self.s3.delete_object(Bucket=self.bucket, **each)

    def _old_versions(self, keys: Iterable[str]) -> list[Any]:
        return [{"Key": key, "VersionId": version} for key, version, newest in self._versions(keys) if not newest]

    def _versions(self, keys: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
        """Key, version and whether it is the newest, of all versions and marks of deletion of these objects."""
        folders: dict[str, set[str]] = {}
        for key in keys:
            folders.setdefault(key.rpartition("/")[0], set()).add(key)
        for folder, wanted in folders.items():
            # Many objects of a folder are listed together, a few among many others one by one.
            prefixes = [f"{folder}/"] if folder and len(wanted) >= _LISTED_TOGETHER else sorted(wanted)
            for prefix in prefixes:
                yield from (each for each in self._listed_versions(prefix) if each[0] in wanted)

    def _listed_versions(self, prefix: str) -> Iterator[tuple[str, str, bool]]:
        with s3_errors(self.bucket, prefix):
            for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix):
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    if prefix.endswith("/") or each["Key"] == prefix:
                        yield each["Key"], each["VersionId"], each["IsLatest"]

    def _delete(self, versions: list[Any]) -> None:
        for first in range(0, len(versions), _MOST_AT_ONCE):
            with s3_errors(self.bucket, versions[first]["Key"]):
                answer = self.s3.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": versions[first : first + _MOST_AT_ONCE], "Quiet": True}
                )
            for refused in answer.get("Errors", ()):
                raise AwsBusy(f"S3 did not delete {refused.get('Key')}: {refused.get('Message')}; it is tried again.")
