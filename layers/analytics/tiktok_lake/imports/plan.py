"""How a table of text becomes rows of the row store: SQL, so that a million rows take no loop."""

from collections.abc import Mapping
from typing import Final

import msgspec

TYPED: Final = "typed"
"""The name of the table or view of `Plan.typed`; it has the rows of `source`, more where a row holds a list of them."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd about some rows that are taken: `SELECT count(*) FROM typed WHERE {condition}` says how many.

    `sentence` has `{rows}` in the place of their number; nothing is said where there are none.
    """

    sentence: str
    condition: str


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One table that the file's rows go to.

    Attributes:
        table: Its name.
        select: A query over `typed` for the rows to take: `_line`, `fetched_at` (null: nobody says when it was
            collected), and all columns of the table but those of its provenance, in the table's order. Duplicates are
            still in it.
        rejected: A query over `typed` for the rows that are not taken: `_line`, `reason`, `video_id`, `comment_id`,
            `username`; and `received`, the row as JSON, where `Plan.row` has none.
        key: Columns of the table that tell its rows apart; of equal ones the first line is taken.
        derived: The rows say something beside what the file is about (accounts in a file of videos): repeated ones are
            no duplicates, and there is nothing to reject.
        mapped: The table's columns and the source's columns, or parts of these, that each is read from.
    """

    table: str
    select: str
    rejected: str
    key: tuple[str, ...]
    derived: bool
    mapped: Mapping[str, tuple[str, ...]]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is done with a file whose family is known.

    Attributes:
        setup: Statements that define functions; once for a connection.
        typed: A query over `source` that gives every value its type; make a table or view called `typed` of it.
        row: An expression over `source`: the row as received, as JSON. None where a row holds a list of rows: what is
            quarantined for one of them must not hold the others.
        targets: The tables, the one that the file is about first.
        notes: What to count over `typed` and say in the report.
        kept: The columns that no table has, kept as text in `extra`.
    """

    setup: tuple[str, ...]
    typed: str
    row: str | None
    targets: tuple[Target, ...]
    notes: tuple[Note, ...]
    kept: tuple[str, ...]
