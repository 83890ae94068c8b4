"""What a schema family is: which columns tell it, and which column of which table each of them goes to."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from tiktok_lake.tables import TABLES


class Reading(StrEnum):
    """How a text becomes a value."""

    VIDEO_ID = "video_id"
    """An id of a video, or a link to it."""
    COMMENT_ID = "comment_id"
    ID = "id"
    """Any other id; 0 is none."""
    HANDLE = "handle"
    COUNT = "count"
    SECONDS = "seconds"
    TIME = "time"
    TEXT = "text"
    LABEL = "label"
    """Text of which `nan` and the like mean that there is none."""
    FLAG = "flag"
    TAGS = "tags"
    MENTIONS = "mentions"
    TAGS_OF_TEXT = "tags_of_text"
    MENTIONS_OF_TEXT = "mentions_of_text"
    TAGS_OF_EXTRA = "tags_of_extra"
    """Of the web's `textExtra`."""
    MENTIONS_OF_EXTRA = "mentions_of_extra"
    ANSWERS_HOW = "answers_how"
    ANSWERS_WHOM = "answers_whom"
    WHOM_OF_EXTRA = "whom_of_extra"
    IF_DUET = "if_duet"
    LIST = "list"
    JSON = "json"
    CONSTANT = "constant"
    """The source is the value itself."""
    STAMP = "stamp"
    """A time to the microsecond."""
    BESIDE = "beside"
    """The source is the end of the path of something that stands beside the list in its document."""
    POSITION = "position"
    """The row's place in the file."""
    ROW = "row"
    """The row as received."""


READING_OF: Final[Mapping[str, Reading]] = {
    "video_id": Reading.VIDEO_ID,
    "comment_id": Reading.COMMENT_ID,
    "username": Reading.HANDLE,
    "other_username": Reading.HANDLE,
    "reference_username": Reading.HANDLE,
    "create_time": Reading.TIME,
    "playlist_last_updated": Reading.TIME,
    "text": Reading.TEXT,
    "video_description": Reading.TEXT,
    "video_duration": Reading.SECONDS,
    "hashtag_names": Reading.TAGS,
    "video_mention_list": Reading.MENTIONS,
    "voice_to_text": Reading.TEXT,
}
"""By the table's column; the others are read by their type."""

_OF_TYPE: Final = {
    "INTEGER": Reading.COUNT,
    "BOOLEAN": Reading.FLAG,
    "VARCHAR": Reading.LABEL,
    "VARCHAR[]": Reading.LIST,
    "JSON": Reading.JSON,
}


def reading_of(table: str, column: str) -> Reading:
    """How a column of a table is read where nothing else is said."""
    if column in READING_OF:
        return READING_OF[column]
    if column.endswith("_id"):
        return Reading.ID if TABLES[table].column(column).type == "BIGINT" else Reading.LABEL
    kind = TABLES[table].column(column).type
    return Reading.COUNT if kind == "BIGINT" else _OF_TYPE[kind]


class Field(msgspec.Struct, frozen=True):
    """Where a value comes from: a column, by its name or its path with dots, and how it is read (None: as usual)."""

    source: str
    reading: Reading | None = None

    @property
    def is_column(self) -> bool:
        """Whether the source is a column of the file."""
        return self.reading not in _NO_COLUMN


_NO_COLUMN: Final = frozenset({Reading.CONSTANT, Reading.BESIDE, Reading.POSITION, Reading.ROW})

type Columns = Mapping[str, str | Field | tuple[str | Field, ...]]
"""A table's columns and where their values come from: the first that is there and can be read."""


class TableMap(msgspec.Struct, frozen=True):
    """What goes to one table.

    Attributes:
        table: Its name.
        columns: Its columns.
        derived: It is said beside what the file is about; see `plan.Target`.
        more_key: Columns of the table that tell its rows apart, beside its key.
    """

    table: str
    columns: Columns
    derived: bool = False
    more_key: tuple[str, ...] = ()


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """One schema family.

    Attributes:
        name: As reports, mapping files and the column `entity` have it.
        title: What people call it.
        needs: Columns without which it is another family; alternatives are parted by `|`.
        signs: Further columns that tell it from others; the more of them, the surer.
        tables: Where its columns go; the table that it is about first.
        fetched_at: Where it says when it was collected.
        only: It is so plain that columns which are neither its own nor among these mean another one.
        inside: A regular expression that the path of the list in its document matches; None: any path.
        explode: The column that holds a list of rows in each row; the fields are theirs then.
        leaves_out: Why nothing of it is taken, as a sentence.
        warnings: What is always to be known of its values.
        kin: What families have in common that differ in little but their signs: without these the first one is taken.
        repeats: Columns that say again what others say, and are not kept.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    signs: tuple[str, ...] = ()
    tables: tuple[TableMap, ...] = ()
    fetched_at: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    inside: str | None = None
    explode: str | None = None
    leaves_out: str = ""
    warnings: tuple[str, ...] = ()
    kin: str = ""
    repeats: tuple[str, ...] = ()


def fields_of(value: str | Field | tuple[str | Field, ...]) -> tuple[Field, ...]:
    """The alternatives of one column, in order."""
    several: Iterable[str | Field] = value if isinstance(value, tuple) else (value,)
    return tuple(each if isinstance(each, Field) else Field(each) for each in several)


def caption_tags(source: str) -> Field:
    """Hashtags from a caption."""
    return Field(source, Reading.TAGS_OF_TEXT)


def caption_mentions(source: str) -> Field:
    """Mentions from a caption."""
    return Field(source, Reading.MENTIONS_OF_TEXT)


def caption(source: str) -> Columns:
    """A video's caption, and what is in it."""
    return {
        "video_description": source,
        "hashtag_names": caption_tags(source),
        "video_mention_list": caption_mentions(source),
    }


def constant(value: str) -> Field:
    """The same value in every row."""
    return Field(value, Reading.CONSTANT)


def beside(path: str) -> Field:
    """What stands beside the list in its document, by the end of its path."""
    return Field(path, Reading.BESIDE)
