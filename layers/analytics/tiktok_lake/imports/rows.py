"""The rows of an import in DuckDB: one table for each of the row store's, filled part by part."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import duckdb

from tiktok_lake.columns import ColumnType
from tiktok_lake.engine import identifier, quoted
from tiktok_lake.imports.plan import TYPED, Plan, Target
from tiktok_lake.imports.reading.source import LINE, REJECTED, SOURCE
from tiktok_lake.imports.report import SHOWN_LINES, PartReport, QuarantinedLine
from tiktok_lake.tables import PROVENANCE, QUARANTINE, TABLES

_EARLIEST: Final = "2016-01-01"
"""TikTok has nothing older, nor have the row store's tables a partition for it."""
_PROVENANCE: Final = frozenset(column.name for column in PROVENANCE)
_UNLIKELY: Final = "cannot be TikTok's"


class Rows:
    """What is taken of a file, and what is quarantined."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, key: str, name: str, import_id: str, imported_at: datetime
    ) -> None:
        self._connection = connection
        self._key = key
        self._file = name
        self._import_id = import_id
        self.imported_at = imported_at
        self._imported_at = f"TIMESTAMP {quoted(f'{imported_at:%Y-%m-%d %H:%M:%S.%f}')}"
        self._tables: set[str] = set()
        self._set_up: set[str] = set()
        self._reported = 0

    @staticmethod
    def name(table: str) -> str:
        """The table of DuckDB that has the rows for a table of the row store."""
        return f"taken_{table}"

    @property
    def tables(self) -> frozenset[str]:
        """The tables of the row store that rows were filed under."""
        return frozenset(self._tables)

    def unread(self) -> int:
        """How many lines of the file that was read last are no rows."""
        return self._count(f"SELECT count(*) FROM {REJECTED}")

    def take(self, plan: Plan, family: str, part: PartReport) -> None:
        """Takes the rows of the table `source` as a plan says, and counts them in `part`."""
        for statement in plan.setup:
            if statement not in self._set_up:
                self._connection.execute(statement)
                self._set_up.add(statement)
        self._connection.execute(f"CREATE OR REPLACE TABLE {TYPED} AS {plan.typed}")
        for target in plan.targets:
            taken, doubled = self._insert(target, family)
            part.taken[target.table] = part.taken.get(target.table, 0) + taken
            part.duplicates += 0 if target.derived else doubled
        self._quarantine(plan, family, part)
        for note in plan.notes:
            rows = self._count(f"SELECT count(*) FROM {TYPED} WHERE {note.condition}")
            if rows:
                part.notes.append(note.sentence.format(rows=f"{rows:,}"))
        self._connection.execute(f"DROP TABLE {TYPED}")
        self._connection.execute(f"DROP TABLE {SOURCE}")

    def days(self) -> Iterator[tuple[str, str]]:
        """The tables that have rows, each with the UTC days of these."""
        for table in sorted(self._tables):
            found = self._connection.execute(
                f"SELECT DISTINCT fetched_at::DATE::VARCHAR AS day FROM {self.name(table)} ORDER BY day"
            ).fetchall()
            for (day,) in found:
                yield table, day

    def _insert(self, target: Target, family: str) -> tuple[int, int]:
        """Returns the rows taken, and those left out as an earlier line says the same of the same time."""
        self._need(target.table)
        table = TABLES[target.table]
        own = [column.name for column in table.columns if column.name not in _PROVENANCE]
        kept = ", ".join(map(identifier, own))
        fetched = (
            f"CASE WHEN fetched_at BETWEEN TIMESTAMP '{_EARLIEST}' AND {self._imported_at} THEN fetched_at "
            f"ELSE {self._imported_at} END AS fetched_at"
        )
        key = ", ".join(("fetched_at", *map(identifier, target.key)))
        rows = f"(SELECT {LINE}, {fetched}, {kept} FROM ({target.select}))"
        every = self._count(f"SELECT count(*) FROM ({target.select})")
        different = self._count(f"SELECT count(*) FROM (SELECT DISTINCT {key} FROM {rows})")
        # Without this the rows are in the file's order anyway, and sorting them takes as long as writing them.
        order = ""
        if different < every:
            rows = f"(SELECT * FROM {rows} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {LINE}) = 1)"
            order = f" ORDER BY {LINE}"
        self._connection.execute(
            f"INSERT INTO {self.name(target.table)} BY NAME "
            f"SELECT {kept}, fetched_at, {self._provenance(family, LINE)} FROM {rows}{order}"
        )
        return different, every - different

    def _quarantine(self, plan: Plan, family: str, part: PartReport) -> None:
        refused = " UNION ALL ".join(
            f"SELECT {quoted(each.table)} AS target, * FROM ({each.rejected})"
            for each in plan.targets
            if not each.derived
        )
        self._need(QUARANTINE.name)
        if plan.row is not None:
            received = f"SELECT {LINE}, {plan.row} AS received FROM {SOURCE}"
            refused = f"FROM ({refused}) LEFT JOIN ({received}) USING ({LINE})"
        self._file_refused(refused, family)
        self._file_refused(
            f"SELECT {quoted(plan.targets[0].table)} AS target, line AS {LINE}, reason, NULL AS video_id, "
            f"NULL AS comment_id, NULL AS username, to_json({{'text': text}}) AS received FROM {REJECTED}",
            family,
        )
        self._report_refused(part)

    def _file_refused(self, refused: str, family: str) -> None:
        self._connection.execute(
            f"INSERT INTO {self.name(QUARANTINE.name)} BY NAME SELECT target, reason, "
            f"{quoted(self._key)} AS object_key, video_id::BIGINT AS video_id, comment_id::BIGINT AS comment_id, "
            f"username, received::JSON AS row, {self._imported_at} AS fetched_at, {self._provenance(family, LINE)} "
            f"FROM ({refused}) ORDER BY {LINE}"
        )

    def _report_refused(self, part: PartReport) -> None:
        """What this part's rows added to the quarantine, which holds those of earlier parts, too."""
        table = self.name(QUARANTINE.name)
        new = f"(SELECT * FROM {table} ORDER BY rowid OFFSET {self._reported})"
        part.quarantined = dict(
            self._connection.execute(
                f"SELECT reason, count(*) FROM {new} GROUP BY reason ORDER BY count(*) DESC, reason"
            ).fetchall()
        )
        lines = self._connection.execute(
            f"SELECT row_number, reason FROM {new} ORDER BY row_number LIMIT {SHOWN_LINES}"
        ).fetchall()
        part.quarantined_lines = [QuarantinedLine(line, reason) for line, reason in lines]
        part.unlikely_ids = sum(rows for reason, rows in part.quarantined.items() if _UNLIKELY in reason)
        self._reported = self._count(f"SELECT count(*) FROM {table}")

    def _provenance(self, family: str, line: str) -> str:
        """The columns that say where a row comes from, but for `fetched_at`."""
        return (
            f"'import' AS source, {quoted(family)} AS entity, {quoted(self._import_id)} AS run_id, "
            f"{quoted(self._file)} AS task_id, 0 AS generation, 0 AS page, {line} AS row_number, "
            "NULL::VARCHAR[] AS collections"
        )

    def _need(self, table: str) -> None:
        if table not in self._tables:
            # JSON is plain text in the files, which every reader knows.
            columns = ", ".join(
                f"{identifier(each.name)} {'VARCHAR' if each.type is ColumnType.JSON else each.type}"
                for each in TABLES[table].columns
            )
            self._connection.execute(f"CREATE TABLE {self.name(table)} ({columns})")
            self._tables.add(table)

    def _count(self, query: str) -> int:
        (number,) = self._connection.execute(query).fetchone() or (0,)
        return int(number)
