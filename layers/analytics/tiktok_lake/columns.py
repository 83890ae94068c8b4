"""What a column of the row store is: its type, unit, source, and what it says of people."""

from enum import StrEnum
from typing import Final

import msgspec


class ColumnType(StrEnum):
    """Types as DuckDB names them; docs/tables.md and the Glue tables name Athena's beside them."""

    BIGINT = "BIGINT"
    INTEGER = "INTEGER"
    DOUBLE = "DOUBLE"
    BOOLEAN = "BOOLEAN"
    VARCHAR = "VARCHAR"
    TIMESTAMP = "TIMESTAMP"
    """UTC, without a zone."""
    VARCHARS = "VARCHAR[]"
    JSON = "JSON"
    """Text that holds JSON, as received."""


class Discloses(StrEnum):
    """What a value says of people, and so what becomes of it in a pseudonymous export."""

    NOTHING = "nothing"
    """Kept: counts, times, ids of videos, comments, sounds, playlists."""
    NAME = "name"
    """Names a person: replaced by a pseudonym."""
    NAMES = "names"
    """A list of such names."""
    PERSON_ID = "person_id"
    """A person's number: replaced by a pseudonym."""
    PORTRAIT = "portrait"
    """Describes a person in their own words or pictures: left out."""
    TEXT = "text"
    """What people wrote: names in it are replaced."""
    UNKNOWN = "unknown"
    """May hold anything: left out."""


class Names(StrEnum):
    """What a value identifies; rows are deleted with what they name."""

    VIDEO = "video"
    COMMENT = "comment"
    ACCOUNT = "account"
    """By username."""
    ACCOUNT_ID = "account_id"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a table.

    Attributes:
        name: Its name, in every file and table.
        type: What its values are.
        about: What it means, in a sentence.
        source: The field of the Research API that it comes from, or what it is derived from.
        unit: Of numbers: requests, seconds, people; empty where there is none.
        discloses: What it says of people.
        names: What it identifies, if anything.
    """

    name: str
    type: ColumnType
    about: str
    source: str = ""
    unit: str = ""
    discloses: Discloses = Discloses.NOTHING
    names: Names | None = None


_ATHENA: Final = {
    ColumnType.BIGINT: "bigint",
    ColumnType.INTEGER: "int",
    ColumnType.DOUBLE: "double",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.VARCHAR: "string",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.VARCHARS: "array<string>",
    ColumnType.JSON: "string",
}


def athena_type(column: Column) -> str:
    """The column's type as Glue and Athena name it."""
    return _ATHENA[column.type]
