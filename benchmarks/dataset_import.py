"""Imports: a CSV file of videos becomes rows of the row store, against a loop over its rows and pandas.

    python -m benchmarks.dataset_import [rows]

Both check every id and value, find doubles, keep columns that they do not know, and write zstd Parquet of videos and of
their counters. The import also recognises the file and writes a report. Beside that: pandas alone, which does nothing
of the kind.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from benchmarks.lake.children import Cost, by_hand, in_child, tell
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.imports.conversion import Dataset, convert

ROWS: Final = 1_000_000
LEAST_RATIO: Final = 5
_MEMORY: Final = 1024 * 1024 * 1024
"""Half of what the function has."""
_FIRST_ID: Final = 7_320_768_196_569_599_275
_WORDS: Final = ("summer", "receita", "façon", "dance", "fyp", "trend", "learn", "коты", "料理", "story", "with", "the")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file took, the same by hand, and what pandas takes to read and write it as it is."""

    rows: int
    megabytes: float
    imported: Cost
    by_hand: Cost
    unchecked: Cost

    @property
    def ratio(self) -> float:
        """How many times as fast the import was, by the clock."""
        return self.by_hand.seconds / self.imported.seconds


def measure(rows: int = ROWS) -> Imported:
    """Import so many rows both ways.

    Raises:
        RuntimeError: a process failed, or rows were lost.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "videos.csv"
        write_csv(file, rows)
        hand = by_hand("import_csv", file, Path(folder) / "hand")
        unchecked = by_hand("read_csv", file, Path(folder) / "unchecked")
        found = in_child("benchmarks.dataset_import", "--child", file)
        megabytes = file.stat().st_size / 1e6
    if not hand.found["rows"] == found.found["tables"].get("videos") == rows:
        raise RuntimeError(f"{rows} rows were asked for: {hand.found} by hand, {found.found} by the import.")
    return Imported(rows, megabytes, found, hand, unchecked)


def write_csv(path: Path, rows: int) -> None:
    """Write a file with the columns of the Research API, as R and Python clients save them."""
    words = [*_WORDS]
    text = (
        "array_to_string(list_transform(range((2 + hash(n) % 20)::BIGINT), "
        f"lambda w: list_extract({words!r}, 1 + (hash(n, w) % {len(words)})::INTEGER)), ' ')"
    )
    columns = (
        f"{_FIRST_ID} - n * 8589934592 + hash(n) % 1000000 AS id",
        "'account_' || (hash(n, 'owner') % 20000) AS username",
        f"({_FIRST_ID} - n * 8589934592) // 4294967296 AS create_time",
        "list_extract(['US', 'DE', 'BR', 'ID', 'GB'], 1 + (hash(n, 'region') % 5)::INTEGER) AS region_code",
        f"{text} || ', \"quoted\" #fyp' AS video_description",
        f"{_FIRST_ID} - hash(n, 'music') % 400000 * 4294967296 AS music_id",
        "hash(n, 'views') % 1000000 AS view_count",
        "hash(n, 'likes') % 100000 AS like_count",
        "hash(n, 'comments') % 1000 AS comment_count",
        "hash(n, 'shares') % 500 AS share_count",
        "hash(n, 'saves') % 5000 AS favorites_count",
        "'[''fyp'', ''tag' || (hash(n) % 5000) || ''']' AS hashtag_names",
        "5 + hash(n, 'length') % 180 AS video_duration",
        "'of the author' AS note",
    )
    with engine(EngineLimits(memory=2 * 1024**3)) as connection:
        _copy(connection, f"SELECT {', '.join(columns)} FROM range({rows}) AS numbers(n)", path)


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    connection.execute(f"COPY ({sql}) TO {quoted(str(path))} (FORMAT csv, HEADER)")


def _child(file: Path) -> Callable[[], dict[str, Any]]:
    dataset = Dataset(path=file, name=file.name, key=f"imports/{file.name}", import_id="bench", imported_at=_now())

    def work() -> dict[str, Any]:
        with TemporaryDirectory() as folder:
            converted = convert(dataset, Path(folder), engine_limits=EngineLimits(memory=_MEMORY))
            rows: dict[str, int] = {}
            for each in converted.files:
                rows[each.table] = rows.get(each.table, 0) + each.rows
        return {"tables": rows, "problem": converted.report.problem}

    return work


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--child"]:
        tell(_child(Path(sys.argv[2])))
        return
    found = measure(int(sys.argv[1]) if sys.argv[1:] else ROWS)
    print(
        f"{found.rows:,} rows, {found.megabytes:.0f} MB of CSV: {found.imported.seconds:.1f} s "
        f"({found.imported.cpu:.1f} s of CPU) and at most {found.imported.megabytes:.0f} MB; by hand "
        f"{found.by_hand.seconds:.1f} s and {found.by_hand.megabytes:.0f} MB: {found.ratio:.1f} times as fast; "
        f"pandas alone, nothing checked: {found.unchecked.seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
