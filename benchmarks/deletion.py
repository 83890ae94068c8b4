"""Deletion: 100,000 videos out of 10,000,000 rows, against pandas; partitions without any of them stay as they are.

    python -m benchmarks.deletion [days]

A day has 100,000 rows of `videos` and as many of `video_stats`; the videos that go were fetched on ten pairs of days.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, Final

from pydantic import SecretStr

from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.lake.children import Cost, by_hand, in_child, tell
from benchmarks.lake.folder_s3 import FolderS3
from benchmarks.lake.rows import ROWS_A_DAY, ids_within, write_rows
from tiktok_collector.clock import SystemClock
from tiktok_collector.deadline import Deadline
from tiktok_collector.pseudonyms.keys import PseudonymKey
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.deletion import Deletion
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.orders import Order
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import CURATED

DAYS: Final = 50
GROUPS: Final = 10
_IDS_A_GROUP: Final = 10_000
_MEMORY: Final = 1024 * 1024 * 1024
"""Half of what the function has."""
_A_DAY_IN_MILLISECONDS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What the deletion took, and the same by hand.

    Attributes:
        rows: Rows that there were, of both tables.
        ids: Videos that went.
        files: Files that there were.
        replaced: Files that were put again.
    """

    rows: int
    ids: int
    files: int
    replaced: int
    deleted: Cost
    by_hand: Cost

    @property
    def ratio(self) -> float:
        """How many times as fast as by hand, by the clock."""
        return self.by_hand.seconds / self.deleted.seconds


def measure(days: int = DAYS) -> Measured:
    """Delete from so many days of rows both ways.

    Raises:
        RuntimeError: a process failed, or something else than the doomed rows went.
    """
    with TemporaryDirectory() as folder:
        bucket, hand, ids = Path(folder) / "bucket", Path(folder) / "hand", Path(folder) / "ids.txt"
        rows = 2 * write_rows(bucket, days)
        doomed = _doomed(days)
        ids.write_text("".join(f"{each}\n" for each in doomed), encoding="ascii")
        copytree(bucket, hand)
        files = _files(bucket)
        slow = by_hand("delete", hand, ids)
        cost = in_child("benchmarks.deletion", "--child", bucket, ids)
        replaced = sum(_files(bucket)[key] != facts for key, facts in files.items())
        left = _rows_left(bucket), _rows_left(hand)
    if left != (rows - 4 * len(doomed),) * 2 or replaced != 4 * GROUPS:
        raise RuntimeError(
            f"{left} of {rows} rows are left, {len(doomed)} videos went, {replaced} files were replaced."
        )
    return Measured(rows, len(doomed), len(files), replaced, cost, slow)


def _doomed(days: int) -> list[int]:
    """Ids of each group, fetched on two days; no two groups share a day."""
    apart = days * ROWS_A_DAY // 2 // GROUPS
    with engine() as connection:
        return [
            each
            for group in range(GROUPS)
            for each in ids_within(connection, group * apart + 1_000, group * apart + 1_000 + _IDS_A_GROUP)
        ]


def _files(bucket: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (bucket / CURATED).rglob("*.parquet")}


def _rows_left(bucket: Path) -> int:
    with engine() as connection:
        found = connection.execute(f"SELECT count(*) FROM '{bucket / CURATED}/*/*/*.parquet'").fetchone()
    return int(found[0]) if found else 0


def _child(bucket: Path, ids: Path) -> Callable[[], dict[str, Any]]:
    s3: Any = FolderS3(bucket)
    dynamodb: Any = FakeDynamoDB()
    clock = SystemClock()
    people = Pseudonyms(PseudonymKey(SecretStr("k" * 64), "version"))
    limits = EngineLimits(memory=_MEMORY)
    deletion = Deletion(LakeFiles(s3, "bench"), people, clock, limits, dynamodb=dynamodb, tasks_table="tasks")
    videos = frozenset(map(int, ids.read_text(encoding="ascii").split()))

    def work() -> dict[str, Any]:
        deletion.begin(Order(run_id="bench", rule=Rule.REFRESH, doomed=Doomed(videos=videos)))
        done = deletion.finish(Deadline.after(clock, _A_DAY_IN_MILLISECONDS))
        (certificate,) = done.certificates.values()
        return {"deleted": certificate.deleted}

    return work


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--child"]:
        tell(_child(Path(sys.argv[2]), Path(sys.argv[3])))
        return
    found = measure(int(sys.argv[1]) if sys.argv[1:] else DAYS)
    print(
        f"{found.ids:,} videos out of {found.rows:,} rows in {found.files} files, {found.replaced} of them put again: "
        f"{found.deleted.seconds:.1f} s ({found.deleted.cpu:.1f} s of CPU), at most {found.deleted.megabytes:.0f} MB; "
        f"by hand {found.by_hand.seconds:.1f} s and {found.by_hand.megabytes:.0f} MB: {found.ratio:.1f} times as fast"
    )


if __name__ == "__main__":
    main()
