"""The tables of the row store, column by column (docs/tables.md is made of this).

A column that is added later goes to the end of its table: older files lack it, and readers take it as null
(`union_by_name`). None is renamed or given another type.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from tiktok_lake.columns import Column, ColumnType, Discloses, Names

_T = ColumnType
_D = Discloses


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of the row store; `key` names the columns that tell its rows apart within one fetch."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: there is none.
        """
        return next(each for each in self.columns if each.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the order of the files."""
        return tuple(each.name for each in self.columns)


def _number(name: str, about: str, unit: str, source: str | None = None) -> Column:
    return Column(name=name, type=_T.BIGINT, about=about, unit=unit, source=name if source is None else source)


def _text(name: str, about: str, discloses: Discloses = _D.NOTHING, source: str | None = None) -> Column:
    source = name if source is None else source
    return Column(name=name, type=_T.VARCHAR, about=about, source=source, discloses=discloses)


def _id(name: str, about: str, names: Names | None = None, source: str | None = None) -> Column:
    return Column(name=name, type=_T.BIGINT, about=about, source=name if source is None else source, names=names)


def _json(name: str, about: str, discloses: Discloses = _D.TEXT, source: str | None = None) -> Column:
    source = name if source is None else source
    return Column(name=name, type=_T.JSON, about=about, source=source, discloses=discloses)


def _account(name: str, about: str, source: str) -> Column:
    return Column(name=name, type=_T.VARCHAR, about=about, source=source, discloses=_D.NAME, names=Names.ACCOUNT)


_IMPORTED: Final = "imports only"

_EXTRA: Final = _json(
    "extra", "Fields that this version does not know, as one JSON object; null if there are none", _D.UNKNOWN, "the row"
)

PROVENANCE: Final = (
    Column(
        name="fetched_at",
        type=_T.TIMESTAMP,
        source="the envelope's retrieved_at",
        about="When the row was received, UTC; of an import, when it was collected, or else imported",
    ),
    _text("source", "`tiktok_research_api`, a source of trends, or `import`", source="the envelope"),
    _text(
        "entity",
        "Which list it came in: videos, liked_videos, comments …; of an import, its schema family",
        source="the envelope",
    ),
    _text("run_id", "The run, or the import", source="the envelope"),
    _text("task_id", "The task of the run; of an import, the name of the file", source="the envelope"),
    Column(name="generation", type=_T.INTEGER, about="How often the task had begun anew", source="the envelope"),
    Column(name="page", type=_T.INTEGER, about="The page within the generation; of an import 0", source="the envelope"),
    _number(
        "row_number", "The row's place in its page from 0; of an import, its line or element from 1", "", "the page"
    ),
    Column(
        name="collections",
        type=_T.VARCHARS,
        about="The cohorts or searches of the study that asked for the page",
        source="the envelope",
    ),
)
"""Where a row comes from: `run_id`, `task_id`, `generation`, `page` and `entity` lead to the raw page."""

_COUNTERS: Final = (
    _number("view_count", "Views", "views"),
    _number("like_count", "Likes", "likes"),
    _number("comment_count", "Comments", "comments"),
    _number("share_count", "Shares", "shares"),
    _number("favorites_count", "Saves", "saves"),
)

_CREATED: Final = (
    _number("create_time", "When it was published", "Unix seconds"),
    Column(
        name="created_at",
        type=_T.TIMESTAMP,
        about="The same as a time in UTC; null where it is none",
        source="create_time",
    ),
)

VIDEOS: Final = Table(
    name="videos",
    about="One row for each video and fetch, with everything that the answer said of it.",
    key=("video_id",),
    columns=(
        _id("video_id", "The video", Names.VIDEO, "id"),
        _account("username", "Its author's handle", "username"),
        Column(
            name="author_id",
            type=_T.BIGINT,
            about="Its author's number",
            source=_IMPORTED,
            discloses=_D.PERSON_ID,
            names=Names.ACCOUNT_ID,
        ),
        *_CREATED,
        _text("region_code", "Country in which the author's account was registered, two letters"),
        _text("video_description", "The caption", _D.TEXT),
        _number("video_duration", "Length", "seconds"),
        _id("music_id", "Its sound"),
        _text("music_title", "The sound's title", _D.TEXT, _IMPORTED),
        Column(
            name="hashtag_names",
            type=_T.VARCHARS,
            about="Hashtags, without #",
            source="hashtag_names",
            discloses=_D.TEXT,
        ),
        Column(
            name="video_mention_list",
            type=_T.VARCHARS,
            about="Mentions, as the caption shows them",
            source="video_mention_list",
            discloses=_D.NAMES,
        ),
        *_COUNTERS,
        _id("playlist_id", "The playlist that it is in"),
        _text("voice_to_text", "What is spoken", _D.TEXT),
        Column(
            name="is_stem_verified",
            type=_T.BOOLEAN,
            about="Whether it is verified STEM content",
            source="is_stem_verified",
        ),
        Column(name="effect_ids", type=_T.VARCHARS, about="Effects", source="effect_ids"),
        _json("hashtag_info_list", "Hashtags with ids and descriptions"),
        _json("sticker_info_list", "Stickers"),
        _json("effect_info_list", "Effects with names"),
        _json("video_label", "Labels, such as of elections"),
        _json("video_tag", "Tags, such as of generated content or paid partnership"),
        _id("duet_from_video_id", "The video that it answers (duet)", Names.VIDEO, _IMPORTED),
        Column(name="is_ad", type=_T.BOOLEAN, about="Whether it is an advertisement", source=_IMPORTED),
        _text("reference_kind", "duet or stitch, as its data or its caption say", source=_IMPORTED),
        _text("reference_username", "Whose video it answers, as its data or its caption say", _D.NAME, _IMPORTED),
        _EXTRA,
        *PROVENANCE,
    ),
)

VIDEO_STATS: Final = Table(
    name="video_stats",
    about="One row for each video and fetch: its counters, for series over time.",
    key=("video_id",),
    columns=(
        _id("video_id", "The video", Names.VIDEO, "id"),
        *_CREATED,
        *_COUNTERS,
        *PROVENANCE,
    ),
)

USERS: Final = Table(
    name="users",
    about="One row for each account and fetch of its profile.",
    key=("username",),
    columns=(
        _account("username", "The handle that was asked for", "the request"),
        Column(
            name="author_id",
            type=_T.BIGINT,
            about="The account's number",
            source=_IMPORTED,
            discloses=_D.PERSON_ID,
            names=Names.ACCOUNT_ID,
        ),
        _text("display_name", "The name that it shows", _D.PORTRAIT),
        _text("bio_description", "What it says of itself", _D.PORTRAIT),
        _text("bio_url", "The link in its profile", _D.PORTRAIT),
        _text("avatar_url", "Its picture; the address works for days", _D.PORTRAIT),
        Column(name="is_verified", type=_T.BOOLEAN, about="Whether TikTok has verified it", source="is_verified"),
        _number("follower_count", "Accounts that follow it", "accounts"),
        _number("following_count", "Accounts that it follows", "accounts"),
        _number("likes_count", "Likes that its videos received", "likes"),
        _number("video_count", "Its videos", "videos"),
        _EXTRA,
        *PROVENANCE,
    ),
)

COMMENTS: Final = Table(
    name="comments",
    about="One row for each comment or reply and fetch.",
    key=("comment_id",),
    columns=(
        _id("comment_id", "The comment", Names.COMMENT, "id"),
        _id("video_id", "The video below which it stands", Names.VIDEO, "video_id, or the request"),
        _id("parent_comment_id", "The comment that it answers; the video's id where it answers none", Names.COMMENT),
        _text("text", "What it says", _D.TEXT),
        _number("like_count", "Likes", "likes"),
        _number("reply_count", "Replies", "replies"),
        *_CREATED,
        _text("display_name", "The name that its author shows; replies only", _D.NAME),
        _account("username", "Its author's handle", _IMPORTED),
        Column(
            name="author_id",
            type=_T.BIGINT,
            about="Its author's number",
            source=_IMPORTED,
            discloses=_D.PERSON_ID,
            names=Names.ACCOUNT_ID,
        ),
        _text("language", "Its language, as the source guessed it", source=_IMPORTED),
        _EXTRA,
        *PROVENANCE,
    ),
)

RELATIONS: Final = Table(
    name="relations",
    about="Who follows whom, and which videos an account liked, pinned, reposted, or a playlist holds, fetch by fetch.",
    key=("kind", "username", "other_username", "video_id", "playlist_id"),
    columns=(
        _text(
            "kind",
            "follower, following, liked, pinned, reposted or in_playlist; of imports also watched, saved, shared",
            source="the endpoint",
        ),
        _account("username", "The account that was asked about; null for playlists", "the request"),
        _account("other_username", "The follower, or the account that is followed", "username"),
        _text("other_display_name", "The name that it shows", _D.PORTRAIT, "display_name"),
        _id("video_id", "The video that was liked, pinned, reposted, or is in the playlist", Names.VIDEO, "id"),
        _id("playlist_id", "The playlist"),
        _EXTRA,
        *PROVENANCE,
    ),
)

PLAYLISTS: Final = Table(
    name="playlists",
    about="One row for each page of a playlist and fetch; its videos are in `relations`.",
    key=("playlist_id",),
    columns=(
        _id("playlist_id", "The playlist"),
        _text("playlist_name", "Its name", _D.TEXT),
        _number("playlist_item_total", "How many videos it says that it holds", "videos"),
        _number("playlist_last_updated", "When it was last changed", "Unix seconds"),
        _EXTRA,
        *PROVENANCE,
    ),
)

TRENDS: Final = Table(
    name="trends",
    about="One row for each row of a list of trends and poll (docs/trends.md).",
    key=("kind", "country", "period", "industry", "rank", "name"),
    columns=(
        _text("kind", "hashtag, sound, keyword, creator or video"),
        _text("country", "Two letters, or ALL"),
        Column(
            name="period",
            type=_T.INTEGER,
            about="Days that the list is counted over; 0 if it is not",
            unit="days",
            source="the list",
        ),
        _text("industry", "As the source calls it; empty for all"),
        Column(name="rank", type=_T.INTEGER, about="1 is first", source="rank"),
        _text("name", "Hashtag, title, keyword, nickname or caption", _D.TEXT, "the row"),
        _text("item_id", "The id of the hashtag or sound", source="the row"),
        _id("video_id", "The video, of lists of videos", Names.VIDEO),
        _account("username", "The account, of lists of creators and videos", "username"),
        Column(
            name="creator_id",
            type=_T.BIGINT,
            about="The account's number",
            source="creator_id or author_id",
            discloses=_D.PERSON_ID,
            names=Names.ACCOUNT_ID,
        ),
        _number("posts", "Posts", "videos"),
        _number("views", "Views", "views"),
        _number("followers", "Followers, of creators", "accounts"),
        _number("likes", "Likes", "likes"),
        _text("change", "How the rank has changed: up, unchanged, down or new"),
        _json("row", "The whole row", _D.UNKNOWN, "the row"),
        *PROVENANCE,
    ),
)

QUARANTINE: Final = Table(
    name="quarantine",
    about="Rows and pages that break their model, with the reason; nothing of them is lost.",
    key=("object_key", "row_number"),
    columns=(
        _text("target", "The table that it would belong to", source="the endpoint"),
        _text("reason", "Why it is not there", _D.UNKNOWN, "what read the row"),
        _text("object_key", "The object that it stands in", _D.UNKNOWN, "the key of the raw object or file"),
        _id("video_id", "The video, if that much can be read", Names.VIDEO, "the row"),
        _id("comment_id", "The comment, if that much can be read", Names.COMMENT, "the row"),
        _account("username", "The account, if that much can be read", "the row"),
        _json("row", "The row as received; null where a whole page is unreadable", _D.UNKNOWN, "the row"),
        *PROVENANCE,
    ),
)

MANIFESTS: Final = Table(
    name="manifests",
    about="One row for each task of a run that has ended, as its manifest counts it; `coverage` compares these.",
    key=("run_id", "task_id"),
    columns=(
        _text("function", "Which function planned the run", source="the manifest"),
        _text("stream", "profile, videos, comments …", source="the manifest"),
        _text("state", "done, skipped or failed", source="the manifest"),
        Column(name="complete", type=_T.BOOLEAN, about="Whether everything it asked for came", source="the manifest"),
        _number("task_pages", "Pages that the task has stored", "pages", "the manifest"),
        _number("task_rows", "Rows in them", "rows", "the manifest"),
        _number("task_requests", "Requests that it took", "requests", "the manifest"),
        _number("dropped", "Rows that TikTok left out of its pages", "rows", "the manifest"),
        _number("quarantined", "Rows that broke their model", "rows", "the manifest"),
        _number("gaps", "What is missing, possible gaps too", "gaps", "the manifest"),
        *PROVENANCE,
    ),
)
"""`fetched_at` is when the run ended; written again, a manifest leaves another row: `coverage` takes the most."""

TABLES: Final[Mapping[str, Table]] = MappingProxyType(
    {
        each.name: each
        for each in (VIDEOS, VIDEO_STATS, USERS, COMMENTS, RELATIONS, PLAYLISTS, TRENDS, QUARANTINE, MANIFESTS)
    }
)
"""All tables by name. Each is partitioned by `dt`, the UTC day of `fetched_at`."""
