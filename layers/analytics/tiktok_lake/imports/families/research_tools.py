"""Files of researchers' own tools, which write a flat table: pyktok, 4CAT, minet."""

from typing import Final

from tiktok_lake.imports.families.family import (
    Family,
    Field,
    Reading,
    TableMap,
    caption_mentions,
    caption_tags,
)

PYKTOK: Final = Family(
    name="pyktok",
    title="pyktok",
    needs=("video_id", "video_timestamp", "video_description", "video_playcount", "video_diggcount", "author_username"),
    signs=("video_locationcreated", "video_stickers", "author_heartcount", "author_diggcount", "poi_name"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "video_id",
                "username": "author_username",
                "create_time": "video_timestamp",
                "region_code": "video_locationcreated",
                "video_description": "video_description",
                "video_duration": ("video_duration", "video_length"),
                "hashtag_names": caption_tags("video_description"),
                "video_mention_list": caption_mentions("video_description"),
                "view_count": "video_playcount",
                "like_count": "video_diggcount",
                "comment_count": "video_commentcount",
                "share_count": "video_sharecount",
                "is_ad": "video_is_ad",
            },
        ),
        TableMap(
            "users",
            {
                "username": "author_username",
                "display_name": "author_name",
                "is_verified": "author_verified",
                "follower_count": "author_followercount",
                "following_count": "author_followingcount",
                "likes_count": "author_heartcount",
                "video_count": "author_videocount",
            },
            derived=True,
        ),
    ),
    warnings=("pyktok writes times in the zone of the computer that it ran on; name it in a mapping file.",),
)

FOUR_CAT: Final = Family(
    name="4cat",
    title="4CAT's CSV of videos",
    needs=("id", "author", "body", "likes", "plays", "unix_timestamp|timestamp"),
    signs=("thread_id", "collected_from_url", "is_duet", "author_full", "tiktok_url", "challenges", "author_likes"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": ("id", "tiktok_url"),
                "username": "author",
                "create_time": ("unix_timestamp", "timestamp"),
                "region_code": "location_created",
                "video_description": "body",
                "music_id": "music_id",
                "music_title": "music_name",
                "hashtag_names": ("hashtags", "challenges", caption_tags("body")),
                "video_mention_list": caption_mentions("body"),
                "view_count": "plays",
                "like_count": "likes",
                "comment_count": "comments",
                "share_count": "shares",
                "is_ad": "is_ad",
                "reference_kind": (Field("is_duet", Reading.IF_DUET), Field("body", Reading.ANSWERS_HOW)),
            },
        ),
        TableMap(
            "users",
            {
                "username": "author",
                "display_name": "author_full",
                "avatar_url": "author_avatar",
                "follower_count": "author_followers",
                # `author_likes` counts the likes that the account has given.
                "video_count": "author_videos",
            },
            derived=True,
        ),
    ),
)

MINET: Final = Family(
    name="minet",
    title="minet's CSV of videos",
    needs=("id", "description", "author_unique_id", "digg_count", "play_count", "timestamp|utc_time"),
    signs=("duet_from_video_id", "duet_from_user_name", "challenges_titles", "author_heart_count", "original_item"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "id",
                "username": "author_unique_id",
                "author_id": "author_id",
                "create_time": ("timestamp", "utc_time"),
                "video_description": "description",
                "video_duration": "video_duration",
                "music_id": "music_id",
                "music_title": "music_title",
                "hashtag_names": ("challenges_titles", caption_tags("description")),
                "video_mention_list": caption_mentions("description"),
                "view_count": "play_count",
                "like_count": "digg_count",
                "comment_count": "comment_count",
                "share_count": "share_count",
                "duet_from_video_id": "duet_from_video_id",
                "is_ad": "is_ad",
                "reference_username": (
                    "duet_from_user_name",
                    Field("description", Reading.ANSWERS_WHOM),
                ),
            },
        ),
        TableMap(
            "users",
            {
                "username": "author_unique_id",
                "author_id": "author_id",
                "display_name": "author_nickname",
                "bio_description": "author_signature",
                "avatar_url": "author_avatar",
                "is_verified": "author_verified",
                "follower_count": "author_follower_count",
                "following_count": "author_following_count",
                # `author_digg_count` counts the likes that the account has given.
                "likes_count": "author_heart_count",
                "video_count": "author_video_count",
            },
            derived=True,
        ),
    ),
)

ALL: Final = (PYKTOK, FOUR_CAT, MINET)
