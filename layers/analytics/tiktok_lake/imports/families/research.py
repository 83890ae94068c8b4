"""The Research API's rows, as clients store them, and what this project exports."""

from typing import Final

from tiktok_lake.imports.families.family import (
    Columns,
    Family,
    Field,
    Reading,
    TableMap,
    beside,
    caption_tags,
    constant,
)
from tiktok_lake.tables import PROVENANCE, TABLES, Table

_FETCHED: Final = ("_retrieved_at", "retrieved_at")

_VIDEO: Final[Columns] = {
    "video_id": "id",
    "username": "username",
    "create_time": "create_time",
    "region_code": "region_code",
    "video_description": "video_description",
    "video_duration": "video_duration",
    "music_id": "music_id",
    "hashtag_names": ("hashtag_names[]", caption_tags("video_description")),
    "video_mention_list": "video_mention_list[]",
    "view_count": "view_count",
    "like_count": "like_count",
    "comment_count": "comment_count",
    "share_count": "share_count",
    "favorites_count": ("favorites_count", "favourites_count"),
    "playlist_id": "playlist_id",
    "voice_to_text": "voice_to_text",
    "is_stem_verified": "is_stem_verified",
    "effect_ids": "effect_ids[]",
    "hashtag_info_list": "hashtag_info_list[]",
    "sticker_info_list": "sticker_info_list[]",
    "effect_info_list": "effect_info_list[]",
    "video_label": "video_label",
    "video_tag": "video_tag",
}

_PROFILE: Final = (
    "display_name",
    "bio_description",
    "bio_url",
    "avatar_url",
    "is_verified",
    "follower_count",
    "following_count",
    "likes_count",
    "video_count",
)
_OWNER: Final = "username"
_EXPORTED_PROFILE: Final = TableMap(
    "users",
    {
        "username": beside("profile.username"),
        **{each: Field(f"profile.{each}", Reading.BESIDE) for each in _PROFILE},
    },
    derived=True,
)

VIDEOS: Final = Family(
    name="research_videos",
    title="videos of the Research API",
    needs=("id", "create_time", "view_count|like_count|video_description", "username|region_code|share_count"),
    signs=(
        "region_code",
        "share_count",
        "video_description",
        "hashtag_names[]",
        "music_id",
        "username",
        "voice_to_text",
        "favorites_count|favourites_count",
        "video_duration",
        "effect_ids[]",
    ),
    tables=(TableMap("videos", _VIDEO), _EXPORTED_PROFILE),
    fetched_at=_FETCHED,
    repeats=_FETCHED,
)

USERS: Final = Family(
    name="research_users",
    title="profiles of the Research API",
    needs=("username", "follower_count", "likes_count|video_count"),
    signs=("display_name", "bio_description", "avatar_url", "is_verified", "following_count", "bio_url"),
    tables=(TableMap("users", {"username": "username", **{each: each for each in _PROFILE}}),),
    fetched_at=_FETCHED,
    repeats=_FETCHED,
)


def _liked(kind: str, section: str) -> Family:
    relation: Columns = {"kind": constant(kind), "username": beside(_OWNER), "video_id": "id"}
    return Family(
        name=f"research_{section}",
        title=f"{section.replace('_', ' ')} of the Research API",
        needs=("id", "create_time"),
        signs=("username", "region_code", "view_count", "video_description", "share_count", "like_count", "music_id"),
        inside=rf"(^|\.)(user_)?{section}$",
        tables=(TableMap("videos", _VIDEO), TableMap("relations", relation, derived=True)),
        fetched_at=_FETCHED,
        repeats=_FETCHED,
    )


def _followed(kind: str, section: str) -> Family:
    return Family(
        name=f"research_{section}",
        title=f"{section} of the Research API",
        needs=("username",),
        signs=("display_name",),
        inside=rf"(^|\.)(user_)?{section}$",
        tables=(
            TableMap(
                "relations",
                {
                    "kind": constant(kind),
                    "username": beside(_OWNER),
                    "other_username": "username",
                    "other_display_name": "display_name",
                },
            ),
        ),
        fetched_at=_FETCHED,
        repeats=_FETCHED,
    )


VIDEO_PAGES: Final = Family(
    name="research_video_pages",
    title="answers of the Research API with videos, one a line",
    needs=("data.videos[]",),
    signs=("data.cursor", "data.has_more", "data.search_id", "error.code"),
    explode="data.videos",
    tables=(TableMap("videos", _VIDEO),),
)

PLAYLISTS: Final = Family(
    name="research_playlists",
    title="playlists of the Research API",
    needs=("playlist_id", "playlist_name|playlist_item_total"),
    signs=("playlist_last_updated", "playlist_item_total", "playlist_video_ids[]"),
    tables=(
        TableMap(
            "playlists",
            {
                "playlist_id": "playlist_id",
                "playlist_name": "playlist_name",
                "playlist_item_total": "playlist_item_total",
                "playlist_last_updated": "playlist_last_updated",
            },
        ),
    ),
    fetched_at=_FETCHED,
    repeats=_FETCHED,
)

_OWN_SECTIONS: Final = Family(
    name="export_account",
    title="what this project's exports say of themselves",
    needs=("task|stream|reason",),
    signs=("endpoint", "state", "complete", "pages"),
    inside=r"(^|\.)(streams|quarantine)$",
    leaves_out="This list says how the export came about; it has no rows for the row store.",
)


_TELLING: Final = {
    "videos": ("video_id",),
    "video_stats": ("video_id",),
    "users": ("username",),
    "comments": ("comment_id",),
    "relations": ("kind",),
    "playlists": ("playlist_id",),
    "trends": ("kind", "rank"),
}
"""By what the tables of the row store are told apart in an export, beside `fetched_at`."""


def _own(table: Table) -> Family:
    """Rows of the row store, as it exports them: columns are called as in the table."""
    provenance = tuple(each.name for each in PROVENANCE)
    names = [each.name for each in table.columns if each.name not in {*provenance, "extra", "created_at"}]
    telling = _TELLING[table.name]
    return Family(
        name=f"tiktok_collector_{table.name}",
        title=f"{table.name} as this project exports them",
        needs=(*telling, "fetched_at"),
        signs=tuple(each for each in names if each not in telling),
        tables=(TableMap(table.name, {each: each for each in names}),),
        fetched_at=("fetched_at",),
        repeats=("fetched_at", "created_at", "dt"),
        only=(*(each.name for each in table.columns), "dt") if table.name == "video_stats" else None,
    )


ALL: Final = (
    VIDEOS,
    USERS,
    VIDEO_PAGES,
    _liked("liked", "liked_videos"),
    _liked("pinned", "pinned_videos"),
    _liked("reposted", "reposted_videos"),
    _followed("follower", "followers"),
    _followed("following", "following"),
    PLAYLISTS,
    _OWN_SECTIONS,
    *(_own(TABLES[name]) for name in _TELLING),
)
