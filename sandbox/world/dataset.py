"""Reading a dataset file: JSON lines of videos and users. docs/sandbox.md describes the form."""

from pathlib import Path
from typing import Any

import msgspec


class WorldFileError(ValueError):
    """A dataset file cannot be used; the message says where and why."""


class VideoLine(msgspec.Struct, tag="video", tag_field="type"):
    """One video: three keys are required, every other documented field of the API may follow."""

    id: int
    username: str
    create_time: int
    deleted: bool = False
    video_description: str | None = None
    region_code: str | None = None
    share_count: int | None = None
    view_count: int | None = None
    like_count: int | None = None
    comment_count: int | None = None
    music_id: int | None = None
    hashtag_names: list[str] | None = None
    effect_ids: list[str] | None = None
    playlist_id: int | None = None
    voice_to_text: str | None = None
    is_stem_verified: bool | None = None
    favorites_count: int | None = None
    video_duration: int | None = None
    hashtag_info_list: list[dict[str, Any]] | None = None
    sticker_info_list: list[dict[str, Any]] | None = None
    effect_info_list: list[dict[str, Any]] | None = None
    video_mention_list: list[str] | None = None
    video_label: dict[str, Any] | None = None
    video_tag: dict[str, Any] | None = None


class UserLine(msgspec.Struct, tag="user", tag_field="type"):
    """One user: `username` is required, then the fields of user/info, then what shapes its lists."""

    username: str
    display_name: str | None = None
    bio_description: str | None = None
    avatar_url: str | None = None
    is_verified: bool | None = None
    follower_count: int | None = None
    following_count: int | None = None
    likes_count: int | None = None
    video_count: int | None = None
    bio_url: str | None = None
    private: bool = False
    in_scope: bool = True
    liked: int | None = None
    reposted: int = 0
    pinned: int = 0


def read_dataset(path: Path) -> tuple[list[VideoLine], dict[str, UserLine]]:
    """Return the videos by ascending id and the users by lower-case handle.

    Raises:
        WorldFileError: The file is missing or empty, or a line is not usable; the message has its number.
    """
    decoder = msgspec.json.Decoder(VideoLine | UserLine, strict=False)
    videos: dict[int, VideoLine] = {}
    users: dict[str, UserLine] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise WorldFileError(f"The world file {path} cannot be read: {error.strerror}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = decoder.decode(line)
            _add(entry, videos, users)
        except (msgspec.DecodeError, ValueError) as error:
            raise WorldFileError(f"{path}, line {number}: {error}; correct or remove this line.") from error
    if not videos and not users:
        raise WorldFileError(f"The world file {path} has no lines; it needs one JSON object a line.")
    return sorted(videos.values(), key=lambda video: video.id), users


def _add(entry: VideoLine | UserLine, videos: dict[int, VideoLine], users: dict[str, UserLine]) -> None:
    if not entry.username.strip():
        raise ValueError("the username is empty")
    if isinstance(entry, UserLine):
        if entry.username.lower() in users:
            raise ValueError(f"the user {entry.username} was already given by an earlier line")
        users[entry.username.lower()] = entry
        return
    if not 0 < entry.id < 1 << 63:
        raise ValueError(f"the id {entry.id} is not between 1 and 2^63 - 1")
    if not 0 < entry.create_time < 1 << 32:
        raise ValueError(f"create_time {entry.create_time} is not a Unix time in seconds")
    if entry.id in videos:
        raise ValueError(f"the video {entry.id} was already given by an earlier line")
    videos[entry.id] = entry
