"""Counts and sums by cells that are large enough to be shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tiktok_collector.errors import InvalidRequest
from tiktok_lake.columns import Column, ColumnType, Discloses
from tiktok_lake.engine import identifier
from tiktok_lake.formats import Format, write
from tiktok_lake.reading import ALWAYS, Days, OpenLake
from tiktok_lake.sharing.cells import Cell, Smallest, held_back
from tiktok_lake.tables import COMMENTS, PROVENANCE, USERS, VIDEOS, Table
from tiktok_lake.views import PARTITION, latest

COUNTED: Final[Mapping[str, tuple[Table, str]]] = MappingProxyType(
    {
        "videos": (VIDEOS, "video_id"),
        "videos_latest": (VIDEOS, "video_id"),
        "users": (USERS, "username"),
        "accounts_latest": (USERS, "username"),
        "comments": (COMMENTS, "comment_id"),
    }
)
"""What can be counted, and by which column each thing is counted once, as it was fetched last."""
_OF_TIME: Final = {
    "created_day": "strftime(created_at, '%Y-%m-%d')",
    "created_month": "strftime(created_at, '%Y-%m')",
    "created_year": "strftime(created_at, '%Y')",
}
_OF_PARTITION: Final = {"fetched_day": PARTITION}
_OF_HASHTAGS: Final = {"hashtag": "unnest(list_distinct(hashtag_names))"}
_MARK: Final = "_count"
_TYPES: Final = frozenset({ColumnType.VARCHAR, ColumnType.BOOLEAN, ColumnType.BIGINT, ColumnType.INTEGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateOrder:
    """What to count.

    Attributes:
        table: One of `COUNTED`.
        by: The dimensions of the cells.
        smallest: What a cell must have to be shown.
        days: UTC days on which the newest rows were fetched.
        plain: Whether the CSV is without the marks for spreadsheets.
    """

    table: str
    by: tuple[str, ...]
    smallest: Smallest
    days: Days = ALWAYS
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cells are shown, and how many were held back."""

    shown: int
    held_back: int


def dimensions(table: str) -> dict[str, str]:
    """What a table can be counted by, and the SQL of each.

    Raises:
        InvalidRequest: it cannot be counted.
    """
    base, _ = _counted(table)
    left_out = {each.name for each in PROVENANCE} - {"source", "entity"} | {"create_time"}
    found = {each.name: identifier(each.name) for each in base.columns if _is_dimension(each, left_out)}
    if "created_at" in base.names:
        found |= _OF_TIME
    if "hashtag_names" in base.names:
        found |= _OF_HASHTAGS
    return found | _OF_PARTITION


def aggregate(lake: OpenLake, order: AggregateOrder, path: Path) -> Counted:
    """Writes the cells that may be shared into a new CSV file.

    Raises:
        InvalidRequest: the table cannot be counted, or not by that.
        CollectorError: as `OpenLake.files`.
    """
    base, key = _counted(order.table)
    sql_of = dimensions(order.table)
    unknown = [each for each in order.by if each not in sql_of]
    if unknown or not order.by:
        wrong = f"by {unknown[0]}" if unknown else "by nothing"
        raise InvalidRequest(f"{order.table} cannot be counted {wrong}: choose from {', '.join(sorted(sql_of))}.")
    connection = lake.connection
    connection.execute(f"CREATE VIEW {base.name} AS {lake.scan(base, lake.files(base.name))}")
    rows = f"SELECT * FROM ({latest(base, key)}) WHERE {order.days.condition(PARTITION)}"
    connection.execute(f"CREATE TEMP TABLE cells AS {_cells(base, rows, {each: sql_of[each] for each in order.by})}")
    cells = [_cell(row) for row in connection.execute(_places(order.by)).fetchall()]
    hidden = held_back(cells, order.smallest)
    connection.execute("DELETE FROM cells WHERE list_contains($1::BIGINT[], _n)", [[each + 1 for each in hidden]])
    write(connection, "SELECT * EXCLUDE (_n, _known) FROM cells ORDER BY _n", path, Format.CSV, plain=order.plain)
    return Counted(len(cells) - len(hidden), len(hidden))


def _counted(table: str) -> tuple[Table, str]:
    try:
        return COUNTED[table]
    except KeyError as error:
        raise InvalidRequest(f"{table} cannot be counted in cells: name {', '.join(COUNTED)}.") from error


def _is_dimension(column: Column, left_out: set[str]) -> bool:
    plain = column.discloses is Discloses.NOTHING and column.names is None and column.type in _TYPES
    return plain and column.name not in left_out and not column.name.endswith(_MARK)


def _cells(base: Table, rows: str, by: Mapping[str, str]) -> str:
    """The cells in order; `accounts` is null where a row does not say whose it is, `_known` where none does."""
    sums = [each.name for each in base.columns if each.name.endswith(_MARK)]
    inner = [f"{sql} AS {identifier(name)}" for name, sql in by.items()]
    inner += [f"{identifier(each)} AS {identifier(f'_{each}')}" for each in sums]
    places = ", ".join(identifier(each) for each in by)
    totals = [f"sum({identifier(f'_{each}')}) AS {identifier(f'{each}_sum')}" for each in sums]
    accounts = "CASE WHEN count(_account) = count(*) THEN count(DISTINCT _account) END AS accounts"
    known = "nullif(count(DISTINCT _account), 0) AS _known"
    return (
        f"SELECT row_number() OVER (ORDER BY {places}) AS _n, {places}, count(*) AS rows, "
        f"{', '.join([accounts, known, *totals])} "
        f"FROM (SELECT {', '.join(inner)}, username AS _account FROM ({rows})) GROUP BY {places}"
    )


def _places(by: tuple[str, ...]) -> str:
    places = ", ".join(f"CAST({identifier(each)} AS VARCHAR)" for each in by)
    return f"SELECT rows, _known, {places} FROM cells ORDER BY _n"


def _cell(row: tuple[object, ...]) -> Cell:
    rows, accounts, *place = row
    return Cell(
        tuple(None if each is None else str(each) for each in place),
        int(str(rows)),
        None if accounts is None else int(str(accounts)),
    )
