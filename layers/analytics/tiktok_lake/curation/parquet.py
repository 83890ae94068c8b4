"""From the lines of a batch to Parquet files, one for each table and day."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from tiktok_lake.curation.forms import FORMS, rows_sql, stats_sql
from tiktok_lake.curation.spool import Spool
from tiktok_lake.curation.written import Written
from tiktok_lake.engine import quoted
from tiktok_lake.tables import VIDEO_STATS, VIDEOS


def write_tables(connection: duckdb.DuckDBPyConnection, spool: Spool) -> Iterator[Written]:
    """Makes the files of a spool that is complete, beside its lines, one after another.

    Raises:
        duckdb.Error: a line is none that DuckDB reads; some files may have been given before.
    """
    for (table, day), forms in spool.parts().items():
        sql = " UNION ALL ".join(rows_sql(FORMS[form], files, spool.longest[form]) for form, files in forms.items())
        written = copy(connection, sql, table, day, spool.folder)
        yield written
        if table == VIDEOS.name:
            yield copy(connection, stats_sql(str(written.path)), VIDEO_STATS.name, day, spool.folder)


def copy(connection: duckdb.DuckDBPyConnection, sql: str, table: str, day: str, folder: Path) -> Written:
    """What `sql` gives as a file of zstd Parquet.

    Raises:
        duckdb.Error: DuckDB cannot do it.
    """
    path = folder / f"{table}.{day}.parquet"
    # The lowest level takes half the time of the usual one, and short texts get no larger by it.
    connection.execute(f"COPY ({sql}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
    found = connection.fetchone()
    return Written(table, day, path, found[0] if found else 0)
