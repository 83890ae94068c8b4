"""Delimited text into the table: by DuckDB if it is regular, else row by row with what was irregular set aside."""

from pathlib import Path

import duckdb

from tiktok_lake.engine import identifier, quoted
from tiktok_lake.imports.reading.dialect import Dialect, dialect_of
from tiktok_lake.imports.reading.options import ReadingLimits, ReadingOptions
from tiktok_lake.imports.reading.problems import UnusableFile
from tiktok_lake.imports.reading.ragged import regularised
from tiktok_lake.imports.reading.source import LINE, REJECTED, SOURCE, Form, Source
from tiktok_lake.imports.reading.text import Text


def read_delimited(
    connection: duckdb.DuckDBPyConnection, text: Text, scratch: Path, limits: ReadingLimits, options: ReadingOptions
) -> Source:
    """Fills the tables `source` and `source_rejected` from a file of delimited text.

    Raises:
        UnusableFile: it has no rows, or too many columns.
    """
    dialect = dialect_of(text.path, options)
    if len(dialect.names) > limits.columns:
        raise UnusableFile(f"The file has {len(dialect.names):,} columns, and at most {limits.columns:,} are read.")
    columns, notes = dialect.names, text.notes
    try:
        _read(connection, text.path, dialect)
        _count_lines(connection, dialect, text.line_feeds)
    except duckdb.Error:
        # DuckDB's strict reader takes regular text only, and is many times faster than what follows.
        target = scratch / "regular.csv"
        regular = regularised(text.path, target, dialect, limits)
        columns, notes = regular.columns, (*notes, *regular.notes)
        _read_regular(connection, target, columns)
        if regular.rejected:
            connection.executemany(f"INSERT INTO {REJECTED} VALUES (?, ?, ?)", regular.rejected)
        target.unlink()
    if not dialect.header and options.header is None:
        notes = (*notes, "The first row names no columns, so they are called column_1, column_2 …")
    return Source(
        form=Form.DELIMITED,
        columns=columns,
        rows=_number(connection, f"SELECT count(*) FROM {SOURCE}"),
        header=dialect.header or options.header is not None,
        encoding=text.encoding,
        delimiter=dialect.delimiter,
        notes=notes,
    )


def _read(connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect) -> None:
    reader = _reader(path, dialect.names, dialect.delimiter, header=dialect.header)
    connection.execute(f"CREATE OR REPLACE TABLE {SOURCE} AS SELECT * FROM {reader}")
    # Numbered afterwards, in the order of the file: DuckDB reads with one thread what it numbers meanwhile.
    connection.execute(f"ALTER TABLE {SOURCE} ADD COLUMN {LINE} BIGINT")
    connection.execute(f"UPDATE {SOURCE} SET {LINE} = rowid + {1 + int(dialect.header)}")


def _read_regular(connection: duckdb.DuckDBPyConnection, path: Path, columns: tuple[str, ...]) -> None:
    connection.execute(
        f"CREATE OR REPLACE TABLE {SOURCE} AS SELECT * REPLACE ({LINE}::BIGINT AS {LINE}) "
        f"FROM {_reader(path, (LINE, *columns), ',', header=False)}"
    )


def _reader(path: Path, names: tuple[str, ...], delimiter: str, *, header: bool) -> str:
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({quoted(str(path))}, auto_detect = false, delim = {quoted(delimiter)}, quote = '\"', escape = '\"', "
        f"header = {header}, columns = {{{columns}}})"
    )


def _count_lines(connection: duckdb.DuckDBPyConnection, dialect: Dialect, line_feeds: int) -> None:
    """Numbers rows by lines where cells hold line ends, so that a person finds the row; empty lines are not seen."""
    rows = _number(connection, f"SELECT count(*) FROM {SOURCE}")
    if line_feeds <= rows + int(dialect.header):
        return
    held = " + ".join(
        f"coalesce(len({name}) - len(replace({name}, chr(10), '')), 0)" for name in map(identifier, dialect.names)
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {SOURCE} AS SELECT * REPLACE ({LINE} + coalesce(sum({held}) OVER ("
        f"ORDER BY {LINE} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS {LINE}) FROM {SOURCE}"
    )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    (number,) = connection.execute(query).fetchone() or (0,)
    return int(number)
