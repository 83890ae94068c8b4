"""Files of scrapers and browser extensions, which keep the objects that TikTok's own pages get."""

from typing import Final

from tiktok_lake.imports.families.family import (
    Columns,
    Family,
    Field,
    Reading,
    TableMap,
    caption_mentions,
    caption_tags,
)

_AUTHOR_META: Final = TableMap(
    "users",
    {
        "username": "authorMeta.name",
        "author_id": "authorMeta.id",
        "display_name": "authorMeta.nickName",
        "bio_description": "authorMeta.signature",
        "bio_url": "authorMeta.bioLink",
        "avatar_url": ("authorMeta.avatar", "authorMeta.originalAvatarUrl"),
        "is_verified": "authorMeta.verified",
        "follower_count": "authorMeta.fans",
        "following_count": "authorMeta.following",
        # `digg` beside it counts the likes that the account has given.
        "likes_count": "authorMeta.heart",
        "video_count": "authorMeta.video",
    },
    derived=True,
)

_SCRAPED: Final[Columns] = {
    "video_id": ("id", "webVideoUrl"),
    "username": ("authorMeta.name", Field("webVideoUrl", Reading.HANDLE)),
    "author_id": "authorMeta.id",
    "create_time": ("createTime", "createTimeISO"),
    "video_description": "text",
    "video_duration": "videoMeta.duration",
    "music_id": "musicMeta.musicId",
    "music_title": "musicMeta.musicName",
    "hashtag_names": ("hashtags[].name", caption_tags("text")),
    "view_count": "playCount",
    "like_count": "diggCount",
    "comment_count": "commentCount",
    "share_count": "shareCount",
    "favorites_count": "collectCount",
    "region_code": ("locationCreated", "locationMeta.countryCode"),
    "is_ad": ("isAd", "isSponsored"),
    "hashtag_info_list": "hashtags[]",
}

TIKTOK_SCRAPER: Final = Family(
    name="tiktok_scraper",
    title="tiktok-scraper (drawrowfly), and Kaggle's trending.json",
    kin="authorMeta",
    needs=("id|webVideoUrl", "authorMeta.name", "text", "playCount", "diggCount"),
    signs=("covers.default", "musicMeta.playUrl", "downloaded", "videoUrl", "videoUrlNoWaterMark", "secretID"),
    tables=(
        TableMap("videos", {**_SCRAPED, "video_mention_list": ("mentions[]", caption_mentions("text"))}),
        _AUTHOR_META,
    ),
)

APIFY: Final = Family(
    name="apify",
    title="Apify's TikTok scrapers (clockworks)",
    kin="authorMeta",
    needs=("id|webVideoUrl", "authorMeta.name", "text", "playCount", "diggCount"),
    signs=("createTimeISO", "collectCount", "isAd|isSponsored", "isPinned|isSlideshow", "videoMeta.coverUrl", "input"),
    tables=(
        TableMap(
            "videos",
            {**_SCRAPED, "video_mention_list": ("mentions[]", "detailedMentions[].name", caption_mentions("text"))},
        ),
        _AUTHOR_META,
    ),
    fetched_at=("scrapedAt", "fetchedAt"),
)


def _web(prefix: str) -> Columns:
    """A video as TikTok's pages have it."""
    item: dict[str, str | Field | tuple[str | Field, ...]] = {
        "video_id": (f"{prefix}id", "item_id", f"{prefix}item_id", f"{prefix}aweme_id"),
        # In items that are embedded in others, the author is only a handle.
        "username": (f"{prefix}author.uniqueId", f"{prefix}author"),
        "author_id": (f"{prefix}author.id", f"{prefix}authorId"),
        "create_time": f"{prefix}createTime",
        "region_code": f"{prefix}locationCreated",
        "video_description": f"{prefix}desc",
        "video_duration": f"{prefix}video.duration",
        "music_id": f"{prefix}music.id",
        "music_title": f"{prefix}music.title",
        "hashtag_names": (
            f"{prefix}challenges[].title",
            Field(f"{prefix}textExtra[]", Reading.TAGS_OF_EXTRA),
            caption_tags(f"{prefix}desc"),
        ),
        "video_mention_list": (
            Field(f"{prefix}textExtra[]", Reading.MENTIONS_OF_EXTRA),
            caption_mentions(f"{prefix}desc"),
        ),
        "hashtag_info_list": f"{prefix}challenges[]",
        "sticker_info_list": f"{prefix}stickersOnItem[]",
        "effect_info_list": f"{prefix}effectStickers[]",
        "duet_from_video_id": f"{prefix}duetInfo.duetFromId",
        "is_ad": f"{prefix}isAd",
        "reference_username": (
            Field(f"{prefix}textExtra[]", Reading.WHOM_OF_EXTRA),
            Field(f"{prefix}desc", Reading.ANSWERS_WHOM),
        ),
    }
    names = {
        "view_count": "playCount",
        "like_count": "diggCount",
        "comment_count": "commentCount",
        "share_count": "shareCount",
        "favorites_count": "collectCount",
    }
    return item | {column: (f"{prefix}stats.{name}", f"{prefix}statsV2.{name}") for column, name in names.items()}


def _web_author(prefix: str) -> TableMap:
    columns: Columns = {
        "username": (f"{prefix}author.uniqueId", f"{prefix}author"),
        "author_id": (f"{prefix}author.id", f"{prefix}authorId"),
        "display_name": (f"{prefix}author.nickname", f"{prefix}nickname"),
        "bio_description": f"{prefix}author.signature",
        "bio_url": f"{prefix}author.bioLink.link",
        "avatar_url": (f"{prefix}author.avatarLarger", f"{prefix}author.avatarThumb", f"{prefix}avatarThumb"),
        "is_verified": f"{prefix}author.verified",
        "follower_count": (f"{prefix}authorStats.followerCount", f"{prefix}authorStatsV2.followerCount"),
        "following_count": (f"{prefix}authorStats.followingCount", f"{prefix}authorStatsV2.followingCount"),
        # `diggCount` beside it counts the likes that the account has given.
        "likes_count": (
            f"{prefix}authorStats.heartCount",
            f"{prefix}authorStats.heart",
            f"{prefix}authorStatsV2.heartCount",
        ),
        "video_count": (f"{prefix}authorStats.videoCount", f"{prefix}authorStatsV2.videoCount"),
    }
    return TableMap("users", columns, derived=True)


ZEESCHUIMER: Final = Family(
    name="zeeschuimer",
    title="Zeeschuimer's NDJSON of videos",
    needs=(
        "data.id|item_id",
        "data.author.uniqueId|data.author",
        "data.desc",
        "data.stats.playCount|data.statsV2.playCount|data.createTime",
    ),
    signs=("timestamp_collected", "source_platform", "source_platform_url", "nav_index", "user_agent", "item_id"),
    tables=(TableMap("videos", _web("data.")), _web_author("data.")),
    fetched_at=("timestamp_collected",),
)

WEB_ITEM: Final = Family(
    name="web_item",
    title="items of TikTok's own pages (TikTok-Api, 4CAT's NDJSON)",
    needs=("id", "author.uniqueId|author", "desc", "createTime", "stats.playCount|statsV2.playCount|stats.diggCount"),
    signs=("music.id", "video.duration", "duetEnabled", "stitchEnabled", "authorStats.followerCount", "challenges[]"),
    tables=(TableMap("videos", _web("")), _web_author("")),
    fetched_at=("__import_meta.timestamp_collected",),
)

ALL: Final = (TIKTOK_SCRAPER, APIFY, ZEESCHUIMER, WEB_ITEM)
