"""What is checked, and where in the row store it stands."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from tiktok_collector.lake.keys import SOURCE
from tiktok_lake.engine import quoted


class Kind(StrEnum):
    """What is checked, each in a way of its own."""

    VIDEOS = "videos"
    COMMENTS = "comments"
    ACCOUNTS = "accounts"


class Place(NamedTuple):
    """A column that names what is checked; `where` says which rows of its table were received from the Research API."""

    table: str
    column: str
    where: str = f"source = {quoted(SOURCE)}"


_LISTS: Final = f"source = {quoted(SOURCE)} AND kind <> 'in_playlist'"
_PROFILES: Final = f"source = {quoted(SOURCE)} AND target = 'users'"

PLACES: Final[Mapping[Kind, tuple[Place, ...]]] = MappingProxyType(
    {
        Kind.VIDEOS: (
            Place("videos", "video_id"),
            Place("comments", "video_id"),
            Place("relations", "video_id"),
            Place("quarantine", "video_id"),
        ),
        Kind.COMMENTS: (Place("comments", "comment_id"), Place("quarantine", "comment_id")),
        Kind.ACCOUNTS: (
            Place("users", "username"),
            Place("relations", "username", _LISTS),
            Place("quarantine", "username", _PROFILES),
        ),
    }
)
"""Every place of a kind: a row there is evidence that it existed, and must go with it.

Who follows whom is checked with the account that was asked, not name by name: TikTok has no way to ask for so many.
Rows of imports are others' to check, and go when their video is found gone.
"""

TYPES: Final[Mapping[Kind, str]] = MappingProxyType(
    {Kind.VIDEOS: "BIGINT", Kind.COMMENTS: "BIGINT", Kind.ACCOUNTS: "VARCHAR"}
)
"""Of the columns, as DuckDB names it."""
