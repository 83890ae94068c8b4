"""A versioned bucket in moto with raw pages made by hand, and its row store as rows of Python."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from tests.support.clock import HandClock
from tests.support.lake_rows import read
from tests.support.tables import create_table
from tests.unit.lake.support import envelope_for
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.keys import manifest_key, raw_page_key
from tiktok_collector.lake.raw_pages import RawPage, RawPageStore, encode_pages
from tiktok_collector.leases import lease_key
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_lake.curation.curate import EVERYTHING, Curation, CurationOrder
from tiktok_lake.curation.report import CurationReport
from tiktok_lake.curation.run_ends import open_in
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import table_of
from tiktok_lake.lease import LEASE_NAME, lake_lease

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BUCKET = "lake"
TASKS = "tasks"
DAY = "2026-11-20"
AT = f"{DAY}T09:00:00.000Z"
VIDEO = 7_320_768_196_569_599_275
ENDPOINT_OF = {each.entity: each for each in ENDPOINTS.values()}
LIMITS = EngineLimits(memory=256 * 1024 * 1024, threads=1)
OK = {"code": "ok", "message": "", "log_id": "L"}


def body_of(entity: str, rows: Any, **position: Any) -> dict[str, Any]:
    """The answer of an endpoint with these rows; of users and playlists with this one."""
    names = ENDPOINT_OF[entity].row_keys
    return {"data": {names[0]: rows, **position} if names else rows, "error": OK}


def page_of(entity: str, body: bytes, **changes: Any) -> RawPage:
    envelope = envelope_for(body)
    known = {"entity": entity, "endpoint": ENDPOINT_OF[entity].name, "retrieved_at": AT, "request": {}}
    return msgspec.structs.replace(envelope, **(known | changes)), body


class Clients:
    """Clients of moto, with the table of tasks; stores come one after another."""

    def __init__(self, s3: "S3Client", dynamodb: "DynamoDBClient") -> None:
        self.s3, self.dynamodb = s3, dynamodb
        create_table(dynamodb, TASKS, "Tasks")


class LakeStore:
    """One stack's bucket, new and empty, and its table; time is in the hands of the test."""

    def __init__(self, clients: Clients, bucket: str) -> None:
        self.s3, self.dynamodb, self.bucket = clients.s3, clients.dynamodb, bucket
        self.clock = HandClock()
        self.s3.create_bucket(Bucket=bucket)
        self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        self.dynamodb.delete_item(TableName=TASKS, Key=lease_key(LEASE_NAME))
        self.files = LakeFiles(self.s3, bucket)
        self.pages = RawPageStore(self.s3, bucket)

    @classmethod
    def create(cls, s3: "S3Client", dynamodb: "DynamoDBClient") -> "LakeStore":
        """The only store of these clients."""
        return cls(Clients(s3, dynamodb), BUCKET)

    def put(self, entity: str, rows: Any, *, dt: str = DAY, **changes: Any) -> str:
        """Stores a page; `changes` are of its envelope."""
        return self.put_pages(entity, [page_of(entity, json.dumps(body_of(entity, rows)).encode(), **changes)], dt=dt)

    def put_pages(self, entity: str, pages: Sequence[RawPage], *, dt: str = DAY) -> str:
        """Stores an object with these pages, named after the first."""
        first = pages[0][0]
        key = raw_page_key(
            entity=entity,
            dt=dt,
            run_id=first.run_id,
            task_id=first.task_id,
            generation=first.generation,
            page=first.page,
        )
        self.pages.put(key, encode_pages(pages))
        return key

    def end(self, run_id: str, status: str = "complete") -> None:
        """Writes the manifest of a run."""
        head = {"version": 1, "status": status, "run_id": run_id}
        self.files.objects.put_json(manifest_key(run_id), {**head, "finished_at": AT, "accounts": []})

    def curate(self, order: CurationOrder = EVERYTHING, *, seconds: float = 900) -> CurationReport:
        """What an invocation with so much time does, the lease of the row store included."""
        with lake_lease(self.dynamodb, TASKS, self.clock):
            return self.curation().run(Deadline(self.clock, self.clock.now() + timedelta(seconds=seconds)), order)

    def curation(self) -> Curation:
        return Curation(self.files, self.clock, LIMITS, open_in(self.dynamodb, TASKS))

    def keys(self, prefix: str = "curated/") -> list[str]:
        return [each.key for each in self.files.objects.keys(prefix)]

    def versions(self, prefix: str) -> int:
        """How many versions and marks of deletion there are below the prefix."""
        found = self.s3.list_object_versions(Bucket=self.bucket, Prefix=prefix)
        return len(found.get("Versions", ())) + len(found.get("DeleteMarkers", ()))

    def tags(self, key: str) -> dict[str, str]:
        found = self.s3.get_object_tagging(Bucket=self.bucket, Key=key)["TagSet"]
        return {each["Key"]: each["Value"] for each in found}

    def rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        """The rows of a table, of all days and files; only these columns, if any are named."""
        with engine(LIMITS) as connection:
            return read(connection, self.files, self.keys(f"curated/{table}/"), ", ".join(columns) or "*")

    def all_rows(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of every table that has files."""
        with engine(LIMITS) as connection:
            return {
                table: read(connection, self.files, list(keys)) for table, keys in groupby(self.keys(), key=table_of)
            }

    def values(self, table: str, column: str) -> list[Any]:
        """One column of a table, sorted."""
        return sorted(row[column] for row in self.rows(table, column))


def in_order(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Rows as texts that can be compared, whatever their order."""
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
