"""Lists of trends: the Creative Center's answers of both generations, and snapshots made of them."""

from typing import Final

import msgspec

from tiktok_lake.imports.families.family import Columns, Family, Field, Reading, TableMap, beside, constant

_ROW: Final = Field("", Reading.ROW)
_PLACE: Final = Field("", Reading.POSITION)

SNAPSHOTS: Final = Family(
    name="trend_snapshots",
    title="snapshots of the Creative Center's hashtags, one a line",
    needs=("generated_at", "hashtags[]"),
    signs=("stale", "commit", "committed_at"),
    explode="hashtags",
    tables=(
        TableMap(
            "trends",
            {
                "kind": constant("hashtag"),
                "rank": ("rank", _PLACE),
                "name": ("name", "hashtag_name"),
                "item_id": ("hashtag_id", "id"),
                "posts": ("posts", "publish_cnt"),
                "views": ("views", "video_views"),
                "row": _ROW,
            },
        ),
    ),
    fetched_at=("generated_at", "committed_at"),
)


def _legacy(name: str, kind: str, needs: tuple[str, ...], signs: tuple[str, ...], columns: Columns) -> Family:
    return Family(
        name=f"creative_center_{name}",
        title=f"the Creative Center's list of {name}",
        needs=needs,
        signs=signs,
        tables=(TableMap("trends", {"kind": constant(kind), "row": _ROW, **columns}),),
        warnings=("The answer does not say which period and industry it was asked for.",),
    )


def _nothing(name: str, title: str, needs: tuple[str, ...], signs: tuple[str, ...] = ()) -> Family:
    return Family(
        name=f"creative_center_{name}",
        title=f"the Creative Center's {title}",
        needs=needs,
        signs=signs,
        leaves_out=f"This is the Creative Center's {title}: no list of trends, and nothing for the tables.",
    )


LEGACY: Final = (
    _legacy(
        "hashtags",
        "hashtag",
        ("hashtag_id", "hashtag_name", "publish_cnt"),
        ("rank", "video_views", "rank_diff_type", "country_info.id", "trend[]", "is_promoted"),
        {
            "country": "country_info.id",
            "industry": "industry_info.id",
            "rank": ("rank", _PLACE),
            "name": "hashtag_name",
            "item_id": "hashtag_id",
            "posts": "publish_cnt",
            "views": "video_views",
        },
    ),
    _legacy(
        "sounds",
        "sound",
        ("clip_id", "title", "author"),
        ("rank", "song_id", "rank_diff_type", "country_code", "duration", "trend[]"),
        {
            "country": "country_code",
            "rank": ("rank", _PLACE),
            "name": "title",
            "item_id": "clip_id",
        },
    ),
    _legacy(
        "keywords",
        "keyword",
        ("keyword", "post", "impression"),
        ("post_change", "ctr", "cvr", "video_list[]", "play_six_rate"),
        {
            "country": beside("data.country_code"),
            "rank": ("rank", _PLACE),
            "name": "keyword",
            "posts": "post",
            "views": "impression",
            "likes": "like",
        },
    ),
    _legacy(
        "creators",
        "creator",
        ("nick_name", "follower_cnt", "tt_link|user_id"),
        ("tcm_id", "liked_cnt", "country_code", "items[]"),
        {
            "country": "country_code",
            "rank": ("rank", _PLACE),
            "name": "nick_name",
            "username": "tt_link",
            "creator_id": "user_id",
            "followers": "follower_cnt",
            "likes": "liked_cnt",
        },
    ),
    _legacy(
        "videos",
        "video",
        ("item_id", "item_url", "title"),
        ("country_code", "region", "cover", "duration"),
        # The handle in item_url is the same dummy in every row.
        {
            "country": "country_code",
            "rank": ("rank", _PLACE),
            "name": "title",
            "video_id": ("item_id", "id", "item_url"),
        },
    ),
)

OWN_ROWS: Final = Family(
    name="tiktok_collector_trend_rows",
    title="rows of trends as this project stores them",
    needs=("kind", "country", "period", "rank", "retrieved_at"),
    signs=("industry", "rank_from", "change", "places", "source", "name|title|nickname|keyword|hashtag"),
    tables=(
        TableMap(
            "trends",
            {
                "kind": "kind",
                "country": "country",
                "period": "period",
                "industry": Field("industry", Reading.TEXT),
                "rank": "rank",
                "name": ("name", "title", "nickname", "keyword", "hashtag"),
                "item_id": ("hashtag_id", "sound_id"),
                "video_id": "video_id",
                "username": "username",
                "creator_id": ("creator_id", "author_id"),
                "posts": "posts",
                "views": ("views", "impressions"),
                "followers": "followers",
                "likes": "likes",
                "change": "change",
                "row": _ROW,
            },
        ),
    ),
    fetched_at=("retrieved_at",),
)

OTHERS: Final = (
    msgspec.structs.replace(
        _nothing("options", "list of choices", ("value|label",), ("id", "value", "label")),
        only=("id", "value", "label"),
    ),
    _nothing("ads", "list of advertisements", ("ad_title", "brand_name"), ("ctr", "cost", "industry_key")),
    _nothing("products", "list of products", ("url_title", "ecom_type"), ("post", "impression", "cvr")),
    _nothing("insights", "list of creative insights", ("label_info.value", "ctr"), ("high_spending_rate",)),
    _nothing("sentences", "list of example sentences", ("sentence", "use_type"), ("ctr", "cvr", "covers[]")),
    _nothing("scores", "list of related words", ("name", "score")),
    _nothing("keyframes", "analysis of an advertisement by the second", ("second", "value")),
)

ALL: Final = (SNAPSHOTS, *LEGACY, OWN_ROWS, *OTHERS)
