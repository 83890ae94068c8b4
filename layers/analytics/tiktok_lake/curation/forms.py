"""How rows go from pages to DuckDB: forms of lines of JSON, and the columns that each form fills in a table.

A line holds the rows of one page, and what they have in common as `g`. Of a clean page it holds the answer as
received: `b`. Of another one it holds the rows as `r`, their places in the page as `n`, and what the model does not
know of each as `x`; their JSON stands as text.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from tiktok_lake.columns import Column, ColumnType
from tiktok_lake.engine import identifier, quoted
from tiktok_lake.tables import (
    COMMENTS,
    MANIFESTS,
    PLAYLISTS,
    PROVENANCE,
    QUARANTINE,
    RELATIONS,
    TRENDS,
    USERS,
    VIDEO_STATS,
    VIDEOS,
    Table,
)

_T = ColumnType


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one form, and the table that they belong to.

    Attributes:
        name: Its name, in the names of scratch files.
        table: Where the rows go.
        fields: What a row in a line has: name and type.
        values: SQL of the columns whose value is not the field of their own name, of a row `r` and its page `g`.
    """

    name: str
    table: Table
    fields: Mapping[str, ColumnType]
    values: Mapping[str, str] = {}


_CREATED_AT: Final = (
    "CASE WHEN r.create_time BETWEEN 0 AND 253402300799 THEN make_timestamp(r.create_time * 1000000) END"
)


def _fields(table: Table, *more: tuple[str, ColumnType], without: frozenset[str]) -> Mapping[str, ColumnType]:
    mine = [each for each in table.columns if each not in PROVENANCE and each.name not in without]
    own = {each.source: each.type for each in mine if each.source.isidentifier()}
    return MappingProxyType(own | dict(more))


_DERIVED: Final = frozenset({"created_at", "extra"})

VIDEO_ROWS: Final = Form(
    name="videos",
    table=VIDEOS,
    fields=_fields(VIDEOS, without=_DERIVED),
    values={"video_id": "r.id", "created_at": _CREATED_AT},
)
COMMENT_ROWS: Final = Form(
    name="comments",
    table=COMMENTS,
    fields=_fields(COMMENTS, ("video_id", _T.BIGINT), without=_DERIVED),
    values={"comment_id": "r.id", "video_id": "coalesce(r.video_id, g.asked_video)", "created_at": _CREATED_AT},
)
USER_ROWS: Final = Form(
    name="users",
    table=USERS,
    fields=_fields(USERS, ("username", _T.VARCHAR), without=_DERIVED),
    values={"username": "coalesce(g.asked_username, r.username)"},
)
FOLLOW_ROWS: Final = Form(
    name="follows",
    table=RELATIONS,
    fields={"username": _T.VARCHAR, "display_name": _T.VARCHAR},
    values={
        "kind": "g.kind",
        "username": "g.asked_username",
        "other_username": "r.username",
        "other_display_name": "r.display_name",
    },
)
LISTED_ROWS: Final = Form(
    name="listed",
    table=RELATIONS,
    fields={"video_id": _T.BIGINT, "playlist_id": _T.BIGINT},
    values={"kind": "g.kind", "username": "CASE WHEN g.kind <> 'in_playlist' THEN g.asked_username END"},
)
PLAYLIST_ROWS: Final = Form(name="playlists", table=PLAYLISTS, fields=_fields(PLAYLISTS, without=_DERIVED))
TREND_ROWS: Final = Form(
    name="trends",
    table=TRENDS,
    fields={each.name: each.type for each in TRENDS.columns if each not in PROVENANCE},
)
MANIFEST_ROWS: Final = Form(
    name="manifests",
    table=MANIFESTS,
    fields={each.name: each.type for each in MANIFESTS.columns if each not in PROVENANCE},
)
BROKEN_ROWS: Final = Form(
    name="quarantine",
    table=QUARANTINE,
    fields={each.name: each.type for each in QUARANTINE.columns if each not in PROVENANCE},
)

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        each.name: each
        for each in (
            VIDEO_ROWS,
            COMMENT_ROWS,
            USER_ROWS,
            FOLLOW_ROWS,
            LISTED_ROWS,
            PLAYLIST_ROWS,
            TREND_ROWS,
            MANIFEST_ROWS,
            BROKEN_ROWS,
        )
    }
)
"""Every form by name."""

OF_ENTITY: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "videos": VIDEO_ROWS,
        "liked_videos": VIDEO_ROWS,
        "pinned_videos": VIDEO_ROWS,
        "reposted_videos": VIDEO_ROWS,
        "comments": COMMENT_ROWS,
        "users": USER_ROWS,
        "followers": FOLLOW_ROWS,
        "following": FOLLOW_ROWS,
        "playlists": PLAYLIST_ROWS,
    }
)
"""The form of each entity's rows."""

RELATION_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "followers": "follower",
        "following": "following",
        "liked_videos": "liked",
        "pinned_videos": "pinned",
        "reposted_videos": "reposted",
        "playlists": "in_playlist",
    }
)
"""The kind of relation that the rows of an entity are."""

_PAGE_FIELDS: Final = {
    "fetched": "BIGINT",
    "source": "VARCHAR",
    "entity": "VARCHAR",
    "run_id": "VARCHAR",
    "task_id": "VARCHAR",
    "generation": "INTEGER",
    "page": "INTEGER",
    "collections": "VARCHAR[]",
    "kind": "VARCHAR",
    "asked_username": "VARCHAR",
    "asked_video": "BIGINT",
}
_LINE_BYTES: Final = 1024 * 1024
"""DuckDB reads twice as much at a time, into memory that it takes anew for each file."""


def rows_sql(form: Form, files: Mapping[str, str], longest: int) -> str:
    """SQL that gives the rows of a form as its table has them.

    Args:
        form: The form.
        files: The files of their lines: those of clean pages by the name of the list in the answer, others under "".
        longest: Bytes of their longest line.
    """
    lines = " UNION ALL ".join(_lines(form, list_name, path, longest) for list_name, path in files.items())
    columns = ", ".join(f"{_value(form, each)} AS {identifier(each.name)}" for each in form.table.columns)
    return f"SELECT {columns} FROM ({lines})"


def stats_sql(videos: str) -> str:
    """SQL that gives the rows of `video_stats` from a file of `videos`."""
    columns = ", ".join(identifier(each) for each in VIDEO_STATS.names)
    return f"SELECT {columns} FROM read_parquet({quoted(videos)})"


def file_type(column: Column) -> str:
    """The type of a column in a file: JSON is plain text there, which every reader knows."""
    return _T.VARCHAR.value if column.type is _T.JSON else column.type.value


def _read(path: str, columns: str, longest: int) -> str:
    page = ", ".join(f"{name} {type_}" for name, type_ in _PAGE_FIELDS.items())
    size = max(longest + 1, _LINE_BYTES)
    return (
        f"read_json({quoted(path)}, format = 'newline_delimited', columns = {{g: 'STRUCT({page})', {columns}}}, "
        f"maximum_object_size = {size})"
    )


def _lines(form: Form, list_name: str, path: str, longest: int) -> str:
    if not list_name:
        columns = f"n: 'BIGINT[]', x: 'VARCHAR[]', r: '{_row(form, json=_T.VARCHAR)}[]'"
        read = _read(path, columns, longest)
        return f"SELECT g, unnest(r) AS r, unnest(n) AS i, unnest(x) AS x FROM {read}"
    name = identifier(list_name)
    read = _read(path, f"b: 'STRUCT(data STRUCT({name} {_row(form, json=_T.JSON)}[]))'", longest)
    rows = f"SELECT g, b.data.{name} AS r FROM {read}"
    return f"SELECT g, unnest(r) AS r, unnest(range(len(r))) AS i, NULL AS x FROM ({rows})"


def _row(form: Form, *, json: ColumnType) -> str:
    fields = (f"{identifier(name)} {json if type_ is _T.JSON else type_}" for name, type_ in form.fields.items())
    return f"STRUCT({', '.join(fields)})"


_FROM_PAGE: Final = {
    "fetched_at": "make_timestamp(g.fetched)",
    "row_number": "CASE WHEN i >= 0 THEN i END",
    "extra": "x",
    **{name: f"g.{name}" for name in ("source", "entity", "run_id", "task_id", "generation", "page", "collections")},
}


def _value(form: Form, column: Column) -> str:
    sql = form.values.get(column.name)
    if sql is None and column.name in form.fields:
        sql = f"r.{identifier(column.name)}"
    return f"CAST({sql or _FROM_PAGE.get(column.name, 'NULL')} AS {file_type(column)})"
