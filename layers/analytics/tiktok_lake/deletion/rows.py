"""Deletes rows: finds the files that hold some, and puts each back without them."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.objects import StoredObject
from tiktok_lake.deletion.changing import forget_old_versions
from tiktok_lake.deletion.doomed import IN_ORDER
from tiktok_lake.deletion.looking import Looking
from tiktok_lake.deletion.mentions import Mentions
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.deletion.raw_index import PageOfRow, RawIndex
from tiktok_lake.deletion.statements import Statements, load, statements
from tiktok_lake.deletion.unchanging import UnchangingFiles
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.groups import in_groups
from tiktok_lake.keys import day_of
from tiktok_lake.tables import Table

if TYPE_CHECKING:
    import duckdb

ROW_STORE: Final = "row store"
_MOST_FILES: Final = 100
_MOST_BYTES: Final = 256 * 1024 * 1024
_THREADS: Final = 8
_PAGE: Final = "source, entity, run_id, task_id, generation, page"


@dataclass(frozen=True, slots=True)
class Local:
    """A file of the row store that was fetched."""

    key: str
    path: Path


@dataclass(frozen=True, slots=True)
class _Work:
    """One order under way."""

    state: OrderState
    index: RawIndex
    connection: "duckdb.DuckDBPyConnection"
    mentions: Mentions


class RowDeletion:
    """Deletes rows of one bucket's row store. Files without doomed rows are only read."""

    def __init__(self, files: LakeFiles, orders: OrderStore, limits: EngineLimits) -> None:
        self._files = files
        self._orders = orders
        self._limits = limits

    def delete(self, state: OrderState, index: RawIndex, deadline: Deadline) -> bool:
        """Deletes what the order dooms, and notes the raw pages that its rows came in; a kill may come at any time.

        Returns:
            Whether it is done; if not, the deadline came first.
        """
        doomed = state.all_doomed
        if not doomed.accounts and doomed.before is None:
            looking = Looking(self._files, self._limits)
            state.scanned = [*state.scanned, *looking.clean(doomed, frozenset(state.scanned), deadline)]
        with engine(self._limits) as connection:
            load(connection, doomed)
            work = _Work(state, index, connection, Mentions(doomed.accounts))
            for table in IN_ORDER:
                for group in self._groups(table, state):
                    if deadline.passed:
                        return False
                    self._delete_in(group, table, work)
        forget_old_versions(self._files, state, ROW_STORE)
        return True

    def _groups(self, table: Table, state: OrderState) -> Iterator[list[StoredObject]]:
        scanned = set(state.scanned)
        return groups(each for each in list(self._files.of_table(table.name)) if each.key not in scanned)

    def _delete_in(self, group: list[StoredObject], table: Table, work: _Work) -> None:
        state, connection = work.state, work.connection
        before = state.all_doomed.before
        old = [each.key for each in group if before is not None and day_of(each.key) < before.isoformat()]
        with fetched(self._files, group, self._limits.scratch) as local:
            what = statements(table, columns_of(connection, local), state.all_doomed, work.mentions)
            effects = {
                key: _effect(table, rows, rows if key in old else gone, 0 if key in old else changed)
                for key, rows, gone, changed in _counted(connection, local, what)
                if key in old or gone or changed
            }
            touched = [each for each in local if each.key in effects]
            if touched:
                # Written down first: what is gone cannot be counted again.
                state.effects.setdefault(ROW_STORE, {}).update(effects)
                kept = [each for each in touched if each.key not in old]
                state.pages = sorted({*state.pages, *work.index.keys_of(_pages(connection, kept, what))})
                self._orders.save(state)
            for each in touched:
                if effects[each.key].removed:
                    self._files.remove([each.key])
                else:
                    self._rewrite(connection, each, what)
        state.scanned = [*state.scanned, *(each.key for each in group)]

    def _rewrite(self, connection: "duckdb.DuckDBPyConnection", file: Local, what: Statements) -> None:
        if isinstance(self._files, UnchangingFiles):
            return
        new = file.path.with_suffix(".new")
        connection.execute(
            f"COPY (SELECT {what.kept} FROM read_parquet({quoted(str(file.path))}) WHERE NOT {what.goes}) "
            f"TO {quoted(str(new))} (FORMAT parquet, COMPRESSION zstd)"
        )
        self._files.put(file.key, new)
        new.unlink()


def groups(stored: Iterable[StoredObject]) -> Iterator[list[StoredObject]]:
    """Files that are looked at together."""
    return in_groups(stored, most_bytes=_MOST_BYTES, most=_MOST_FILES)


class fetched:  # noqa: N801 - a context manager
    """The files of a group in a folder that is there for the block."""

    def __init__(self, files: LakeFiles, group: list[StoredObject], scratch: Path | None) -> None:
        self._files = files
        self._group = group
        self._folder = TemporaryDirectory(dir=scratch)

    def __enter__(self) -> list[Local]:
        """Fetches them, several at a time."""
        folder = Path(self._folder.__enter__())
        local = [Local(each.key, folder / f"{number}.parquet") for number, each in enumerate(self._group)]
        with ThreadPoolExecutor(_THREADS) as pool:
            for _ in pool.map(lambda each: self._files.fetch(each.key, each.path), local):
                pass
        return local

    def __exit__(self, *_: object) -> None:
        """Removes them."""
        self._folder.cleanup()


def source_of(local: Iterable[Local]) -> str:
    """The files as a table of SQL, each row with its `filename`; columns that a file lacks are null."""
    paths = ", ".join(quoted(str(each.path)) for each in local)
    return f"read_parquet([{paths}], union_by_name=true, filename=true)"


def columns_of(connection: "duckdb.DuckDBPyConnection", local: list[Local]) -> set[str]:
    """The columns that any of the files has."""
    return {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source_of(local)}").fetchall()}


def _counted(
    connection: "duckdb.DuckDBPyConnection", local: list[Local], what: Statements
) -> Iterator[tuple[str, int, int, int]]:
    """Of each file: its key, its rows, those that go, and those that change."""
    found = connection.execute(
        f"SELECT filename, count(*), count(*) FILTER (goes), count(*) FILTER (NOT goes AND changes) "
        f"FROM (SELECT filename, {what.goes} AS goes, {what.changes} AS changes FROM {source_of(local)}) GROUP BY ALL"
    ).fetchall()
    keys = {str(each.path): each.key for each in local}
    for filename, rows, goes, changes in found:
        yield keys[filename], rows, goes, changes


def _pages(connection: "duckdb.DuckDBPyConnection", local: list[Local], what: Statements) -> Iterator[PageOfRow]:
    if not local:
        return
    for row in connection.execute(
        f"SELECT DISTINCT {_PAGE} FROM {source_of(local)} WHERE {what.goes} OR {what.changes}"
    ).fetchall():
        yield PageOfRow(*row)


def _effect(table: Table, rows: int, gone: int, changed: int) -> Effect:
    return Effect(kind=table.name, deleted=gone, changed=changed, removed=gone == rows)
