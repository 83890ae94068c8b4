"""Rows of text through recognition and mapping, without a file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import duckdb
import msgspec

from tiktok_lake.engine import EngineLimits, engine, identifier
from tiktok_lake.imports.mapping import plan_of
from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.plan import TYPED, Plan
from tiktok_lake.imports.reading.source import LINE, SOURCE, Form, Source
from tiktok_lake.imports.recognition import Recognition, recognise
from tiktok_lake.imports.values.macros import SETUP

IMPORTED_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
BORN = 1_773_878_400
"""2026-03-19 00:00:00 UTC."""

type Row = Mapping[str, str | None]

_CONNECTIONS: list[duckdb.DuckDBPyConnection] = []


@contextmanager
def mapping_engine() -> Iterator[None]:
    """What `mapped` needs: one connection for many tests, since making the functions takes longer than a test."""
    with engine(EngineLimits(memory=256 * 1024 * 1024)) as connection:
        for statement in SETUP:
            connection.execute(statement)
        _CONNECTIONS.append(connection)
        yield
        _CONNECTIONS.remove(connection)


def connection() -> duckdb.DuckDBPyConnection:
    """The connection of `mapping_engine`, with every function that plans call."""
    return _CONNECTIONS[-1]


def video_id(number: int, born: int = BORN) -> str:
    """A made-up id that carries a time as TikTok's do."""
    return str((born << 32) + number * 2_000_003 + 7)


class Mapped(msgspec.Struct, kw_only=True):
    """What became of some rows."""

    recognition: Recognition
    plan: Plan | None = None
    tables: dict[str, list[dict[str, Any]]] = {}
    refused: list[tuple[int, str]] = []
    notes: list[str] = []

    def row(self, table: str = "videos") -> dict[str, Any]:
        """The table's only row, without nulls."""
        (found,) = self.tables[table]
        return {name: value for name, value in found.items() if value is not None}

    @property
    def extra(self) -> dict[str, str]:
        """What the main table's only row keeps as text."""
        assert self.plan is not None
        return msgspec.json.decode(self.row(self.plan.targets[0].table)["extra"], type=dict[str, str])


def source_of(rows: Sequence[Row], *, header: bool = True, inside: str = "", beside: Row | None = None) -> Source:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    given = {name: text for name, text in (beside or {}).items() if text is not None}
    return Source(
        form=Form.JSON_DOCUMENT if inside else Form.DELIMITED,
        columns=columns,
        rows=len(rows),
        header=header,
        inside=inside,
        beside=given,
    )


def mapped(
    rows: Sequence[Row],
    *,
    mapping: MappingFile | None = None,
    header: bool = True,
    inside: str = "",
    beside: Row | None = None,
) -> Mapped:
    """Recognises and maps rows; keys are the file's columns."""
    source = source_of(rows, header=header, inside=inside, beside=beside)
    sample = [{name: row.get(name) for name in source.columns} for row in rows]
    recognition = recognise(source, sample, mapping)
    if recognition.family is None or recognition.leaves_out:
        return Mapped(recognition=recognition)
    plan = plan_of(source, sample, recognition, mapping, IMPORTED_AT)
    duck = connection()
    columns = ", ".join(f"{identifier(name)} VARCHAR" for name in source.columns)
    duck.execute(f"CREATE OR REPLACE TABLE {SOURCE} ({LINE} BIGINT, {columns})")
    marks = ", ".join("?" for _ in range(len(source.columns) + 1))
    for number, row in enumerate(sample, start=1):
        duck.execute(f"INSERT INTO {SOURCE} VALUES ({marks})", [number, *row.values()])  # noqa: S608 - of this module
    duck.execute(f"CREATE OR REPLACE TABLE {TYPED} AS {plan.typed}")
    found = Mapped(recognition=recognition, plan=plan, tables={}, refused=[], notes=[])
    for target in plan.targets:
        found.tables[target.table] = _dicts(duck, f"{target.select} ORDER BY {LINE}")
        if not target.derived:
            found.refused += [(row[LINE], row["reason"]) for row in _dicts(duck, f"{target.rejected} ORDER BY {LINE}")]
    for note in plan.notes:
        (row,) = _dicts(duck, f"SELECT count(*) AS rows FROM {TYPED} WHERE {note.condition}")  # noqa: S608 - a plan's
        count = row["rows"]
        if count:
            found.notes.append(note.sentence.format(rows=count))
    return found


def _dicts(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [each[0] for each in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
