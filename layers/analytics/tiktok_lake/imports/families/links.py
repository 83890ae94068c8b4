"""Files that name videos by links alone, or have nothing but their ids."""

from typing import Final

from tiktok_lake.imports.families.family import (
    Family,
    Field,
    Reading,
    TableMap,
    caption_mentions,
    caption_tags,
)

HASSAN_INFO: Final = Family(
    name="hassan_info",
    title="links with views and tags (hassanInfo)",
    needs=("URL", "Username", "Description", "Views"),
    signs=("Tags", "Date"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "URL",
                "username": ("Username", Field("URL", Reading.HANDLE)),
                "create_time": "Date",
                "video_description": "Description",
                "hashtag_names": ("Tags", caption_tags("Description")),
                "video_mention_list": caption_mentions("Description"),
                "view_count": "Views",
                "like_count": "Likes",
                "comment_count": "Comments",
                "share_count": "Shares",
            },
        ),
    ),
)

DIEGOURIELVR: Final = Family(
    name="diegourielvr",
    title="search results with Spanish columns (diegourielvr)",
    needs=("url", "titulo", "fecha_publicacion", "vistas"),
    signs=("termino", "hashtags"),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": "url",
                "username": Field("url", Reading.HANDLE),
                "create_time": "fecha_publicacion",
                "video_description": "titulo",
                "hashtag_names": ("hashtags", caption_tags("titulo")),
                "video_mention_list": caption_mentions("titulo"),
                "view_count": "vistas",
                "like_count": ("me_gusta", "likes"),
                "comment_count": "comentarios",
                "share_count": "compartidos",
            },
        ),
    ),
)

_ID_COLUMNS: Final = ("video_id", "id", "aweme_id", "item_id", "video", "url", "video_url", "link", "tiktok_url")
_HANDLE_COLUMNS: Final = ("user_unique_id", "username", "author", "unique_id", "author_unique_id", "user")

IDS: Final = Family(
    name="ids",
    title="ids or links of videos only",
    needs=("|".join(_ID_COLUMNS),),
    only=(*_ID_COLUMNS, *_HANDLE_COLUMNS),
    tables=(
        TableMap(
            "videos",
            {
                "video_id": _ID_COLUMNS,
                "username": (
                    *_HANDLE_COLUMNS,
                    *(Field(each, Reading.HANDLE) for each in ("url", "video_url", "link", "tiktok_url")),
                ),
            },
        ),
    ),
)

ALL: Final = (HASSAN_INFO, DIEGOURIELVR, IDS)
