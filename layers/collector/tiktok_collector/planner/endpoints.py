"""Which endpoint answers for a stream, and which quota it draws on: what an estimate needs to know of the API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RESEARCH: Final = "research"
FOLLOWERS: Final = "followers"
FAMILIES: Final = (RESEARCH, FOLLOWERS)

VIDEOS: Final = "video_query"
COMMENTS: Final = "comment_list"
PLAYLISTS: Final = "playlist_info"

ENDPOINT_OF_STREAM: Final[Mapping[str, str]] = MappingProxyType(
    {
        "profile": "user_info",
        "pinned": "user_pinned_videos",
        "liked": "user_liked_videos",
        "reposted": "user_reposted_videos",
        "followers": "user_followers",
        "following": "user_following",
    }
)
"""The streams that are asked of an account itself."""


def family_of(endpoint: str) -> str:
    """The quota that requests to `endpoint` draw on."""
    return FOLLOWERS if endpoint in {"user_followers", "user_following"} else RESEARCH
