"""A collector with its row store in one process, over moto and the sandbox: what its functions do."""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from tests.integration.collection.cloud import BUCKET, TASKS, Cloud
from tests.support.lake_rows import write
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.lake.objects import ObjectStore
from tiktok_lake.curation.curate import Curation
from tiktok_lake.curation.run_ends import open_in
from tiktok_lake.deletion.certificate import Certificate
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import CERTIFICATES, file_key
from tiktok_lake.lease import lake_lease
from tiktok_lake.refresh.data_refresh import DataRefresh
from tiktok_lake.refresh.report import RefreshReport
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.status import LakeStatus, read_status
from tiktok_lake.sources import BucketSource
from tiktok_lake.tables import TABLES

LIMITS = EngineLimits(memory=256 * 1024 * 1024, threads=1)
DAY = timedelta(days=1)


class LakeCloud:
    """The same cloud, seen by the functions of the row store."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        cloud.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.files = LakeFiles(cloud.s3, BUCKET)
        self.objects = ObjectStore(cloud.s3, BUCKET)
        self.invocations = 0

    def services(self, collection: CollectionServices | None = None) -> RefreshServices:
        return RefreshServices(
            collection=collection or self.cloud.services(),
            files=LakeFiles(self.cloud.s3, BUCKET),
            dynamodb=self.cloud.dynamodb,
            tasks_table=TASKS,
            limits=LIMITS,
        )

    def curate(self) -> None:
        """What `lake_curation` does."""
        with lake_lease(self.cloud.dynamodb, TASKS, self.cloud.clock):
            deadline = Deadline(self.cloud.clock, self.cloud.clock.now() + timedelta(minutes=14))
            Curation(self.files, self.cloud.clock, LIMITS, open_in(self.cloud.dynamodb, TASKS)).run(deadline)

    def keep(
        self,
        username: str,
        start: date,
        end: date,
        *,
        tables: Collection[str] = ("videos", "video_stats", "comments", "users"),
        run_id: str = "one",
    ) -> None:
        """Puts an account into the row store as if it had been collected and curated just now."""
        now, world = self.cloud.clock.now(), self.cloud.sandbox.world
        videos = [{"video_id": row["id"], "username": username} for row in world.videos_of(username, start, end)]
        rows: dict[str, list[dict[str, Any]]] = {
            "videos": videos,
            "video_stats": [{"video_id": each["video_id"]} for each in videos],
            "comments": [
                {"comment_id": row["id"], "video_id": each["video_id"]}
                for each in videos
                for row in world.comments_of(each["video_id"])
            ],
            "users": [{"username": username}],
        }
        with TemporaryDirectory() as folder:
            for table in tables:
                path = Path(folder) / f"{table}.parquet"
                filled = [{**each, "fetched_at": now, "run_id": run_id} for each in rows[table]]
                write(path, TABLES[table], filled)
                self.files.put(file_key(table, now.date().isoformat(), f"c-{run_id}"), path)

    def refresh(
        self,
        *,
        believe: str | None = None,
        scheduled: bool = True,
        seconds: float = 900,
        services: CollectionServices | None = None,
    ) -> RefreshReport:
        """What one tick of `data_refresh` does."""
        self.invocations += 1
        event = {"believe": believe} if believe else {"scheduled_time": self.cloud.clock.now()} if scheduled else {}
        deadline = Deadline(self.cloud.clock, self.cloud.clock.now() + timedelta(seconds=seconds))
        use_case = DataRefresh(self.services(services), self.cloud.log)
        return use_case.run(
            DataRefreshEvent.model_validate(event), request_id=f"refresh-{self.invocations}", deadline=deadline
        )

    def refresh_until_done(self, ticks: int = 40, hours: float = 1) -> RefreshReport:
        """Ticks every hour until no round is open; the last report."""
        for _ in range(ticks):
            report = self.refresh()
            if not report.rounds:
                return report
            self.cloud.clock.sleep(hours * 3600)
        raise AssertionError(f"rounds still open after {ticks} ticks: {report}")

    def rows(self, table: str, columns: str = "*", where: str = "true") -> list[Any]:
        """Rows of the row store."""
        source = BucketSource(self.cloud.s3, BUCKET)
        files = source.files(table)
        if not files:
            return []
        with engine(LIMITS) as connection:
            source.attach(connection)
            paths = ", ".join(f"'{each.path}'" for each in files)
            found: list[Any] = connection.execute(
                f"SELECT {columns} FROM read_parquet([{paths}], union_by_name=true) "  # noqa: S608 - a test's own
                f"WHERE {where} ORDER BY ALL"
            ).fetchall()
            return found

    def ids(self, table: str, column: str = "video_id") -> set[Any]:
        return {row[0] for row in self.rows(table, f"DISTINCT {column}")}

    def status(self) -> LakeStatus:
        return read_status(self.objects)

    def certificates(self) -> list[Certificate]:
        keys = [each.key for each in self.objects.keys(CERTIFICATES)]
        return [msgspec.json.decode(self.objects.get_bytes(key) or b"", type=Certificate) for key in keys]

    def versions(self, prefix: str = "") -> list[str]:
        """Keys of all versions of all objects."""
        pages = self.cloud.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Versions", ())]
