"""What a run has collected from the sandbox, every list of an account, is in the row store; the views say so."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, TASKS
from tests.integration.lake_store.store import LIMITS
from tests.support import lake_rows
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.research_api.rows import Comment, Playlist, Relation, Video
from tiktok_lake.curation.curate import Curation
from tiktok_lake.curation.run_ends import open_in
from tiktok_lake.engine import engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.tables import TABLES
from tiktok_lake.views import VIEWS

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

EVERYTHING = ["profile", "videos", "pinned", "liked", "reposted", "followers", "following", "comments", "playlists"]


def test_every_row_of_a_run_is_in_the_row_store_and_coverage_says_so(make_cloud: "MakeCloud", tmp_path: Path) -> None:
    spec = AccountSpec(
        "ann", videos=4, days=40, followers=205, following=3, liked=2, reposted=2, playlists=1, comments_per_video=2
    )
    world = World.generate(seed=5, accounts=3, videos=20, days=60, end=date(2025, 6, 1), specs=[spec])
    cloud = make_cloud(world, settings={"archive_lag_scale": 0})
    event = {
        "username": "ann",
        "include": EVERYTHING,
        "start_date": "20250423",
        "end_date": "20250601",
        "run_id": "run",
    }
    assert cloud.extract(event).state == "complete"
    files, pages = LakeFiles(cloud.s3, BUCKET), RawPageStore(cloud.s3, BUCKET)
    report = Curation(files, cloud.clock, LIMITS, open_in(cloud.dynamodb, TASKS)).run(
        Deadline.after(cloud.clock, 900_000)
    )
    raw = cloud.keys("raw/")
    assert (report.unreadable, report.left, report.waiting, report.tagged) == ((), 0, 0, len(raw))
    expected: Counter[tuple[str, str]] = Counter()
    for key in raw:
        for page in PageReader(pages).find(key):
            for row in page.typed.rows:
                expected.update(tables_of(page.envelope.entity, row))
    counted, absent = asked_of(files, tmp_path)
    assert counted == expected
    assert set(absent) >= {"users", "videos", "followers", "following", "comments", "playlists"}
    assert set(absent.values()) == {0}


def asked_of(files: LakeFiles, folder: Path) -> tuple[Counter[tuple[str, str]], dict[str, int]]:
    """Rows by table and entity, and of each entity the rows that coverage finds absent."""
    counted: Counter[tuple[str, str]] = Counter()
    with engine(LIMITS) as connection:
        for name, table in TABLES.items():
            paths = []
            for number, stored in enumerate(files.of_table(name)):
                paths.append(folder / f"{name}{number}.parquet")
                files.fetch(stored.key, paths[-1])
            if not paths:
                lake_rows.create(connection, table, [], name)
                continue
            table_of_rows = connection.read_parquet([str(path) for path in paths])
            table_of_rows.create(name)
            if name != "manifests":
                counted.update((name, entity) for (entity,) in table_of_rows.select("entity").fetchall())
        absent = connection.sql(VIEWS["coverage"]).select("entity", "rows_absent").fetchall()
    return counted, dict(absent)


def tables_of(entity: str, row: Any) -> list[tuple[str, str]]:
    """The tables that a row of an entity comes into."""
    if isinstance(row, Video):
        listed = [] if entity == "videos" else [("relations", entity)]
        return [("videos", entity), ("video_stats", entity), *listed]
    if isinstance(row, Playlist):
        return [("playlists", entity), *[("relations", entity)] * len(row.playlist_video_ids or ())]
    return [("comments" if isinstance(row, Comment) else "relations" if isinstance(row, Relation) else "users", entity)]
