"""Curation: raw pages of 100 videos become rows of the row store, against json.loads, a loop and pandas.

    python -m benchmarks.curation [pages]

Both read the same objects of a folder and write zstd Parquet of videos and of their counters, each in a process of its
own.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from benchmarks.lake.children import Cost, by_hand, in_child, tell
from benchmarks.lake.folder_s3 import FolderS3
from benchmarks.lake.raw import PAGES_A_DAY, write_pages
from tiktok_collector.clock import SystemClock
from tiktok_collector.deadline import Deadline
from tiktok_lake.curation.curate import Curation
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles

PAGES: Final = 10 * PAGES_A_DAY
MOST_MEGABYTES: Final = 1_500
LEAST_RATIO: Final = 5
ROWS_A_PAGE: Final = 100
_MEMORY: Final = 1024 * 1024 * 1024
"""Half of what the function has."""
_A_DAY_IN_MILLISECONDS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Curated:
    """What so many pages took, and the same by hand."""

    pages: int
    curated: Cost
    by_hand: Cost

    @property
    def ratio(self) -> float:
        """How many times as fast curation was, by the clock."""
        return self.by_hand.seconds / self.curated.seconds


def measure(pages: int) -> Curated:
    """Curate so many pages both ways.

    Raises:
        RuntimeError: a process failed, or the rows are not those of the pages.
    """
    with TemporaryDirectory() as folder:
        bucket = Path(folder) / "bucket"
        write_pages(bucket, pages)
        hand = by_hand("curate", bucket, Path(folder) / "hand")
        found = in_child("benchmarks.curation", "--child", bucket)
    wanted = pages * ROWS_A_PAGE
    if not hand.found["rows"] == found.found["rows"]["videos"] == found.found["rows"]["video_stats"] == wanted:
        raise RuntimeError(f"{wanted} rows were asked for: {hand.found} by hand, {found.found} by curation.")
    return Curated(pages, found, hand)


def _child(bucket: Path) -> dict[str, Any]:
    s3: Any = FolderS3(bucket)
    clock = SystemClock()
    curation = Curation(LakeFiles(s3, "bench"), clock, EngineLimits(memory=_MEMORY), lambda _: False)
    report = curation.run(Deadline.after(clock, _A_DAY_IN_MILLISECONDS))
    return dict(msgspec.to_builtins(report))


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--child"]:
        tell(lambda: _child(Path(sys.argv[2])))
        return
    for pages in (PAGES_A_DAY, int(sys.argv[1]) if sys.argv[1:] else PAGES):
        each = measure(pages)
        print(
            f"{each.pages:,} pages: {each.curated.seconds:.1f} s ({each.curated.cpu:.1f} s of CPU) and at most "
            f"{each.curated.megabytes:.0f} MB; by hand {each.by_hand.seconds:.1f} s ({each.by_hand.cpu:.1f} s) and "
            f"{each.by_hand.megabytes:.0f} MB: {each.ratio:.1f} times as fast"
        )


if __name__ == "__main__":
    main()
