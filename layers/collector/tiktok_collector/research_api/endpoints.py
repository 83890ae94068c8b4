"""The nine data endpoints: paths, fields, row lists and cursors (TikTok docs, "Research API" specification pages)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tiktok_collector.quota.families import Family

MAX_COUNT: Final = 100
"""The most rows that one request may ask for, on every paged endpoint."""


class CursorKind(StrEnum):
    """What an endpoint's cursor counts."""

    NONE = "none"
    OFFSET = "offset"
    """An index into the server's candidate list, not the number of rows received."""
    TIME = "time"
    """A moment; pages may overlap at it, and its unit (seconds or milliseconds) is the server's own affair."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of the Research API."""

    name: str
    path: str
    entity: str
    """Name of what it returns in the lake (`entity=` of a raw key)."""
    family: Family
    fields: tuple[str, ...]
    """Sent as `?fields=`; empty where the endpoint takes none."""
    row_keys: tuple[str, ...]
    """Accepted names of the row list in `data`; empty where `data` itself is the only row."""
    cursor: CursorKind
    answers_500_with_data: bool = False
    """Known to answer HTTP 500 around a good body."""


_VIDEO_LIST_FIELDS: Final = (
    "id",
    "create_time",
    "username",
    "region_code",
    "video_description",
    "music_id",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
    "hashtag_names",
    "is_stem_verified",
    # One page of the docs spells it favourites_count; that spelling is refused.
    "favorites_count",
    "video_duration",
    "hashtag_info_list",
    "sticker_info_list",
    "effect_info_list",
    "video_mention_list",
    "video_label",
    "video_tag",
)

_ALL: Final = (
    Endpoint(
        name="video_query",
        path="/v2/research/video/query/",
        entity="videos",
        family=Family.RESEARCH,
        fields=(*_VIDEO_LIST_FIELDS, "effect_ids", "playlist_id", "voice_to_text"),
        row_keys=("videos",),
        cursor=CursorKind.OFFSET,
    ),
    Endpoint(
        name="comment_list",
        path="/v2/research/video/comment/list/",
        entity="comments",
        family=Family.RESEARCH,
        fields=("id", "text", "video_id", "parent_comment_id", "like_count", "reply_count", "create_time"),
        row_keys=("comments",),
        cursor=CursorKind.OFFSET,
    ),
    Endpoint(
        name="user_info",
        path="/v2/research/user/info/",
        entity="users",
        family=Family.RESEARCH,
        fields=(
            "display_name",
            "bio_description",
            "avatar_url",
            "is_verified",
            "follower_count",
            "following_count",
            "likes_count",
            "video_count",
            "bio_url",
        ),
        row_keys=(),
        cursor=CursorKind.NONE,
        answers_500_with_data=True,
    ),
    Endpoint(
        name="user_followers",
        path="/v2/research/user/followers/",
        entity="followers",
        family=Family.FOLLOWERS,
        fields=(),
        row_keys=("user_followers",),
        cursor=CursorKind.TIME,
        answers_500_with_data=True,
    ),
    Endpoint(
        name="user_following",
        path="/v2/research/user/following/",
        entity="following",
        family=Family.FOLLOWERS,
        fields=(),
        row_keys=("user_following",),
        cursor=CursorKind.TIME,
        answers_500_with_data=True,
    ),
    Endpoint(
        name="user_liked_videos",
        path="/v2/research/user/liked_videos/",
        entity="liked_videos",
        family=Family.RESEARCH,
        fields=_VIDEO_LIST_FIELDS,
        row_keys=("user_liked_videos",),
        cursor=CursorKind.TIME,
        answers_500_with_data=True,
    ),
    Endpoint(
        name="user_pinned_videos",
        path="/v2/research/user/pinned_videos/",
        entity="pinned_videos",
        family=Family.RESEARCH,
        fields=_VIDEO_LIST_FIELDS,
        row_keys=("pinned_videos_list",),
        cursor=CursorKind.NONE,
        answers_500_with_data=True,
    ),
    Endpoint(
        name="user_reposted_videos",
        path="/v2/research/user/reposted_videos/",
        entity="reposted_videos",
        family=Family.RESEARCH,
        fields=_VIDEO_LIST_FIELDS,
        # The docs' table has the second name; its samples and the server have the first.
        row_keys=("reposted_videos", "user_reposted_videos"),
        cursor=CursorKind.OFFSET,
        answers_500_with_data=True,
    ),
    Endpoint(
        name="playlist_info",
        path="/v2/research/playlist/info/",
        entity="playlists",
        family=Family.RESEARCH,
        fields=(),
        row_keys=(),
        cursor=CursorKind.OFFSET,
        answers_500_with_data=True,
    ),
)

ENDPOINTS: Final[Mapping[str, Endpoint]] = MappingProxyType({endpoint.name: endpoint for endpoint in _ALL})
"""Every data endpoint by name."""
