"""What is odd about values of a file: sentences, and SQL of the rows that each is about."""

from collections.abc import Iterator, Sequence
from typing import Final

from tiktok_lake.imports.families.family import Reading
from tiktok_lake.imports.mapped_table import MappedTable
from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.refusals import NUMBER, Refusals

_FAR: Final = 3 * 86_400

type Said = tuple[str, str]
"""A sentence with `{rows}`, and a condition over the stage in which every value has its type."""


def notes_of(tables: Sequence[MappedTable], mapping: MappingFile, refusals: Refusals) -> list[Said]:
    """Everything that may have to be said."""
    said = [each for table in tables for each in (*_times(table, mapping), *_ids(table, refusals))]
    for table in tables:
        for column, _, test in table.unread():
            name = column.replace("{", "{{").replace("}", "}}")
            said.append((f"{{rows}} values of {name} cannot be read and are kept as text in extra.", test))
    return said


def _times(table: MappedTable, mapping: MappingFile) -> Iterator[Said]:
    reads = [each for each in table.reads.get("create_time", ()) if each.reading == Reading.TIME]
    if not reads:
        return
    text, known = f"{reads[0].text.sql}, {reads[0].text.digits}", f"{table.column('create_time')} IS NOT NULL"
    if not mapping.zone_is_said:
        fix = "if they are in another, name it as time_zone in a mapping file"
        yield (
            f"{{rows}} times name no zone and are taken as UTC; {fix}.",
            f"{known} AND coalesce(tt_lacks_zone({text}), FALSE)",
        )
    yield "{rows} times are days only; the day's beginning is taken.", f"{known} AND coalesce(tt_is_day({text}), FALSE)"
    yield (
        "{rows} dates have no year; the time in the row's id, which is of that day, is taken.",
        f"{known} AND coalesce(tt_has_no_year({text}), FALSE)",
    )


def _ids(table: MappedTable, refusals: Refusals) -> Iterator[Said]:
    if table.name == "videos":
        number, created = table.column("video_id"), table.column("create_time")
        yield (
            "{rows} ids of videos carry no time, as those of musical.ly and made-up ones; they are taken.",
            f"{refusals.likely(number)} AND tt_time_of_id({number}) IS NULL",
        )
        yield (
            "{rows} videos say that they were made more than three days before or after the time in their ids.",
            f"{refusals.likely(number)} AND coalesce(abs({created} - tt_time_of_id({number})) > {_FAR}, FALSE)",
        )
    if table.name == "comments":
        number = table.column(NUMBER)
        yield (
            "{rows} comments have no id of TikTok's; theirs is a negative number made of video, author, time and text.",
            f"{table.column('comment_id')} < 0",
        )
        if "comment_id" in table.reads:
            yield (
                "{rows} comments are only counted, not given an id; the counter is kept in extra.",
                f"{number} >= 0 AND {table.column('comment_id')} < 0",
            )
