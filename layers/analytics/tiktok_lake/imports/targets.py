"""The tables that rows go to: of each the queries for the rows to take, and for those to refuse."""

from collections.abc import Iterator, Sequence
from typing import Final

from tiktok_lake.engine import identifier
from tiktok_lake.imports.mapped_table import COUNTERS, MappedTable
from tiktok_lake.imports.plan import TYPED, Target
from tiktok_lake.imports.reading.source import LINE
from tiktok_lake.imports.refusals import Refusals
from tiktok_lake.tables import PROVENANCE, TABLES

EXTRA: Final = "_extra"
FETCHED: Final = "_fetched_at"
REASON: Final = "_reason"
"""Of each table: why its row is refused, or null."""
RECEIVED: Final = "_row"
"""Of what is refused, an element of a list of rows as received."""
_PROVENANCE: Final = frozenset(each.name for each in PROVENANCE)


def targets_of(tables: Sequence[MappedTable], refusals: Refusals, *, received: bool) -> Iterator[Target]:
    """The tables of the row store, the one that the file is about first.

    Args:
        tables: What is read for each; the first is what the file is about.
        refusals: What ids are taken.
        received: Whether the stage of typed values has what is refused as received.
    """
    targets = _Targets(tables[0], refusals, received=received)
    for table in tables:
        if table is not tables[0] and not table.reads:
            continue
        yield targets.of(table, table.name, derived=table.map.derived)
        if table.name == "videos" and any(each in table.reads for each in COUNTERS):
            yield targets.of(table, "video_stats", derived=True)


class _Targets:
    def __init__(self, main: MappedTable, refusals: Refusals, *, received: bool) -> None:
        self._main = main
        self._refusals = refusals
        self._received = received

    def of(self, table: MappedTable, name: str, *, derived: bool) -> Target:
        taken = self._says_something(table, name, derived=derived)
        refused = [LINE, f"{table.column(REASON)} AS reason", *self._named(table)]
        refused += [f"{RECEIVED} AS received"] if self._received else []
        mapped = {column: names for column, names in table.mapped.items() if column in TABLES[name].names}
        return Target(
            table=name,
            select=f"SELECT {LINE}, {FETCHED} AS fetched_at, {', '.join(self._columns_of(table, name))} "
            f"FROM {TYPED} WHERE {taken}",
            rejected=f"SELECT {', '.join(refused)} FROM {TYPED} WHERE {table.column(REASON)} IS NOT NULL",
            key=(*TABLES[name].key, *(each for each in table.map.more_key if name == table.name)),
            derived=derived,
            mapped=mapped,
        )

    def _columns_of(self, table: MappedTable, name: str) -> Iterator[str]:
        for column in TABLES[name].columns:
            if column.name in _PROVENANCE:
                continue
            if column.name == "extra":
                yield f"{EXTRA if table is self._main else 'NULL'}::JSON AS extra"
            elif column.name == "created_at":
                yield f"make_timestamp({table.column('create_time')} * 1000000) AS created_at"
            else:
                yield f"{table.column(column.name)} AS {identifier(column.name)}"

    def _named(self, table: MappedTable) -> Iterator[str]:
        own = table.own_columns()
        for column in ("video_id", "comment_id"):
            held = table.column(column)
            yield (
                f"CASE WHEN {self._refusals.likely(held)} THEN {held} END AS {column}"
                if column in own
                else (f"NULL::BIGINT AS {column}")
            )
        yield f"{table.column('username')} AS username" if "username" in own else "NULL::VARCHAR AS username"

    def _says_something(self, table: MappedTable, name: str, *, derived: bool) -> str:
        """SQL of whether a row belongs into the table."""
        tests = [f"{self._main.column(REASON)} IS NULL"]
        if table is not self._main:
            tests.append(f"{table.column(REASON)} IS NULL")
        if name == "video_stats":
            tests.append(f"({_any_given(table, COUNTERS)})")
        elif derived:
            told = [each for each in table.reads if each not in TABLES[name].key and each != "author_id"]
            tests += [f"({_any_given(table, told)})"] if told else []
        return " AND ".join(tests)


def _any_given(table: MappedTable, columns: Sequence[str]) -> str:
    return " OR ".join(f"{table.column(each)} IS NOT NULL" for each in columns)
