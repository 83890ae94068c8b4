"""`videos_latest` over 10,000,000 rows, against pandas: how long, how much memory, and what a bucket is asked for.

    python -m benchmarks.lake_views [days]

Each video was fetched twice; a day has 100,000 rows. The view is read as `tiktok-collector query` reads it, from a
folder, and the same from a bucket, range by range.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from benchmarks.lake.children import Cost, by_hand, in_child, tell
from benchmarks.lake.folder_s3 import FolderS3
from benchmarks.lake.rows import ROWS_A_DAY, write_rows
from tiktok_lake.engine import EngineLimits
from tiktok_lake.formats import Format
from tiktok_lake.query import answered, asked, prepared, written
from tiktok_lake.reading import opened
from tiktok_lake.sources import BucketSource, FolderSource, Source

DAYS: Final = 100
_MEMORY: Final = 2 * 1024**3
_PART: Final = 5
"""Of the days, for pandas, which would need some 20 GB for all of them."""
QUERIES: Final = {
    "how many videos": "SELECT count(video_id) FROM videos_latest",
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
    """The queries, each from a folder and from a bucket; and the newest rows of fewer days, by the view and by hand."""

    rows: int
    stored_megabytes: float
    folder: list[Answered]
    bucket: list[Answered]
    fewer_rows: int
    fewer: Answered
    by_hand: Cost

    @property
    def ratio(self) -> float:
        """How many times as fast the view was as pandas, by the clock."""
        return self.by_hand.seconds / self.fewer.cost.seconds


def measure(days: int = DAYS) -> Measured:
    """Ask every query of so many days of rows.

    Raises:
        RuntimeError: a process failed, or the two ways do not agree.
    """
    with TemporaryDirectory() as folder:
        bucket, small = Path(folder) / "all", Path(folder) / "some"
        rows, fewer_rows = write_rows(bucket, days), write_rows(small, days // _PART)
        stored = sum(path.stat().st_size for path in bucket.rglob("*.parquet")) / 1e6
        found = {where: list(_asked(where, bucket)) for where in ("folder", "bucket")}
        (fewer,) = _asked("folder", small, {"all": "SELECT * FROM videos_latest"})
        hand = by_hand("latest", small, small / "latest.parquet")
    if not fewer.rows == hand.found["rows"] == _videos(days // _PART):
        raise RuntimeError(f"{hand.found['rows']} videos by hand, {fewer.rows} by the view.")
    if not found["folder"][0].rows == found["bucket"][0].rows == _videos(days):
        raise RuntimeError(f"{found['folder'][0].rows} and {found['bucket'][0].rows} videos by the view.")
    return Measured(rows, stored, found["folder"], found["bucket"], fewer_rows, fewer, hand)


def _videos(days: int) -> int:
    return (days + 1) * ROWS_A_DAY // 2


def _asked(where: str, bucket: Path, queries: Mapping[str, str] = QUERIES) -> Iterator[Answered]:
    for name, sql in queries.items():
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
        with TemporaryDirectory() as folder, opened(source, EngineLimits(memory=_MEMORY)) as lake:
            out = Path(folder)
            prepared(lake, question, out)
            if "*" in sql and "LIMIT" not in sql and "count" not in sql:
                first = written(lake, question, out / "latest.parquet", Format.PARQUET)
            else:
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
    print(
        f"newest rows out of {found.fewer_rows:,} into one file: {found.fewer.cost.seconds:.1f} s and at most "
        f"{found.fewer.cost.megabytes:.0f} MB; by hand {found.by_hand.seconds:.1f} s and "
        f"{found.by_hand.megabytes:.0f} MB: {found.ratio:.1f} times as fast"
    )
    print(f"all in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
