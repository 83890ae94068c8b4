"""What can be collected of an account."""

from enum import StrEnum
from typing import Final


class Stream(StrEnum):
    """What can be collected of an account."""

    PROFILE = "profile"
    VIDEOS = "videos"
    PINNED = "pinned"
    LIKED = "liked"
    REPOSTED = "reposted"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    COMMENTS = "comments"
    PLAYLISTS = "playlists"


OF_VIDEOS: Final = (Stream.VIDEOS, Stream.COMMENTS, Stream.PLAYLISTS)
"""Those that are asked for by day; the others are asked of the account itself."""
OF_ACCOUNTS: Final = tuple(stream for stream in Stream if stream not in OF_VIDEOS)
