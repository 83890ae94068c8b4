"""Pseudonyms of the people in a table, each made once: names repeat over millions of rows."""

from collections.abc import Iterator
from typing import Final

import duckdb

from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.columns import Column, ColumnType, Discloses
from tiktok_lake.engine import identifier

_TABLE: Final = "people"
_AT_ONCE: Final = 50_000


class PeopleTable:
    """A table of the connection that holds the pseudonym of each name and number that was learnt."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, people: Pseudonyms) -> None:
        self._connection = connection
        self._of = {Discloses.NAME: people.of_name, Discloses.PERSON_ID: people.of_id}
        connection.execute(f"CREATE TEMP TABLE {_TABLE} (kind VARCHAR, given VARCHAR, pseudonym VARCHAR)")

    def learn(self, columns: list[Column], rows: str) -> None:
        """Makes the pseudonyms of whoever these columns of the table `rows` name and who has none yet."""
        for kind in self._of:
            given = [_text_of(each) for each in columns if each.discloses is kind]
            if given:
                listed = " UNION ".join(f"SELECT {each} AS given FROM {rows}" for each in given)
                self._learn(
                    kind,
                    f"SELECT DISTINCT given FROM ({listed}) WHERE given IS NOT NULL "
                    f"AND given NOT IN (SELECT given FROM {_TABLE} WHERE kind = '{kind}')",
                )

    def joined(self, column: Column, alias: str, rows: str) -> tuple[str, str]:
        """The pseudonym of a column, and the join that finds it; `rows` is what the column's row is called."""
        join = (
            f"LEFT JOIN {_TABLE} {alias} ON {alias}.kind = '{column.discloses}' "
            f"AND {alias}.given = {_text_of(column, rows)}"
        )
        return f"{alias}.pseudonym", join

    def _learn(self, kind: Discloses, sql: str) -> None:
        made = self._of[kind]
        # Read to the end first: the table is written to by the same connection.
        given = [name for names in self._batches(sql) for name in names]
        with self._connection.appender(_TABLE) as appender:
            appender.append_rows((str(kind), name, made(name)) for name in given)

    def _batches(self, sql: str) -> Iterator[list[str]]:
        result = self._connection.execute(sql)
        while batch := result.fetchmany(_AT_ONCE):
            yield [row[0] for row in batch]


def _text_of(column: Column, rows: str = "") -> str:
    name = f"{rows}.{identifier(column.name)}" if rows else identifier(column.name)
    return name if column.type is ColumnType.VARCHAR else f"CAST({name} AS VARCHAR)"
