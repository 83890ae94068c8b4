"""A row store and a table that can only be read: what a deletion would do is found by doing it to these."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, override

from tiktok_collector.lake.objects import ObjectStore
from tiktok_lake.files import PARQUET, LakeFiles

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class UnchangingFiles(LakeFiles):
    """A row store in which nothing is changed; everything is read as it is."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        super().__init__(s3, bucket)
        self.objects = _UnchangingObjects(s3, bucket)

    @override
    def put(self, key: str, path: Path, content_type: str = PARQUET) -> None: ...

    @override
    def replace(self, key: str, data: bytes, etag: str, content_type: str) -> None: ...

    @override
    def remove(self, keys: Iterable[str]) -> None: ...

    @override
    def forget_old_versions(self, *keys: str) -> None: ...

    @override
    def tag(self, key: str, tag: tuple[str, str]) -> bool:
        return True


class _UnchangingObjects(ObjectStore):
    @override
    def put_json(self, key: str, value: Any) -> None: ...

    @override
    def put_bytes(self, key: str, data: bytes, *, content_type: str = "") -> None: ...

    @override
    def put_once(self, key: str, data: bytes, *, content_type: str = "") -> bool:
        return True
