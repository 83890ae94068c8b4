"""Files of studies, courses and competitions, each with columns of its own."""

from typing import Final

from tiktok_lake.imports.families.family import (
    Family,
    Field,
    Reading,
    TableMap,
    caption,
    caption_mentions,
    caption_tags,
)

_LINKS: Final = ("url", "video_url", "link", "webVideoUrl", "video_link")

KGSPINDLER: Final = Family(
    name="kgspindler",
    title="accounts of politicians with Danish columns (KGSpindler)",
    needs=("video_id", "tiktok_handle", "upload_dato", "beskrivelse", "visninger"),
    signs=("kommentarer", "gemmer", "storkreds", "party_name", "account_type"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": ("video_id", "video_url"),
                "username": "tiktok_handle",
                "create_time": "upload_dato",
                **caption("beskrivelse"),
                "view_count": "visninger",
                "like_count": "likes",
                "comment_count": "kommentarer",
                "share_count": "shares",
                "favorites_count": "gemmer",
            },
        ),
        TableMap("users", {"username": "tiktok_handle", "display_name": "display_name"}, derived=True),
    ),
    # 20260330_193550_a14bfb
    fetched_at=("run_id",),
)

TRENDING_VIDEOS: Final = Family(
    name="trending_videos",
    title="trending_videos.csv",
    needs=("video_id", "user_name", "video_desc", "video_time", "n_plays", "n_likes"),
    signs=("user_id", "video_length", "video_link", "n_shares", "n_comments"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": ("video_id", "video_link"),
                "username": "user_name",
                "author_id": "user_id",
                "create_time": "video_time",
                **caption("video_desc"),
                "video_duration": "video_length",
                "view_count": "n_plays",
                "like_count": "n_likes",
                "comment_count": "n_comments",
                "share_count": "n_shares",
            },
        ),
    ),
)

WIDE: Final = Family(
    name="wide",
    title="the wide CSV whose likes are called video_stats (tiktok_funny and its like)",
    needs=("video_id", "author_uniqueId", "video_desc", "video_playCount", "video_stats"),
    signs=("author_id", "music_id", "music_title", "video_commentCount", "video_shareCount", "video_duration"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "video_id",
                "username": "author_uniqueId",
                "author_id": "author_id",
                "create_time": ("video_createTime", "createTime", "create_time"),
                **caption("video_desc"),
                "video_duration": "video_duration",
                "music_id": "music_id",
                "music_title": "music_title",
                "view_count": "video_playCount",
                "like_count": "video_stats",
                "comment_count": "video_commentCount",
                "share_count": "video_shareCount",
            },
        ),
    ),
    warnings=("Likes are read from video_stats, where this family keeps them.",),
)

TIKTOK_FAMOUS: Final = Family(
    name="tiktok_famous",
    title="famous accounts of 2020 (ivantran96)",
    needs=("id", "create_time", "user_name", "n_likes", "n_plays", "n_followers"),
    signs=("song", "hashtags", "video_length", "n_total_likes", "n_total_vids"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "id",
                "username": "user_name",
                "create_time": "create_time",
                "video_duration": "video_length",
                "music_title": "song",
                "hashtag_names": "hashtags",
                "view_count": "n_plays",
                "like_count": "n_likes",
                "comment_count": "n_comments",
                "share_count": "n_shares",
            },
        ),
        TableMap(
            "users",
            {
                "username": "user_name",
                "follower_count": "n_followers",
                "likes_count": "n_total_likes",
                "video_count": "n_total_vids",
            },
            derived=True,
        ),
    ),
)

NSILVERBLATT: Final = Family(
    name="nsilverblatt",
    title="captions and counts without authors (nsilverblatt)",
    needs=("id", "createTime", "caption", "viewCount", "likeCount"),
    signs=("commentCount", "shareCount"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": ("id", *_LINKS),
                "username": tuple(Field(each, Reading.HANDLE) for each in _LINKS),
                "create_time": "createTime",
                **caption("caption"),
                "view_count": "viewCount",
                "like_count": "likeCount",
                "comment_count": "commentCount",
                "share_count": "shareCount",
            },
        ),
    ),
)

CHIMA: Final = Family(
    name="chima",
    title="columns in plain words (ID, Author ID, Create Time: chima)",
    needs=("ID", "Author ID", "Create Time", "Description", "Play Count"),
    signs=("Music ID", "Digg Count", "Comment Count", "Share Count"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "ID",
                "author_id": "Author ID",
                "username": ("Author Username", "Author Name", "Username"),
                "create_time": "Create Time",
                **caption("Description"),
                "music_id": "Music ID",
                "view_count": "Play Count",
                "like_count": "Digg Count",
                "comment_count": "Comment Count",
                "share_count": "Share Count",
                "favorites_count": "Collect Count",
            },
        ),
    ),
)

GIOSSAURUS: Final = Family(
    name="giossaurus",
    title="videos by hashtag (giossaurus, CSV and JSON)",
    needs=("ID", "UniqueId", "Description|desc", "PlayCount", "DiggCount"),
    signs=("HashtagName", "HeartCount", "VideoCount", "CollectCount", "Title"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "ID",
                "username": "UniqueId",
                "create_time": ("CreateTime", "Create Time"),
                "video_description": ("Description", "desc"),
                "music_title": "Title",
                "hashtag_names": ("HashtagName", caption_tags("Description"), caption_tags("desc")),
                "video_mention_list": (caption_mentions("Description"), caption_mentions("desc")),
                "view_count": "PlayCount",
                "like_count": "DiggCount",
                "comment_count": "CommentCount",
                "share_count": "ShareCount",
                "favorites_count": "CollectCount",
            },
        ),
        TableMap(
            "users",
            {
                "username": "UniqueId",
                "display_name": "Nickname",
                "follower_count": "FollowerCount",
                "following_count": "FollowingCount",
                # These two stand among the video's counts and are the author's.
                "likes_count": "HeartCount",
                "video_count": "VideoCount",
            },
            derived=True,
        ),
    ),
    warnings=("HeartCount and VideoCount are the author's totals and go to users.",),
)

JIANMING18: Final = Family(
    name="jianming18",
    title="videos with author_username and favorite_count (jianming18)",
    needs=("video_id", "author_username", "desc", "create_time", "play_count", "like_count"),
    signs=("author_id", "favorite_count", "hashtags[]", "music_id", "duration"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "video_id",
                "username": "author_username",
                "author_id": "author_id",
                "create_time": "create_time",
                "video_description": "desc",
                "video_duration": "duration",
                "music_id": "music_id",
                "hashtag_names": ("hashtags[]", caption_tags("desc")),
                "video_mention_list": ("mentions[]", caption_mentions("desc")),
                "view_count": "play_count",
                "like_count": "like_count",
                "comment_count": "comment_count",
                "share_count": "share_count",
                "favorites_count": "favorite_count",
            },
        ),
    ),
)

CAPTIONS: Final = Family(
    name="captions",
    title="captions and counts by video and link (TangPhuocBao)",
    needs=("video_id", "caption", "like_count"),
    signs=("comment_count", "share_count", "|".join(_LINKS)),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": ("video_id", *_LINKS),
                "username": ("author", "username", *(Field(each, Reading.HANDLE) for each in _LINKS)),
                "create_time": ("create_time", "createTime"),
                **caption("caption"),
                "view_count": ("view_count", "play_count"),
                "like_count": "like_count",
                "comment_count": "comment_count",
                "share_count": "share_count",
            },
        ),
    ),
)

COURSERA: Final = Family(
    name="coursera",
    title="the course's file of claims and opinions (made up, with ids that are none)",
    needs=("video_id", "video_transcription_text", "video_view_count", "video_like_count"),
    signs=("claim_status", "video_duration_sec", "verified_status", "author_ban_status", "video_download_count"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "video_id",
                "video_duration": "video_duration_sec",
                "view_count": "video_view_count",
                "like_count": "video_like_count",
                "comment_count": "video_comment_count",
                "share_count": "video_share_count",
                # What is spoken, not the caption.
                "voice_to_text": "video_transcription_text",
            },
        ),
    ),
    warnings=("This file is made up for teaching: its ids are no TikTok's.",),
)

ALL: Final = (
    KGSPINDLER,
    TRENDING_VIDEOS,
    WIDE,
    TIKTOK_FAMOUS,
    NSILVERBLATT,
    CHIMA,
    GIOSSAURUS,
    JIANMING18,
    CAPTIONS,
    COURSERA,
)
