"""Typed rows of the Research API (docs: specification pages, "Research API Codebook").

Everything but the id is optional: a field without a value is absent from the answer. NUL characters in text are kept.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec

from tiktok_collector.research_api.endpoints import Endpoint

INT64_MAX: Final = 2**63 - 1
MOST_MENTIONS: Final = 1_000
LONGEST_NAME: Final = 1_000

type Id = Annotated[int, msgspec.Meta(ge=0, le=INT64_MAX)]
"""A number that TikTok keeps in 64 bits; of a video, its upper half is a time."""
type Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
"""What an account is called; comparing forms of a name takes time that grows with the square of its length."""


class HashtagInfo(msgspec.Struct, frozen=True):
    """One hashtag of a video."""

    hashtag_id: int | str | None = None
    hashtag_name: str | None = None
    hashtag_description: str | None = None


class Video(msgspec.Struct, frozen=True, kw_only=True):
    """One video: of a query, or of a user's liked, pinned or reposted videos."""

    id: Id
    create_time: int | None = None
    """Unix seconds."""
    username: Name | None = None
    region_code: str | None = None
    """Two letters: the country in which the account was registered."""
    video_description: str | None = None
    music_id: Id | None = None
    like_count: int | None = None
    comment_count: int | None = None
    share_count: int | None = None
    view_count: int | None = None
    favorites_count: int | None = None
    video_duration: int | None = None
    """Seconds."""
    is_stem_verified: bool | None = None
    playlist_id: Id | None = None
    voice_to_text: str | None = None
    effect_ids: list[str] | None = None
    hashtag_names: list[str] | None = None
    hashtag_info_list: list[HashtagInfo] | None = None
    # The shape of the rest differs between TikTok's own pages, so it is kept as it comes.
    sticker_info_list: list[dict[str, Any]] | None = None
    effect_info_list: list[dict[str, Any]] | None = None
    video_mention_list: Annotated[list[Name], msgspec.Meta(max_length=MOST_MENTIONS)] | None = None
    video_label: Any = None
    video_tag: Any = None


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """One comment or reply; its author is not given."""

    id: Id
    text: str | None = None
    video_id: Id | None = None
    parent_comment_id: Id | None = None
    """The video's id where the comment is not a reply."""
    like_count: int | None = None
    reply_count: int | None = None
    create_time: int | None = None
    """Unix seconds."""
    display_name: Name | None = None


class UserInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One account's profile; the answer does not name the account that was asked for."""

    username: Name | None = None
    display_name: Name | None = None
    bio_description: str | None = None
    bio_url: str | None = None
    avatar_url: str | None = None
    """Signed; it stops working within days."""
    is_verified: bool | None = None
    follower_count: int | None = None
    following_count: int | None = None
    likes_count: int | None = None
    video_count: int | None = None


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """One follower, or one account that is followed."""

    username: Name
    display_name: Name | None = None


class Playlist(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a playlist."""

    playlist_id: Id
    playlist_name: str | None = None
    playlist_item_total: int | None = None
    playlist_last_updated: int | None = None
    """Unix seconds."""
    playlist_video_ids: list[Id] | None = None
    cursor: int | None = None
    has_more: bool | None = None


type Row = Video | Comment | UserInfo | Relation | Playlist

MODELS: Final[Mapping[str, type[Row]]] = MappingProxyType(
    {
        "videos": Video,
        "comments": Comment,
        "users": UserInfo,
        "followers": Relation,
        "following": Relation,
        "liked_videos": Video,
        "pinned_videos": Video,
        "reposted_videos": Video,
        "playlists": Playlist,
    }
)
"""The model of each lake entity."""

ID_FIELDS: Final = frozenset({"id", "video_id", "comment_id", "parent_comment_id", "music_id", "playlist_id"})
"""Numeric ids at the top level of rows."""

# Rows of a frame are sound text; lone surrogates can only come from elsewhere.
_BREAKS_ITS_MODEL: Final = (msgspec.ValidationError, UnicodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that breaks its model, kept with the reason."""

    index: int
    """Of the row within its page, from 0."""
    reason: str
    row: Any

    @property
    def id(self) -> int | None:
        """The row's id, if that much of it can be read."""
        row = _with_integer_ids(self.row)
        identifier = row.get("id") if isinstance(row, dict) else None
        return identifier if isinstance(identifier, int) else None


@dataclass(frozen=True, slots=True)
class TypedPage:
    """The rows of one page with types."""

    rows: list[Row]
    quarantined: list[Quarantined]
    unknown_fields: Counter[str]
    """How many rows carry each field that the model does not know."""


def read_rows(endpoint: Endpoint, rows: Sequence[Any]) -> TypedPage:
    """Give the rows of a `Frame` their types.

    Ids that come as digits in quotes are taken for the integers that they are; ids that come as floats are not exact
    and put their row into quarantine.
    """
    model = MODELS[endpoint.entity]
    try:
        typed: list[Row] = msgspec.convert(rows, list[model])  # type: ignore[valid-type]
        quarantined: list[Quarantined] = []
    except _BREAKS_ITS_MODEL:
        typed, quarantined = _row_by_row(model, rows)
    # Rows that kept to their model are objects, and nearly always without news: that is seen without a loop of ours.
    unknown = quarantined or not all(map(_FIELDS[model].issuperset, rows))
    return TypedPage(typed, quarantined, Counter(_unknown_fields(model, rows) if unknown else ()))


def _row_by_row(model: type[Row], rows: Sequence[Any]) -> tuple[list[Row], list[Quarantined]]:
    typed: list[Row] = []
    quarantined: list[Quarantined] = []
    for index, row in enumerate(rows):
        try:
            typed.append(msgspec.convert(_with_integer_ids(row), model))
        except _BREAKS_ITS_MODEL as error:
            quarantined.append(Quarantined(index, str(error), row))
    return typed, quarantined


def _with_integer_ids(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    quoted = {name: int(value) for name in ID_FIELDS & row.keys() if _is_quoted_id(value := row[name])}
    return row | quoted


def _is_quoted_id(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20  # noqa: PLR2004 - 2**64


def _unknown_fields(model: type[Row], rows: Sequence[Any]) -> Iterator[str]:
    known = _FIELDS[model]
    for row in rows:
        if isinstance(row, dict) and not row.keys() <= known:
            yield from row.keys() - known


_FIELDS: Final = {model: frozenset(model.__struct_fields__) for model in set(MODELS.values())}
