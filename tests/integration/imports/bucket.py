"""A stack's bucket and table in moto, and the function that imports what is put under imports/."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import boto3
import msgspec

from tests.support.clock import HandClock
from tests.support.tables import create_table
from tiktok_collector.deadline import Deadline
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.report import ImportReport
from tiktok_lake.imports.service import DatasetImport, ImportSummary

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BUCKET: Final = "bucket"
TASKS: Final = "tasks"
FIRST_ID: Final = 7_583_943_023_407_435_015
LIMITS: Final = EngineLimits(memory=512 * 1024 * 1024, threads=1)
READS: Final = frozenset({"GetItem", "GetObject", "HeadObject", "ListObjectsV2", "ListObjectVersions"})


def csv_of(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def comments(count: int, text: str = "hello") -> bytes:
    """Comments in the smallest of their families."""
    return csv_of([{"video_id": FIRST_ID, "user": f"user{each}", "text": f"{text} {each}"} for each in range(count)])


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Bucket:
    """What a test sees of it."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    clock: HandClock = field(default_factory=HandClock)
    limits: ReadingLimits = field(default_factory=ReadingLimits)

    @classmethod
    def create(cls) -> "Bucket":
        s3 = boto3.client("s3", region_name="us-east-1")
        dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        create_table(dynamodb, TASKS, "Tasks")
        return cls(s3, dynamodb)

    @property
    def files(self) -> LakeFiles:
        return LakeFiles(self.s3, BUCKET)

    @property
    def function(self) -> DatasetImport:
        return DatasetImport(self.files, self.dynamodb, TASKS, self.clock, engine_limits=LIMITS, limits=self.limits)

    def put(self, name: str, content: bytes) -> str:
        key = f"imports/{name}"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return key

    def run(self, key: str | None = None, *, again: bool = False) -> ImportSummary:
        return self.function.run(key, Deadline(self.clock, self.clock.now() + timedelta(minutes=15)), again=again)

    def report(self, key: str) -> ImportReport:
        return msgspec.json.decode(self.bytes_of(f"{key}.report.json"), type=ImportReport)

    def bytes_of(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def keys(self, prefix: str = "curated/") -> list[str]:
        return [each.key for each in self.files.objects.keys(prefix)]

    def versions(self, prefix: str = "curated/") -> list[str]:
        """The keys of all versions that could be restored, and of marks of deletion."""
        found = self.s3.list_object_versions(Bucket=BUCKET, Prefix=prefix)
        return sorted(each["Key"] for each in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())))

    def rows(self, table: str, columns: str = "*") -> list[dict[str, Any]]:
        """The rows of a table, as whoever queries it sees them."""
        with TemporaryDirectory() as folder, engine(LIMITS) as connection:
            paths = []
            for number, each in enumerate(self.files.of_table(table)):
                paths.append(Path(folder, f"{number}.parquet"))
                self.files.fetch(each.key, paths[-1])
            if not paths:
                return []
            listed = ", ".join(quoted(str(path)) for path in paths)
            found = connection.execute(
                f"SELECT {columns} FROM read_parquet([{listed}], union_by_name = true) ORDER BY task_id, row_number"  # noqa: S608 - a test's own
            )
            names = [each[0] for each in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @contextmanager
    def dying(self, after: int | None) -> Iterator[list[str]]:
        """Within the block the process is killed after its n-th change of S3 or DynamoDB; gives the changes made."""
        calls: list[str] = []

        def before(**_: Any) -> None:
            if after is not None and len(calls) >= after:
                raise Killed

        def made(model: Any, **_: Any) -> None:
            if model.name in READS:
                return
            calls.append(model.name)
            if after is not None and len(calls) >= after:
                raise Killed

        for client in (self.s3, self.dynamodb):
            client.meta.events.register("before-call", before, unique_id="kill-before")
            client.meta.events.register("after-call", made, unique_id="kill-after")
        try:
            yield calls
        except Killed:
            pass
        finally:
            for client in (self.s3, self.dynamodb):
                client.meta.events.unregister("before-call", unique_id="kill-before")
                client.meta.events.unregister("after-call", unique_id="kill-after")
