"""Rows without names: pseudonyms in their place, and nothing that is not known to be harmless."""

from typing import Final

import duckdb

from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.columns import Column, Discloses
from tiktok_lake.engine import identifier
from tiktok_lake.sharing.people import PeopleTable
from tiktok_lake.sharing.texts import Texts
from tiktok_lake.tables import COMMENTS, TRENDS, Table
from tiktok_lake.views import PARTITION

_ROWS: Final = "chosen"
_LEFT_OUT: Final = frozenset({Discloses.PORTRAIT, Discloses.UNKNOWN})
_PEOPLE: Final = frozenset({Discloses.NAME, Discloses.PERSON_ID})
_TEXTS: Final = frozenset({Discloses.TEXT, Discloses.NAMES})
_AUTHORS: Final = "authors"
_VIDEO_AUTHOR: Final = "_video_author"


def kept_columns(table: Table) -> list[Column]:
    """The columns of a table that a pseudonymous export has."""
    return [each for each in table.columns if each.discloses not in _LEFT_OUT]


class PseudonymousTable:
    """Makes the rows of one table pseudonymous, part by part."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, people: Pseudonyms, table: Table, videos: str | None = None
    ) -> None:
        """`videos` is a SELECT of all videos: comments are searched for the name of their video's author."""
        self._connection = connection
        self._table = table
        self._columns = kept_columns(table)
        self._knows_authors = table is COMMENTS and videos is not None
        if self._knows_authors:
            connection.execute(
                f"CREATE TEMP TABLE {_AUTHORS} AS SELECT video_id, max(username) AS {_VIDEO_AUTHOR} "
                f"FROM ({videos}) WHERE username IS NOT NULL GROUP BY video_id"
            )
        self._people = PeopleTable(connection, people)
        self._texts = Texts(connection, people, self._columns, [_VIDEO_AUTHOR] if self._knows_authors else [])

    def part(self, rows: str) -> str:
        """A SELECT of the rows of the SELECT `rows` as they may be shared; it holds until the next part."""
        authors = f" LEFT JOIN {_AUTHORS} USING (video_id)" if self._knows_authors else ""
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_ROWS} AS SELECT row_number() OVER () AS _n, * FROM ({rows}){authors}"
        )
        self._people.learn(self._columns, _ROWS)
        self._texts.replace(_ROWS)
        values, joins = [], [f"LEFT JOIN replaced ON replaced._n = {_ROWS}._n"]
        for number, column in enumerate(self._columns):
            value, join = self._shown(column, f"j{number}")
            values.append(f"{value} AS {identifier(column.name)}")
            joins.append(join)
        listed = ", ".join([*values, f"{_ROWS}.{PARTITION}"])
        return f"SELECT {listed} FROM {_ROWS} {' '.join(joins)} ORDER BY {_ROWS}._n"

    def _shown(self, column: Column, alias: str) -> tuple[str, str]:
        value = f"{_ROWS}.{identifier(column.name)}"
        if column.discloses in _PEOPLE:
            return self._people.joined(column, alias, _ROWS)
        if column.discloses in _TEXTS:
            value, join = self._texts.shown(column, _ROWS, alias)
            # What a list of creators shows as a title is what the person calls themselves.
            creator = self._table is TRENDS and column.name == "name"
            return (f"CASE WHEN {_ROWS}.kind <> 'creator' THEN {value} END" if creator else value), join
        if column.name == "task_id":
            # Of an import it is the name of the file, which people choose.
            return f"CASE WHEN {_ROWS}.source <> 'import' THEN {value} END", ""
        if column.name == "comment_id":
            # A negative one was made of the text and the author's name, which could be guessed and tried.
            return f"CASE WHEN {value} >= 0 THEN {value} END", ""
        return value, ""
