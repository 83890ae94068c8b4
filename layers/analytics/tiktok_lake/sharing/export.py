"""Exports of a table: rows as a file for analysis or for sharing, or ids alone."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.columns import Column, ColumnType
from tiktok_lake.engine import identifier, quoted
from tiktok_lake.formats import Format, write
from tiktok_lake.reading import ALWAYS, Days, OpenLake
from tiktok_lake.sharing.pseudonymous import PseudonymousTable, kept_columns
from tiktok_lake.tables import COMMENTS, TABLES, USERS, VIDEOS, Table
from tiktok_lake.views import PARTITION, VIEWS

LATEST: Final = {"videos_latest": VIDEOS, "accounts_latest": USERS}
"""Views that can be exported as the tables are that they choose from."""
SHARED_IDS: Final = {
    "videos": "video_id",
    "videos_latest": "video_id",
    "video_stats": "video_id",
    "comments": "comment_id",
    "relations": "video_id",
    "playlists": "playlist_id",
    "trends": "video_id",
}
"""The ids that may be shared alone, by table: none of people."""

type Told = Callable[[int, int], None]
"""Is told how many parts of how many are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """What to export.

    Attributes:
        table: A table, or a view of `LATEST`.
        form: How to write it.
        days: UTC days on which the rows were fetched.
        people: Makes the pseudonyms; None where people are to be named.
        plain: Of CSV: without the marks for spreadsheets.
    """

    table: str
    form: Format
    days: Days = ALWAYS
    people: Pseudonyms | None = None
    plain: bool = False

    @property
    def base(self) -> Table:
        """The table that the rows are of.

        Raises:
            KeyError: there is none of that name.
        """
        return LATEST.get(self.table) or TABLES[self.table]

    @property
    def columns(self) -> Sequence[Column]:
        """The columns of the export."""
        return self.base.columns if self.people is None else kept_columns(self.base)


def export_rows(lake: OpenLake, order: ExportOrder, path: Path, told: Told = lambda *_: None) -> int:
    """Writes the rows into a new file; returns how many.

    Days are worked one after the other, so that memory holds one of them; parts of the file lie beside it meanwhile.

    Raises:
        CollectorError: as `OpenLake.files`.
    """
    parts: list[Path] = []
    rows = 0
    selects = list(_selects(lake, order))
    shown = _Shown(lake, order)
    for number, select in enumerate(selects):
        part = path.with_name(f"{path.name}.{number}")
        rows += write(lake.connection, shown.of(select), part, order.form, plain=order.plain, head=number == 0)
        parts.append(part)
        told(number + 1, len(selects))
    _join(lake, parts, path, order.form)
    return rows


def export_ids(lake: OpenLake, table: str, days: Days, path: Path) -> int:
    """Writes the ids of a table's videos, comments or playlists, one in each line, sorted, each once; how many.

    Ids of TikTok's alone: numbers that imports have made for comments without one are of no use to others.

    Raises:
        InvalidRequest: the table has no ids that may be shared.
        CollectorError: as `OpenLake.files`.
    """
    name = identifier(_shared_id(table))
    rows = _latest(lake, table, days) if table in LATEST else lake.scan(TABLES[table], lake.files(table, days))
    ids = f"SELECT DISTINCT {name} FROM ({rows}) WHERE {name} > 0 ORDER BY 1"
    lake.connection.execute(f"COPY ({ids}) TO {quoted(str(path))} (FORMAT csv, HEADER false)")
    (count,) = lake.connection.fetchone() or (0,)
    return int(count)


class _Shown:
    def __init__(self, lake: OpenLake, order: ExportOrder) -> None:
        self._table: PseudonymousTable | None = None
        objects = [identifier(each.name) for each in order.columns if each.type is ColumnType.JSON]
        self._objects = objects if order.form is Format.JSONL else []
        if order.people is not None:
            videos = lake.scan(VIDEOS, lake.files(VIDEOS.name)) if order.base is COMMENTS else None
            self._table = PseudonymousTable(lake.connection, order.people, order.base, videos)

    def of(self, select: str) -> str:
        shown = select if self._table is None else self._table.part(select)
        if not self._objects:
            return shown
        nested = ", ".join(f"TRY_CAST({each} AS JSON) AS {each}" for each in self._objects)
        return f"SELECT * REPLACE ({nested}) FROM ({shown})"


def _selects(lake: OpenLake, order: ExportOrder) -> Iterator[str]:
    """The rows in parts, at least one: of a table a day each, as far as they are worked in memory; of a view all."""
    if order.table in LATEST:
        yield _latest(lake, order.table, order.days)
        return
    files = lake.files(order.table, order.days)
    days = [list(group) for _, group in groupby(files, key=lambda file: file.day)]
    for group in [files] if order.people is None else days or [[]]:
        yield lake.scan(order.base, group)


def _latest(lake: OpenLake, view: str, days: Days) -> str:
    lake.create_views([view])
    return f"SELECT * FROM {identifier(view)} WHERE {days.condition(PARTITION)}"


def _join(lake: OpenLake, parts: list[Path], path: Path, form: Format) -> None:
    if len(parts) == 1:
        parts[0].replace(path)
        return
    if form is Format.PARQUET:
        listed = ", ".join(quoted(str(each)) for each in parts)
        lake.connection.execute(
            f"COPY (FROM read_parquet([{listed}])) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
    else:
        with path.open("wb") as whole:
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, whole)
                part.unlink()
    for part in parts:
        part.unlink(missing_ok=True)


def _shared_id(table: str) -> str:
    try:
        return SHARED_IDS[table]
    except KeyError as error:
        raise InvalidRequest(f"{table} has no ids that can be shared alone: name {', '.join(SHARED_IDS)}.") from error


EXPORTED: Final = (*TABLES, *(view for view in VIEWS if view in LATEST))
"""What can be exported."""
