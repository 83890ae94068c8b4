"""`videos_latest` over 10,000,000 rows, against pandas: how long, how much memory, and what a bucket is asked for.

    python -m benchmarks.lake_views [days]

Each video was fetched twice; a day has 100,000 rows. The view is read as `tiktok-collector query` reads it, from a
folder, and the same from a bucket, range by range.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from benchmarks.lake.children import Cost, by_hand, in_child, tell
from benchmarks.lake.folder_s3 import FolderS3
from benchmarks.lake.rows import write_rows
from tiktok_lake.engine import EngineLimits
from tiktok_lake.query import answered, asked, prepared
from tiktok_lake.reading import opened
from tiktok_lake.sources import BucketSource, FolderSource, Source

DAYS: Final = 100
_MEMORY: Final = 2 * 1024**3
QUERIES: Final = {
    "how many videos": "SELECT count(*) FROM videos_latest",
    "views by country": "SELECT region_code, sum(view_count) FROM videos_latest GROUP BY ALL ORDER BY 2 DESC",
    "the hundred most seen, whole": "SELECT * FROM videos_latest ORDER BY view_count DESC LIMIT 100",
    "growth by day": "SELECT dt, sum(view_count_gained) FROM video_growth GROUP BY ALL ORDER BY 1",
    "one table, one day": "SELECT count(*), avg(like_count) FROM videos WHERE dt = '2026-01-10'",
}


class Answered(msgspec.Struct, frozen=True):
    """What one query took; of a bucket also what was asked of it."""

    name: str
    cost: Cost
    rows: int
    requests: int
    megabytes: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The queries, each from a folder and from a bucket, and the newest rows of all videos by hand."""

    rows: int
    stored_megabytes: float
    folder: list[Answered]
    bucket: list[Answered]
    by_hand: Cost


def measure(days: int = DAYS) -> Measured:
    """Ask every query of so many days of rows.

    Raises:
        RuntimeError: a process failed, or the two ways do not agree.
    """
    with TemporaryDirectory() as folder:
        bucket = Path(folder)
        rows = write_rows(bucket, days)
        stored = sum(path.stat().st_size for path in bucket.rglob("*.parquet")) / 1e6
        found = {where: list(_asked(where, bucket)) for where in ("folder", "bucket")}
        hand = by_hand("latest", bucket, bucket / "latest.parquet")
    for where in ("folder", "bucket"):
        if found[where][0].rows != hand.found["rows"]:
            raise RuntimeError(f"{hand.found['rows']} videos by hand, {found[where][0].rows} by the view.")
    return Measured(rows, stored, found["folder"], found["bucket"], hand)


def _asked(where: str, bucket: Path) -> Iterator[Answered]:
    for name, sql in QUERIES.items():
        cost = in_child("benchmarks.lake_views", "--child", where, bucket, sql)
        yield Answered(name, cost, cost.found["first"], cost.found["requests"], cost.found["bytes"] / 1e6)


class _CountingS3(FolderS3):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.requests = 0
        self.bytes = 0

    def get_object(self, **parameters: Any) -> dict[str, Any]:
        found = super().get_object(**parameters)
        self.requests += 1
        first, _, last = parameters.get("Range", "bytes=0-0").removeprefix("bytes=").partition("-")
        self.bytes += int(last) - int(first) + 1
        return found


def _child(where: str, bucket: Path, sql: str) -> Callable[[], dict[str, Any]]:
    s3 = _CountingS3(bucket)
    client: Any = s3
    source: Source = FolderSource(bucket) if where == "folder" else BucketSource(client, "bench")

    def work() -> dict[str, Any]:
        question = asked(sql)
        with opened(source, EngineLimits(memory=_MEMORY)) as lake:
            prepared(lake, question)
            answer = answered(lake, question, 1_000)
        first = answer.rows[0][0] if len(answer.rows) == 1 else len(answer.rows)
        return {"first": first, "requests": s3.requests, "bytes": s3.bytes}

    return work


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--child"]:
        tell(_child(sys.argv[2], Path(sys.argv[3]), sys.argv[4]))
        return
    began = time.monotonic()
    found = measure(int(sys.argv[1]) if sys.argv[1:] else DAYS)
    print(f"{found.rows:,} rows of videos, {found.stored_megabytes:.0f} MB of Parquet")
    for where, answers in (("folder", found.folder), ("bucket", found.bucket)):
        for each in answers:
            print(
                f"{where}: {each.name}: {each.cost.seconds:.1f} s ({each.cost.cpu:.1f} s of CPU), at most "
                f"{each.cost.megabytes:.0f} MB; {each.requests:,} requests, {each.megabytes:.0f} MB read"
            )
    print(f"by hand, newest rows of all: {found.by_hand.seconds:.1f} s, {found.by_hand.megabytes:.0f} MB")
    print(f"all in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
