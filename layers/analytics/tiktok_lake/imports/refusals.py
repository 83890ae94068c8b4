"""Why a row is not taken: SQL that gives the reason in words, or null."""

from datetime import UTC, datetime, timedelta
from typing import Final

from tiktok_lake.imports.mapped_table import MappedTable
from tiktok_lake.imports.values.ids import SMALLEST, why_not

_AHEAD: Final = timedelta(days=2)
"""Clocks of others."""
_LAST_BIGINT: Final = (1 << 63) - 1
_LOST: Final = "has lost its last digits in a spreadsheet or a float"
NUMBER: Final = "_number"
"""Of comments: the number that stands in the place of an id, whatever it is."""


class Refusals:
    """What ids are taken; `imported_at` is in UTC."""

    def __init__(self, *, any_id: bool, imported_at: datetime | None) -> None:
        self._any = any_id
        self._last = _LAST_BIGINT
        if imported_at is not None and not any_id:
            self._last = min(
                _LAST_BIGINT, (int((imported_at.replace(tzinfo=UTC) + _AHEAD).timestamp()) << 32) | 0xFFFFFFFF
            )

    def likely(self, number: str) -> str:
        """SQL of whether a number can be an id of a video or a comment."""
        return f"{number} BETWEEN {1 if self._any else SMALLEST} AND {self._last}"

    def of(self, table: MappedTable) -> str:
        """SQL of why a row of the table is not taken."""
        match table.name:
            case "videos" | "video_stats":
                return self._video(table)
            case "comments":
                return self._comment(table)
            case "users":
                return _absent(table, "username", "there is no name of an account")
            case "relations":
                return self._relation(table)
            case "playlists":
                return _absent(table, "playlist_id", "there is no id of a playlist")
            case _:
                named = " AND ".join(
                    f"{table.column(each)} IS NULL" for each in ("name", "item_id", "video_id", "username")
                )
                return f"CASE WHEN {named} THEN 'there is nothing that could trend' END"

    def _video(self, table: MappedTable) -> str:
        number = table.column("video_id")
        return (
            f"CASE WHEN {self.likely(number)} THEN NULL "
            f"WHEN {table.lost('video_id')} THEN 'the id of a video {_LOST}' "
            f"ELSE {why_not(table.text('video_id'), number, 'a video', self._last)} END"
        )

    def _comment(self, table: MappedTable) -> str:
        number, text = table.column(NUMBER), table.text("comment_id")
        video, video_text = table.column("video_id"), table.text("video_id")
        says_nothing = f"{table.column('text')} IS NULL AND {table.column('username')} IS NULL"
        return f"""CASE
            WHEN {table.lost("comment_id")} OR coalesce(tt_is_rounded({text}), FALSE)
                THEN 'the id of a comment {_LOST}'
            WHEN {number} > {self._last}
                THEN 'the id of a comment cannot be TikTok''s: the time in it has not come yet'
            WHEN {says_nothing} AND NOT coalesce({self.likely(number)}, FALSE)
                THEN 'the comment has neither an id nor an author nor a text'
            WHEN {table.lost("video_id")} THEN 'the id of a video {_LOST}'
            WHEN {video_text} IS NULL OR {self.likely(video)} THEN NULL
            ELSE {why_not(video_text, video, "a video", self._last)} END"""

    def _relation(self, table: MappedTable) -> str:
        if "video_id" in table.map.columns:
            return self._video(table)
        return _absent(table, "other_username", "there is no name of an account")


def _absent(table: MappedTable, column: str, reason: str) -> str:
    return f"CASE WHEN {table.column(column)} IS NULL THEN '{reason}' END"
