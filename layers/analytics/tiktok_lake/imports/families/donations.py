"""TikTok's own download of one's data, as people donate it: a JSON document of many lists."""

from typing import Final

from tiktok_lake.imports.families.family import Columns, Family, Field, Reading, TableMap, beside, constant

_OWNER: Final = "ProfileMap.userName"
_LINK: Final = ("Link", "VideoLink")
_ROOTS: Final = (
    "Activity|Your Activity|Video|Post|Comment|Profile|Profile And Settings|App Settings|Direct Messages?|"
    "Ads and data|TikTok Live|TikTok Shop|TikTok Shopping|Likes and Favorites|Location Review|"
    "Poll|Off TikTok Activity|Income Plus|Following|Follower"
)


def _relation(kind: str, name: str, title: str, inside: str, columns: Columns) -> Family:
    return Family(
        name=f"data_download_{name}",
        title=f"TikTok's download of one's data: {title}",
        needs=("Date|date",),
        inside=inside,
        tables=(
            TableMap(
                "relations",
                {"kind": constant(kind), "username": beside(_OWNER), **columns},
                # The date of the row is in `extra`: a video is watched or shared on several.
                more_key=("extra",),
            ),
        ),
    )


def _of_videos(kind: str, name: str, title: str, inside: str) -> Family:
    return _relation(kind, name, title, inside, {"video_id": _LINK})


def _of_accounts(kind: str, name: str, title: str, inside: str) -> Family:
    return _relation(kind, name, title, inside, {"other_username": "UserName"})


POSTS: Final = Family(
    name="data_download_posts",
    title="TikTok's download of one's data: own posts",
    needs=("Date|date", "Link"),
    signs=("Likes", "WhoCanView", "AllowComments", "AllowStitches", "AllowDuets", "Title"),
    inside=r"(Videos|Posts|Recently Deleted Posts)\.VideoList$",
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "Link",
                "username": beside(_OWNER),
                "create_time": "Date",
                "video_description": "Title",
                "hashtag_names": Field("Title", Reading.TAGS_OF_TEXT),
                "video_mention_list": Field("Title", Reading.MENTIONS_OF_TEXT),
                "like_count": "Likes",
                "music_title": "Sound",
            },
        ),
    ),
)

COMMENTS: Final = Family(
    name="data_download_comments",
    title="TikTok's download of one's data: own comments",
    needs=("Date|date", "Comment|comment"),
    inside=r"CommentsList$",
    tables=(
        TableMap(
            "comments",
            {
                "video_id": ("url", "Url", "Link"),
                "text": "Comment",
                "create_time": "Date",
                "username": beside(_OWNER),
            },
        ),
    ),
)

REST: Final = Family(
    name="data_download_other",
    title="TikTok's download of one's data: another section",
    needs=(),
    inside=rf"^({_ROOTS})\.",
    leaves_out="This section of a download of one's data (settings, logins, messages, searches and the like) has "
    "nothing for the tables, and is left out on purpose.",
)

ALL: Final = (
    _of_videos("watched", "watched", "videos watched", r"(Browsing|Watch) History\.VideoList$"),
    _of_videos("liked", "liked", "videos liked", r"ItemFavoriteList$"),
    _of_videos("saved", "saved", "videos saved", r"FavoriteVideoList$"),
    _of_videos("shared", "shared", "videos shared", r"ShareHistoryList$"),
    _of_videos("reposted", "reposted", "videos reposted", r"RepostList$"),
    _of_accounts("following", "following", "accounts followed", r"Following\.Following$|Following List\.Following$"),
    _of_accounts("follower", "followers", "followers", r"FansList$"),
    POSTS,
    COMMENTS,
    REST,
)
