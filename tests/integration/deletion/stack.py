"""A collector with its row store in one process, and everything that is stored anywhere in it."""

import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.integration.collection.cloud import BUCKET, TASKS, USAGE_LOG, Cloud
from tests.support.lake_rows import read
from tiktok_collector.deadline import Deadline
from tiktok_collector.events.purge import PurgeEvent
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.curation.curate import Curation
from tiktok_lake.curation.run_ends import open_in
from tiktok_lake.deletion.certificate import Certificate, Rule
from tiktok_lake.deletion.deletion import Deleted, Deletion
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.orders import Order
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.lease import lake_lease
from tiktok_lake.refresh.purge import Purge, PurgeReport
from tiktok_lake.refresh.services import RefreshServices

LIMITS = EngineLimits(memory=256 * 1024 * 1024)


class LakeStack:
    """The row store over a `Cloud`, whose bucket has versions."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        cloud.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.files = LakeFiles(cloud.s3, BUCKET)

    def deadline(self, seconds: float = 900) -> Deadline:
        return Deadline(self.cloud.clock, self.cloud.clock.now() + timedelta(seconds=seconds))

    def curation(self) -> Curation:
        return Curation(self.files, self.cloud.clock, LIMITS, open_in(self.cloud.dynamodb, TASKS))

    def curate(self) -> None:
        with lake_lease(self.cloud.dynamodb, TASKS, self.cloud.clock):
            report = self.curation().run(self.deadline())
        assert report.left == 0

    def people(self) -> Pseudonyms:
        return Pseudonyms(self.cloud.pseudonym_keys().current())

    def deletion(self) -> Deletion:
        return Deletion(
            self.files,
            self.people(),
            self.cloud.clock,
            LIMITS,
            dynamodb=self.cloud.dynamodb,
            tasks_table=TASKS,
        )

    def finish(self, seconds: float = 900) -> Deleted:
        with lake_lease(self.cloud.dynamodb, TASKS, self.cloud.clock):
            assert self.curation().finish_pending(self.deadline())
            return self.deletion().finish(self.deadline(seconds))

    def delete(self, doomed: Doomed, run_id: str = "order", rule: Rule = Rule.PURGE) -> Certificate:
        """The certificate of a deletion that one invocation did."""
        self.deletion().begin(Order(run_id=run_id, rule=rule, doomed=doomed))
        deleted = self.finish()
        assert deleted.left == 0
        (certificate,) = (each for each in deleted.certificates.values() if each.run_id == run_id)
        return certificate

    def services(self) -> RefreshServices:
        """What `data_refresh` has."""
        return RefreshServices(
            collection=self.cloud.services(),
            files=self.files,
            dynamodb=self.cloud.dynamodb,
            tasks_table=TASKS,
            limits=LIMITS,
        )

    def purge(
        self, scope: Mapping[str, str], *, dry_run: bool = True, seconds: float = 900, run_id: str = "purge-1"
    ) -> PurgeReport:
        """What `data_refresh` does with the event of a purge."""
        event = PurgeEvent.model_validate({"purge": scope, "dry_run": dry_run, "run_id": run_id})
        return Purge(self.services()).run(event, request_id="request", deadline=self.deadline(seconds))

    def rows(self, table: str, columns: str = "*", where: str = "true") -> list[dict[str, Any]]:
        """Rows of the row store."""
        with engine(LIMITS) as connection:
            return read(connection, self.files, [each.key for each in self.files.of_table(table)], columns, where)

    def etags(self, prefix: str = "") -> dict[str, str]:
        """The ETag and the version of each object."""
        pages = self.cloud.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=prefix)
        return {
            each["Key"]: each["ETag"] + each["VersionId"]
            for page in pages
            for each in page.get("Versions", ())
            if each["IsLatest"]
        }

    def everything(self) -> Iterator[tuple[str, str]]:
        """All that is stored: the keys and contents of all versions of all objects, and all items of both tables."""
        for page in self.cloud.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET):
            for each in page.get("DeleteMarkers", ()):
                yield each["Key"], each["Key"]
            for each in page.get("Versions", ()):
                data = self.cloud.s3.get_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])["Body"]
                yield each["Key"], f"{each['Key']}\n{as_text(each['Key'], data.read())}"
        for table in (TASKS, USAGE_LOG):
            for items in self.cloud.dynamodb.get_paginator("scan").paginate(TableName=table):
                for item in items["Items"]:
                    yield f"{table} {item['pk']['S']} {item['sk']['S']}", json.dumps(item, default=str)

    def places_of(self, *needles: str) -> list[str]:
        """Where any of these texts is found, in any case."""
        return sorted(
            {place for place, text in self.everything() if any(each.lower() in text.lower() for each in needles)}
        )


@lru_cache(maxsize=2_000)
def as_text(name: str, data: bytes) -> str:
    """What an object says, unpacked; tests look again and again at much that has not changed."""
    if name.endswith(".gz"):
        data = zlib.decompress(data, wbits=31)
    if name.endswith(".parquet"):
        with TemporaryDirectory() as folder, engine(LIMITS) as connection:
            (path := Path(folder) / "file.parquet").write_bytes(data)
            rows = connection.execute(f"SELECT to_json(each)::VARCHAR FROM {quoted(str(path))} AS each").fetchall()  # noqa: S608
            return "\n".join(row[0] for row in rows)
    return data.decode(errors="replace")
