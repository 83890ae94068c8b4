"""The SQL that reads a text as a value."""

from typing import Final

import msgspec

from tiktok_lake.engine import quoted
from tiktok_lake.imports.families.family import Reading
from tiktok_lake.imports.values.counts import Decimals
from tiktok_lake.imports.values.times import DEFAULT_ZONE, DateOrder


class Conventions(msgspec.Struct, frozen=True, kw_only=True):
    """What texts leave open."""

    time_zone: str = DEFAULT_ZONE
    dates: DateOrder = DateOrder.AUTO
    decimals: Decimals = Decimals.AUTO


class Text(msgspec.Struct, frozen=True):
    """SQL of a text, and of the number that it is where it has nothing but digits."""

    sql: str
    digits: str


_SQL: Final = {
    Reading.VIDEO_ID: "tt_video_id({x}, {n})",
    Reading.COMMENT_ID: "tt_number({x}, {n})",
    Reading.ID: "tt_id({x}, {n})",
    Reading.HANDLE: "tt_handle({x})",
    Reading.COUNT: "tt_count({x}, {n}, {decimals})",
    Reading.SECONDS: "tt_seconds({x}, {n})",
    Reading.TIME: "tt_time({x}, {n}, {zone}, {dates}, {known})",
    Reading.TEXT: "tt_text({x})",
    Reading.LABEL: "tt_given({x})",
    Reading.FLAG: "tt_flag({x})",
    Reading.TAGS: "tt_names({x}, '#')",
    Reading.MENTIONS: "tt_names({x}, '@')",
    Reading.LIST: "tt_names({x}, '#')",
    Reading.TAGS_OF_TEXT: "tt_tags_of({x})",
    Reading.MENTIONS_OF_TEXT: "tt_mentions_of({x})",
    Reading.TAGS_OF_EXTRA: "tt_extra({x}, '$.hashtagName')",
    Reading.MENTIONS_OF_EXTRA: "tt_extra({x}, '$.userUniqueId')",
    Reading.WHOM_OF_EXTRA: "tt_answered({x})",
    Reading.ANSWERS_HOW: "tt_answers_how({x})",
    Reading.ANSWERS_WHOM: "tt_answers_whom({x})",
    Reading.IF_DUET: "CASE WHEN tt_flag({x}) THEN 'duet' END",
    Reading.JSON: "tt_json({x})",
    Reading.STAMP: "tt_collected({x}, {n})",
    Reading.CONSTANT: "{x}",
    Reading.POSITION: "{x}",
    Reading.ROW: "{x}",
}


def value(reading: Reading, text: Text, conventions: Conventions, known: str = "NULL::BIGINT") -> str:
    """SQL of the value that a text stands for; null where it cannot be read.

    Args:
        reading: How to read it.
        text: The text.
        conventions: What the text leaves open.
        known: SQL of the Unix second that the row's id carries, or null.
    """
    return _SQL[reading].format(
        x=text.sql,
        n=text.digits,
        known=known,
        zone=quoted(conventions.time_zone),
        dates=quoted(conventions.dates),
        decimals=quoted(conventions.decimals),
    )
