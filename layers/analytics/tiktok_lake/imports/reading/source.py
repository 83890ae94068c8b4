"""What a file has become once it is read: a table of text in DuckDB, the same for every form of file."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

SOURCE: Final = "source"
"""The table's name in DuckDB."""
LINE: Final = "_line"
"""Its column, BIGINT: the line (of JSON: the element) from 1 that a row begins in. All others are VARCHAR."""
REJECTED: Final = "source_rejected"
"""A table beside it, of what is no row: `line` BIGINT, `reason` and the `text`, at most its first 2,000 characters."""


class Form(StrEnum):
    """How a file is written."""

    DELIMITED = "delimited"
    """CSV, TSV and their relatives."""
    JSON_LINES = "json_lines"
    JSON_DOCUMENT = "json_document"
    """A list of objects, or an object with such a list inside."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read into the table `source`.

    Each column is text as the file has it. An empty cell and a JSON null are null. Of a JSON object's objects each
    leaf is a column, named by its path with dots (`authorMeta.name`); lists are JSON text. Numbers of JSON are their
    digits. No two names are equal in lower case: a later one ends in `_2`.

    Attributes:
        form: How the file is written.
        columns: The names of its columns in order, without `_line`.
        header: Whether it names its columns; else they are `column_1`, `column_2` …, as of a JSON list of ids.
        inside: Of a JSON document the path of the list in it, such as `collector`; empty of a list and of other files.
            A document with several lists of objects (TikTok's own download of one's data, this project's exports) is
            read once for each.
        beside: Of a JSON document, what stands beside the lists: text of each scalar by its path, such as
            `Profile.Profile Information.ProfileMap.userName`.
        encoding: As Python names it.
        delimiter: Of delimited text.
        rows: How many rows the table has.
        notes: What was odd about the file and what was done about it, a sentence each.
    """

    form: Form
    columns: tuple[str, ...]
    rows: int
    header: bool = True
    inside: str = ""
    beside: Mapping[str, str] = {}
    encoding: str = "utf-8"
    delimiter: str = ""
    notes: tuple[str, ...] = ()
