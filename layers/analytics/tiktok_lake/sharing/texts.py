"""What people wrote, with pseudonyms for whom it names: only rows that may name somebody go through Python."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import duckdb
import msgspec

from tiktok_collector.pseudonyms.people import NOBODY, Known, Pseudonyms
from tiktok_collector.pseudonyms.rows import LONGEST_TEXT, PseudonymousRows
from tiktok_lake.columns import Column, ColumnType, Discloses
from tiktok_lake.engine import identifier
from tiktok_lake.formats import EXACT

_AT_ONCE: Final = 10_000
_SIGNS: Final = "@\uff20"
_OBJECTS: Final = "cleaned_objects"


class Texts:
    """Replaces names in the texts of a table's rows.

    The connection's table `replaced` has the texts of rows that may name somebody, by `_n`; `cleaned_objects` has JSON
    values of the other rows, each once, with only what is known to be harmless in them.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        people: Pseudonyms,
        columns: Sequence[Column],
        also_known: Sequence[str] = (),
    ) -> None:
        """Args: `also_known` are more columns of the rows with names to look for in their texts."""
        self._connection = connection
        self._people = people
        self._rows = PseudonymousRows(people, ())
        self._texts = [each for each in columns if each.discloses in {Discloses.TEXT, Discloses.NAMES}]
        own = [each.name for each in columns if each.discloses is Discloses.NAME]
        self._own = [*own, *also_known]
        connection.execute(f"CREATE TEMP TABLE {_OBJECTS} (given VARCHAR, cleaned VARCHAR)")

    @property
    def names(self) -> list[str]:
        """The columns that are replaced here."""
        return [each.name for each in self._texts]

    def replace(self, rows: str) -> None:
        """Fills `replaced` and `cleaned_objects` for the rows of the table of that name."""
        columns = ", ".join(f"{identifier(each.name)} {_stored(each)}" for each in self._texts)
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE replaced (_n BIGINT{''.join((', ', columns)) if columns else ''})"
        )
        if not self._texts:
            return
        listed = ", ".join(identifier(each) for each in (*self._own, *self.names))
        doubtful = f"SELECT _n, {listed} FROM {rows} WHERE {self._may_name()}"
        changed = [self._changed(row) for row in _read(self._connection, doubtful)]
        self._append("replaced", changed)
        self._clean_objects(rows)

    def shown(self, column: Column, rows: str, alias: str) -> tuple[str, str]:
        """The column as it may be shown, and the join that it needs beside that of `replaced`."""
        name = identifier(column.name)
        other, join = f"{rows}.{name}", ""
        if column.type is ColumnType.JSON:
            other = f"{alias}.cleaned"
            join = f"LEFT JOIN {_OBJECTS} {alias} ON {alias}.given = {rows}.{name}"
        return f"CASE WHEN replaced._n IS NULL THEN {other} ELSE replaced.{name} END", join

    def _may_name(self) -> str:
        """Whether a row has to be looked at: a sign, an escaped letter, one of its own names, a list of names."""
        tests = []
        for each in self._texts:
            text = _as_text(each)
            signs = [f"contains({text}, '{sign}')" for sign in (*_SIGNS, "%40")]
            if each.type is ColumnType.JSON:
                signs.append(rf"contains({text}, '\u')")
            if each.discloses is Discloses.NAMES:
                signs = [f"len({identifier(each.name)}) > 0"]
            tests += [*signs, f"length({text}) > {LONGEST_TEXT}"]
            tests += [f"contains(lower({text}), lower({_handle(name)}))" for name in self._own]
        # Letters beyond ASCII can be written in several ways.
        tests += [f"NOT regexp_full_match({identifier(name)}, '[\\x01-\\x7F]*')" for name in self._own]
        return " OR ".join(f"coalesce({test}, false)" for test in tests)

    def _changed(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        number, own, given = row[0], row[1 : 1 + len(self._own)], row[1 + len(self._own) :]
        known = NOBODY.plus(self._named(own, given))
        return (
            number,
            *(self._value(column, value, known) for column, value in zip(self._texts, given, strict=True)),
        )

    def _named(self, own: Iterable[str | None], given: Iterable[Any]) -> Iterator[str]:
        yield from (_bare(name) for name in own if name)
        for column, value in zip(self._texts, given, strict=True):
            if column.discloses is Discloses.NAMES:
                yield from (_bare(name) for name in value or () if name)

    def _value(self, column: Column, value: Any, known: Known) -> Any:
        if value is None:
            return None
        if column.discloses is Discloses.NAMES:
            return [None if name is None else self._people.of_name(name) for name in value]
        if column.type is ColumnType.JSON:
            return self._object(value, known)
        return self._rows.inside(value, known)

    def _object(self, text: str, known: Known) -> str | None:
        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return None
        return msgspec.json.encode(_exact(self._rows.inside(value, known))).decode()

    def _clean_objects(self, rows: str) -> None:
        objects = [identifier(each.name) for each in self._texts if each.type is ColumnType.JSON]
        if not objects:
            return
        listed = " UNION ".join(f"SELECT {name} AS given FROM {rows} WHERE {name} IS NOT NULL" for name in objects)
        new = f"SELECT DISTINCT given FROM ({listed}) WHERE given NOT IN (SELECT given FROM {_OBJECTS})"
        self._append(_OBJECTS, [(given, self._object(given, NOBODY)) for (given,) in _read(self._connection, new)])

    def _append(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        with self._connection.appender(table) as appender:
            appender.append_rows(rows)


def _read(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    result = connection.execute(sql)
    while batch := result.fetchmany(_AT_ONCE):
        yield from batch


def _stored(column: Column) -> str:
    return "VARCHAR" if column.type is ColumnType.JSON else str(column.type)


def _as_text(column: Column) -> str:
    name = identifier(column.name)
    if column.type is ColumnType.VARCHARS:
        return f"array_to_string({name}, ' ')"
    return name


def _handle(name: str) -> str:
    return f"nullif(ltrim(trim({identifier(name)}), '{_SIGNS}'), '')"


def _bare(name: str) -> str:
    return name.strip().lstrip(_SIGNS).strip()


def _exact(value: Any) -> Any:
    """Whole numbers that readers of JSON would change, as text."""
    if isinstance(value, list):
        return [_exact(each) for each in value]
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    return str(value) if isinstance(value, int) and abs(value) > EXACT else value
