"""Synthetic rows of the row store, and files of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tiktok_lake.columns import ColumnType
from tiktok_lake.engine import engine, identifier, quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.tables import Table

FETCHED = datetime(2026, 11, 20, 6, tzinfo=UTC)

_FILLED: Mapping[str, Any] = {
    "fetched_at": FETCHED,
    "source": "tiktok_research_api",
    "entity": "videos",
    "run_id": "run-1",
    "task_id": "t1",
    "generation": 0,
    "page": 1,
    "collections": ["everyone"],
}


def rows_of(table: Table, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Whole rows: what is not given is null, but for where they come from; `row_number` counts."""
    empty = dict.fromkeys(table.names)
    return [{**empty, **_FILLED, "row_number": number, **row} for number, row in enumerate(rows)]


def create(connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """A table of DuckDB with these rows, and `dt` beside the columns."""
    columns = ", ".join(f"{identifier(each.name)} {each.type}" for each in table.columns)
    connection.execute(f"CREATE TABLE {identifier(name)} ({columns}, dt VARCHAR)")
    for row in rows_of(table, rows):
        values = [_value(row[each.name], each.type) for each in table.columns]
        day = row["fetched_at"].date().isoformat()
        marks = ", ".join("?" * (len(values) + 1))
        connection.execute(f"INSERT INTO {identifier(name)} VALUES ({marks})", [*values, day])  # noqa: S608


def write(path: Path, table: Table, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A Parquet file of the row store with these rows; its folder is made."""
    return write_without(path, table, rows, ())


def write_without(path: Path, table: Table, rows: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> Path:
    """The same as an older version would have written it, which did not know some columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with engine() as connection:
        create(connection, table, rows, "rows")
        target = quoted(str(path))
        left_out = ", ".join(("dt", *missing))
        connection.execute(
            f"COPY (SELECT * EXCLUDE ({left_out}) FROM rows) TO {target} (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608
        )
    return path


def read(
    connection: duckdb.DuckDBPyConnection,
    files: LakeFiles,
    keys: Sequence[str],
    columns: str = "*",
    where: str = "true",
) -> list[dict[str, Any]]:
    """Rows that a bucket has in these files."""
    if not keys:
        return []
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.parquet" for number in range(len(keys))]
        for key, path in zip(keys, paths, strict=True):
            files.fetch(key, path)
        names = ", ".join(quoted(str(path)) for path in paths)
        source = f"read_parquet([{names}], union_by_name = true)"
        found = connection.execute(f"SELECT {columns} FROM {source} WHERE {where}")  # noqa: S608 - a test's own
        head = [each[0] for each in found.description or ()]
        return [dict(zip(head, row, strict=True)) for row in found.fetchall()]


def _value(value: Any, column: ColumnType) -> Any:
    # DuckDB turns a time with a zone into the zone's; the row store's are UTC without one.
    return value.replace(tzinfo=None) if column is ColumnType.TIMESTAMP and value is not None else value
