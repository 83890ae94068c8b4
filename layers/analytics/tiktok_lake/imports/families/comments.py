"""Files of comments."""

from typing import Final

from tiktok_lake.imports.families.family import Columns, Family, TableMap

_VIDEO: Final = ("video_id", "aweme_id", "post_id", "videoId")
_TEXT: Final = ("text", "comment", "comment_text", "body")
_WHO: Final = ("user", "username", "author", "user_name", "uniqueId")
_WHEN: Final = ("create_time", "createTime", "timestamp", "time", "date")
_ID: Final = ("cid", "comment_id")
_LIKES: Final = ("likes", "like_count", "digg_count", "diggCount")

MINIMAL: Final = Family(
    name="comments_minimal",
    title="comments with little beside their text",
    needs=("|".join(_VIDEO), "|".join(_TEXT)),
    only=(
        *_VIDEO,
        *_TEXT,
        *_WHO,
        *_WHEN,
        *_ID,
        *_LIKES,
        "",
        "unnamed: 0",
        "index",
        "id",
        "language",
        "video_url",
        "url",
    ),
    tables=(
        TableMap(
            "comments",
            {
                "comment_id": (*_ID, "id"),
                "video_id": (*_VIDEO, "video_url", "url"),
                "text": _TEXT,
                "username": _WHO,
                "create_time": _WHEN,
                "like_count": _LIKES,
                "language": "language",
            },
        ),
    ),
)

APIFY: Final = Family(
    name="comments_apify",
    title="Apify's scraper of comments (clockworks)",
    needs=("cid|id", "text", "uniqueId", "diggCount", "replyCommentTotal|videoWebUrl"),
    signs=(
        "videoWebUrl",
        "uid",
        "createTimeISO",
        "replyCommentTotal",
        "repliesToId",
        "avatarThumbnail",
        "likedByAuthor",
    ),
    tables=(
        TableMap(
            "comments",
            {
                "comment_id": ("cid", "id"),
                "video_id": ("videoWebUrl", "submittedVideoUrl", "videoId"),
                "parent_comment_id": ("repliesToId", "replyToCommentId"),
                "text": "text",
                "like_count": "diggCount",
                "reply_count": "replyCommentTotal",
                "create_time": ("createTime", "createTimeISO"),
                "username": "uniqueId",
                "author_id": "uid",
            },
        ),
    ),
)

RESEARCH: Final = Family(
    name="research_comments",
    title="comments of the Research API",
    needs=("id", "video_id", "text", "create_time"),
    signs=("parent_comment_id", "like_count", "reply_count"),
    tables=(
        TableMap(
            "comments",
            {
                "comment_id": "id",
                "video_id": "video_id",
                "parent_comment_id": "parent_comment_id",
                "text": "text",
                "like_count": "like_count",
                "reply_count": "reply_count",
                "create_time": "create_time",
                "display_name": "display_name",
            },
        ),
    ),
    fetched_at=("_retrieved_at",),
    repeats=("_retrieved_at",),
)


RESEARCH_PAGES: Final = Family(
    name="research_comment_pages",
    title="answers of the Research API with comments, one a line",
    needs=("data.comments[]",),
    signs=("data.cursor", "data.has_more", "error.code"),
    explode="data.comments",
    tables=RESEARCH.tables,
)


def _web(prefix: str) -> Columns:
    return {
        "comment_id": f"{prefix}cid",
        "video_id": f"{prefix}aweme_id",
        "parent_comment_id": f"{prefix}reply_id",
        "text": f"{prefix}text",
        "like_count": f"{prefix}digg_count",
        "reply_count": f"{prefix}reply_comment_total",
        "create_time": f"{prefix}create_time",
        "username": f"{prefix}user.unique_id",
        "author_id": f"{prefix}user.uid",
        "display_name": f"{prefix}user.nickname",
        "language": f"{prefix}comment_language",
    }


def _web_author(prefix: str) -> TableMap:
    columns: Columns = {
        "username": f"{prefix}user.unique_id",
        "author_id": f"{prefix}user.uid",
        "display_name": f"{prefix}user.nickname",
        "bio_description": f"{prefix}user.signature",
    }
    return TableMap("users", columns, derived=True)


WEB: Final = Family(
    name="comments_web",
    title="comments of TikTok's own pages",
    needs=("cid", "aweme_id", "text", "create_time", "user.unique_id|user.uid"),
    signs=("reply_id", "digg_count", "reply_comment_total", "comment_language", "user.nickname"),
    tables=(TableMap("comments", _web("")), _web_author("")),
    fetched_at=("__import_meta.timestamp_collected",),
)

ZEESCHUIMER: Final = Family(
    name="comments_zeeschuimer",
    title="Zeeschuimer's NDJSON of comments",
    needs=("data.cid", "data.aweme_id", "data.text", "data.create_time"),
    signs=("timestamp_collected", "source_platform", "item_id", "data.reply_id", "data.user.unique_id"),
    tables=(TableMap("comments", _web("data.")), _web_author("data.")),
    fetched_at=("timestamp_collected",),
)

FOUR_CAT: Final = Family(
    name="comments_4cat",
    title="4CAT's CSV of comments",
    needs=("id", "post_id", "author", "body"),
    signs=(
        "thread_id",
        "likes",
        "replies",
        "language_guess|comment_language",
        "unix_timestamp|timestamp",
        "author_full",
    ),
    tables=(
        TableMap(
            "comments",
            {
                "comment_id": "id",
                "video_id": ("post_id", "post_url"),
                "parent_comment_id": ("thread_id", "reply_id"),
                "text": "body",
                "like_count": "likes",
                "reply_count": ("replies", "reply_count"),
                "create_time": ("unix_timestamp", "timestamp"),
                "username": "author",
                "author_id": "author_id",
                "display_name": "author_full",
                "language": ("language_guess", "comment_language"),
            },
        ),
        TableMap("users", {"username": "author", "display_name": "author_full"}, derived=True),
    ),
)

PYKTOK: Final = Family(
    name="comments_pyktok",
    title="pyktok's CSV of comments",
    needs=("cid", "text", "create_time", "aweme_id", "digg_count"),
    signs=("reply_comment_total", "unique_id|user", "status", "reply_id"),
    tables=(
        TableMap(
            "comments",
            {
                "comment_id": "cid",
                "video_id": "aweme_id",
                "parent_comment_id": "reply_id",
                "text": "text",
                "like_count": "digg_count",
                "reply_count": "reply_comment_total",
                "create_time": "create_time",
                "username": ("unique_id", "username"),
                "author_id": "uid",
                "language": "comment_language",
            },
        ),
    ),
)

ALL: Final = (MINIMAL, APIFY, RESEARCH, RESEARCH_PAGES, WEB, ZEESCHUIMER, FOUR_CAT, PYKTOK)
