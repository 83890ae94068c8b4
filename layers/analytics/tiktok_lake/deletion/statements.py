"""The SQL of a deletion: which rows of a table go, and which stay without a name or a pointer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_lake.columns import Column, ColumnType, Discloses
from tiktok_lake.deletion.doomed import POINTERS, SETS, Doomed, doomed_by
from tiktok_lake.deletion.mentions import GONE, Mentions
from tiktok_lake.engine import identifier, quoted
from tiktok_lake.tables import QUARANTINE, Table

if TYPE_CHECKING:
    import duckdb

_TEXTS: Final = frozenset({Discloses.TEXT, Discloses.NAMES, Discloses.NAME, Discloses.PORTRAIT, Discloses.UNKNOWN})
_OF_NAMES: Final = frozenset({"video_mention_list", "reference_username"})
"""Columns that name accounts, and do not doom the row."""
_OF_TEXT: Final = frozenset({ColumnType.VARCHAR, ColumnType.JSON, ColumnType.VARCHARS})


@dataclass(frozen=True, slots=True)
class Statements:
    """What to do with the rows of files that have the same columns.

    Attributes:
        goes: A condition, never null: the row goes.
        changes: A condition, never null: the row stays and is changed.
        replaced: Columns and what they become.
    """

    goes: str
    changes: str
    replaced: tuple[tuple[str, str], ...]

    @property
    def kept(self) -> str:
        """The columns of the rows that stay."""
        if not self.replaced:
            return "*"
        return f"* REPLACE ({', '.join(f'{becomes} AS {identifier(name)}' for name, becomes in self.replaced)})"


def load(connection: "duckdb.DuckDBPyConnection", doomed: Doomed) -> None:
    """Makes a table of each set of `doomed`, which the statements refer to."""
    for name, kind in SETS.items():
        values = sorted(getattr(doomed, name))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_set(name)} AS SELECT unnest(?::{kind}[]) AS value", [values]
        )


def statements(table: Table, present: Collection[str], doomed: Doomed, mentions: Mentions) -> Statements:
    """The statements for files of `table` that have the columns `present`."""
    goes = [is_in(column, name) for column, name in doomed_by(table) if column in present and getattr(doomed, name)]
    pointers = [each for each in POINTERS.get(table.name, ()) if each in present and doomed.videos]
    texts = [each for each in table.columns if each.name in present and _is_text(each)] if mentions else []
    if table is QUARANTINE and "row" in present and mentions:
        # Whose row it is cannot be told.
        goes.append(_mentions(table.column("row"), mentions))
    changes = [is_in(each, "videos") for each in pointers] + [_mentions(each, mentions) for each in texts]
    return Statements(
        goes=_any(goes),
        changes=_any(changes),
        replaced=(
            *((each, f"CASE WHEN {is_in(each, 'videos')} THEN NULL ELSE {identifier(each)} END") for each in pointers),
            *((each.name, _without(each, mentions)) for each in texts),
        ),
    )


def _set(name: str) -> str:
    return f"doomed_{name}"


def is_in(column: str, name: str) -> str:
    """A condition, never null: the column's value is in the set of `Doomed` of that name."""
    value = identifier(column)
    if SETS[name] == "VARCHAR" and name != "runs":
        value = f"lower(ltrim({value}, '@'))"
    return f"coalesce({value} IN (SELECT value FROM {_set(name)}), false)"


def _any(conditions: Sequence[str]) -> str:
    return f"({' OR '.join(conditions)})" if conditions else "false"


def _is_text(column: Column) -> bool:
    return column.discloses in _TEXTS and column.type in _OF_TEXT


def _as_text(column: Column) -> str:
    name = identifier(column.name)
    return f"array_to_string({name}, chr(10))" if column.type is ColumnType.VARCHARS else f"{name}::VARCHAR"


def _mentions(column: Column, mentions: Mentions) -> str:
    text = f"lower({_as_text(column)})"
    near = " OR ".join(f"contains({text}, {quoted(name)})" for name in sorted(mentions.names))
    found = f"regexp_matches({_as_text(column)}, {quoted(mentions.for_duckdb)}, 'i')"
    if column.name in _OF_NAMES:
        values = identifier(column.name) if column.type is ColumnType.VARCHARS else f"[{identifier(column.name)}]"
        found += f" OR list_bool_or(list_transform({values}, lambda each: {_is_name('each', mentions)}))"
    return f"coalesce(({near}) AND ({found}), false)"


def _without(column: Column, mentions: Mentions) -> str:
    if column.type is ColumnType.VARCHARS:
        return f"list_transform({identifier(column.name)}, lambda each: {_replaced('each', column, mentions)})"
    text = _as_text(column)
    new = _replaced(text, column, mentions)
    return f"(CASE WHEN {_mentions(column, mentions)} THEN {new} ELSE {text} END)::{column.type}"


def _replaced(text: str, column: Column, mentions: Mentions) -> str:
    # Twice: two names side by side share the character between them.
    once = f"regexp_replace({text}, {quoted(mentions.for_duckdb)}, {quoted(mentions.becomes)}, 'gi')"
    twice = f"regexp_replace({once}, {quoted(mentions.for_duckdb)}, {quoted(mentions.becomes)}, 'gi')"
    if column.name not in _OF_NAMES:
        return twice
    return f"CASE WHEN {_is_name(text, mentions)} THEN {quoted(GONE)} ELSE {twice} END"


def _is_name(value: str, mentions: Mentions) -> str:
    """A condition: the value is one of the names, whole, however it reads."""
    return f"lower(ltrim({value}, '@')) IN ({', '.join(map(quoted, sorted(mentions.names)))})"
