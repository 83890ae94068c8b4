"""Ids of comments: TikTok's, or a negative number made of what the comment says where there is none.

The same comment gets the same number from every file, so it is taken once; no id of TikTok's is negative.
"""

from tiktok_lake.imports.mapped_table import MappedTable
from tiktok_lake.imports.refusals import NUMBER, Refusals

_PARTS = ("video_id", "username", "create_time", "text")


def comment_columns(table: MappedTable, refusals: Refusals) -> list[str]:
    """SQL of `comment_id` and `parent_comment_id`, over the stage that has everything else."""
    number = table.column(NUMBER)
    parts = ", ".join(f"coalesce({table.column(each)}::VARCHAR, '')" for each in _PARTS)
    made = f"-1 - (md5_number_lower(concat_ws(chr(31), {parts})) & 9223372036854775807)::BIGINT"
    # A negative one was made here before, and comes back with an export.
    taken = f"{number} < 0 OR {refusals.likely(number)}"
    own = f"CASE WHEN {taken} THEN {number} ELSE {made} END AS {table.column('comment_id')}"
    return [own, f"{_parent(table)} AS {table.column('parent_comment_id')}"]


def _parent(table: MappedTable) -> str:
    number = table.column(NUMBER)
    if "parent_comment_id" not in table.reads:
        return "NULL::BIGINT"
    # The web has 0 where a comment answers none, 4CAT the comment's own id, the Research API the video's.
    read = table.reads["parent_comment_id"][0].text
    answered = f"nullif(tt_id({read.sql}, {read.digits}), {number})"
    return f"coalesce({answered}, {table.column('video_id')})"
