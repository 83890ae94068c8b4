"""Pure: what is to be deleted, and what goes with it."""

from datetime import date
from typing import Final

import msgspec

from tiktok_lake.columns import Names
from tiktok_lake.tables import PLAYLISTS, RELATIONS, TABLES, USERS, VIDEOS, Table


class Doomed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be deleted, with all that derives from it.

    Attributes:
        videos: Videos, and with them their counters, comments, relations and rows of trends.
        comments: Comments, and with them the replies to them.
        accounts: Usernames. Everything of them goes: videos, comments, profiles, relations on both sides; where
            others name them, the name is taken out.
        account_ids: The same by number; rows of imports have it.
        profiles: Usernames of which only the profile and the relations go.
        playlists: Playlists, and which videos they hold.
        runs: Everything that these runs and imports brought.
        before: Everything that was fetched before this UTC day.
    """

    videos: frozenset[int] = frozenset()
    comments: frozenset[int] = frozenset()
    accounts: frozenset[str] = frozenset()
    account_ids: frozenset[int] = frozenset()
    profiles: frozenset[str] = frozenset()
    playlists: frozenset[int] = frozenset()
    runs: frozenset[str] = frozenset()
    before: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is to be deleted."""
        return any(getattr(self, field) for field in self.__struct_fields__)

    def plus(self, other: "Doomed") -> "Doomed":
        """Both together."""
        days = [each.before for each in (self, other) if each.before]
        return Doomed(
            videos=self.videos | other.videos,
            comments=self.comments | other.comments,
            accounts=self.accounts | other.accounts,
            account_ids=self.account_ids | other.account_ids,
            profiles=self.profiles | other.profiles,
            playlists=self.playlists | other.playlists,
            runs=self.runs | other.runs,
            before=max(days, default=None),
        )


SETS: Final = {
    "videos": "BIGINT",
    "comments": "BIGINT",
    "accounts": "VARCHAR",
    "account_ids": "BIGINT",
    "profiles": "VARCHAR",
    "playlists": "BIGINT",
    "runs": "VARCHAR",
}
"""The sets of `Doomed`, and what each is of as DuckDB names it."""

_BY_NAME: Final = {
    Names.VIDEO: "videos",
    Names.COMMENT: "comments",
    Names.ACCOUNT: "accounts",
    Names.ACCOUNT_ID: "account_ids",
}
_MORE: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    USERS.name: (("username", "profiles"),),
    RELATIONS.name: (("username", "profiles"), ("other_username", "profiles"), ("playlist_id", "playlists")),
    PLAYLISTS.name: (("playlist_id", "playlists"),),
}
POINTERS: Final = {VIDEOS.name: ("duet_from_video_id",)}
"""Columns that point to another video: the row stays without them."""


def doomed_by(table: Table) -> list[tuple[str, str]]:
    """Which columns of a table doom a row, and by which set of `Doomed`."""
    own = [
        (each.name, _BY_NAME[each.names])
        for each in table.columns
        if each.names is not None and each.name not in POINTERS.get(table.name, ())
    ]
    return [*own, *_MORE.get(table.name, ()), ("run_id", "runs")]


IN_ORDER: Final = (*(each for each in TABLES.values() if each is not VIDEOS), VIDEOS)
"""All tables, in the order in which rows are deleted: what others are found by goes last."""
