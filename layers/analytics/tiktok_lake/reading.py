"""The row store opened for reading: tables by name, their files as one relation, and nothing else of the machine."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from tiktok_collector.errors import InvalidRequest
from tiktok_lake.columns import Column, ColumnType
from tiktok_lake.engine import EngineLimits, engine, identifier, quoted
from tiktok_lake.sources import LakeFile, Source
from tiktok_lake.tables import TABLES, Table
from tiktok_lake.views import PARTITION, VIEWS, tables_of

EMPTY: Final = "The row store is empty: nothing has been curated or imported yet."
_NO_DAY: Final = "0000-00-00"


class LakeEmpty(InvalidRequest):
    """There are no rows at all."""


@dataclass(frozen=True, slots=True)
class Days:
    """UTC days of `fetched_at`, both ends included; None for no end. `YYYY-MM-DD`."""

    first: str | None = None
    last: str | None = None

    def hold(self, day: str) -> bool:
        """Whether a partition's day is one of them."""
        return (self.first or day) <= day <= (self.last or day)

    def condition(self, column: str) -> str:
        """The same of a column, in SQL."""
        tests = [f"{column} {sign} {quoted(day)}" for sign, day in ((">=", self.first), ("<=", self.last)) if day]
        return " AND ".join(tests) or "true"


ALWAYS: Final = Days()


class OpenLake:
    """The row store and a connection that reads it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> None:
        self.connection = connection
        self.folder = folder
        """Removed when the row store is closed."""
        self.source = source

    def files(self, table: str, days: Days = ALWAYS) -> list[LakeFile]:
        """The files of a table that hold rows of these days. Raises as `Source.files`."""
        return [each for each in self.source.files(table) if days.hold(each.day)]

    def scan(self, table: Table, files: Iterable[LakeFile]) -> str:
        """A SELECT of a table's columns and `dt` from some of its files; a column that a file lacks is null there."""
        # The first file has all columns and no row, so that any others will do, none as well.
        paths = [str(self._empty(table)), *(each.path for each in files)]
        listed = ", ".join(quoted(each) for each in paths)
        names = ", ".join([*(_text(each) for each in table.columns), PARTITION])
        options = "union_by_name = true, hive_partitioning = true, hive_types = {'dt': VARCHAR}"
        return f"SELECT {names} FROM read_parquet([{listed}], {options})"

    def check_rows(self) -> None:
        """Returns if there are any rows.

        Raises:
            LakeEmpty: not one of the row store's tables has a file.
            CollectorError: as `files`.
        """
        if not any(self.files(name) for name in TABLES):
            raise LakeEmpty(EMPTY)

    def create_views(self, names: Iterable[str]) -> None:
        """Makes these tables and views known to the connection by their names.

        Raises:
            LakeEmpty: not one of the row store's tables has a file.
            KeyError: there is no such table or view.
            CollectorError: as `files`.
        """
        views = [name for name in names if name in VIEWS]
        tables = dict.fromkeys([*(each for each in names if each in TABLES), *(t for v in views for t in tables_of(v))])
        listed = {name: self.files(name) for name in tables}
        if listed and not any(listed.values()):
            self.check_rows()
        for name, files in listed.items():
            self.connection.execute(f"CREATE VIEW {identifier(name)} AS {self.scan(TABLES[name], files)}")
        for name in views:
            self.connection.execute(f"CREATE VIEW {identifier(name)} AS {VIEWS[name]}")

    def lock(self, folder: Path | None = None) -> None:
        """From now on the connection reads the row store, writes into `folder` alone, and can be changed no more."""
        folders = [self.folder, *([folder.resolve()] if folder else [])]
        allowed = ", ".join(quoted(each) for each in (self.source.where, *(f"{each}/" for each in folders)))
        self.connection.execute(f"SET allowed_directories = [{allowed}]")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    def _empty(self, table: Table) -> Path:
        path = self.folder / "empty" / table.name / f"{PARTITION}={_NO_DAY}" / "empty.parquet"
        if not path.exists():
            path.parent.mkdir(parents=True)
            columns = ", ".join(f"CAST(NULL AS {_stored(each)}) AS {identifier(each.name)}" for each in table.columns)
            self.connection.execute(f"COPY (SELECT {columns} WHERE false) TO {quoted(str(path))} (FORMAT parquet)")
        return path


def _stored(column: Column) -> str:
    """JSON is text in the files, as it is in Athena."""
    return ColumnType.VARCHAR if column.type is ColumnType.JSON else column.type


def _text(column: Column) -> str:
    name = identifier(column.name)
    return f"CAST({name} AS VARCHAR) AS {name}" if column.type is ColumnType.JSON else name


@contextmanager
def opened(source: Source, limits: EngineLimits) -> Iterator[OpenLake]:
    """The row store of a source, closed at the end.

    Raises:
        LakeChanged: a file was replaced or removed while it was read.
        CollectorError: as `Source.files`, also where a file cannot be read later.
    """
    with TemporaryDirectory(dir=limits.scratch) as folder, engine(limits) as connection:
        # Otherwise the name of a table could be that of a variable of ours.
        connection.execute("SET python_enable_replacements = false")
        source.attach(connection)
        try:
            yield OpenLake(connection, source, Path(folder))
        except duckdb.Error as error:
            source.explain(error)
            raise
