"""A row store of made-up videos: each fetched twice, on two days that follow one another."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import duckdb

from tiktok_lake.engine import EngineLimits, engine, identifier, quoted
from tiktok_lake.keys import file_key
from tiktok_lake.tables import VIDEO_STATS, VIDEOS, Table

ROWS_A_DAY: Final = 100_000
_NEW_A_DAY: Final = ROWS_A_DAY // 2
_FIRST_DAY: Final = date(2026, 1, 1)
_FIRST_ID: Final = 7_320_768_196_569_599_275
_STEP: Final = 8_589_934_592
"""Two seconds of ids."""

_WORDS: Final = (
    "summer", "receita", "façon", "täglich", "dance", "fyp", "trend", "amigos", "morning", "learn", "news", "spiel",
    "коты", "料理", "challenge", "story", "day", "with", "and", "the", "today", "you", "me", "when", "it", "is", "only",
)  # fmt: skip


def _text(length: str) -> str:
    word = f"list_extract({[*_WORDS]!r}, 1 + (hash(n, w) % {len(_WORDS)})::INTEGER)"
    return f"array_to_string(list_transform(range(({length})::BIGINT), lambda w: {word}), ' ')"


_VIDEO: Final = {
    "video_id": f"{_FIRST_ID} + n * {_STEP} + hash(n) % 1000000",
    "username": "'account_' || (hash(n, 'owner') % 20000)",
    "create_time": "1704499100 + n * 2",
    "created_at": "make_timestamp((1704499100 + n * 2) * 1000000)",
    "region_code": "list_extract(['US', 'DE', 'BR', 'ID', 'GB'], 1 + (hash(n, 'region') % 5)::INTEGER)",
    "video_description": _text("2 + hash(n) % 20"),
    "video_duration": "5 + hash(n, 'length') % 180",
    "music_id": f"{_FIRST_ID} + hash(n, 'music') % 400000",
    "hashtag_names": "[list_extract(['fyp', 'dance', 'news'], 1 + (hash(n) % 3)::INTEGER), 'tag' || (hash(n) % 5000)]",
    "video_mention_list": "[]::VARCHAR[]",
    "view_count": "((hash(n, 'views') % 1000000) * (1 + later))::BIGINT",
    "like_count": "(hash(n, 'likes') % 100000) * (1 + later)",
    "comment_count": "(hash(n, 'comments') % 1000) * (1 + later)",
    "share_count": "hash(n, 'shares') % 500",
    "favorites_count": "hash(n, 'saves') % 5000",
    "voice_to_text": f"CASE WHEN n % 3 = 0 THEN {_text('40')} END",
    "is_stem_verified": "false",
    "effect_ids": "[]::VARCHAR[]",
    "hashtag_info_list": """'[{"hashtag_id":' || hash(n, 'tag') % 1000000 || ',"hashtag_name":"fyp"}]'""",
    "video_label": """'{"content":"","sink":0,"type":0,"vote":0}'""",
    "fetched_at": "begun + to_seconds(((n % 100000) / 2)::INTEGER)",
    "source": "'tiktok_research_api'",
    "entity": "'videos'",
    "run_id": "'run-' || day",
    "task_id": "'a' || (n % 500) || '.videos.w000'",
    "generation": "0",
    "page": "(n / 100)::INTEGER % 100",
    "row_number": "n % 100",
    "collections": "['accounts']",
}


def write_rows(bucket: Path, days: int) -> int:
    """Store so many days of `videos` and `video_stats` in a bucket's folder; returns the rows of each table."""
    with engine(EngineLimits(memory=4 * 1024**3)) as connection:
        for day in range(days):
            _write_day(connection, bucket, day)
    return days * ROWS_A_DAY


def _write_day(connection: duckdb.DuckDBPyConnection, bucket: Path, day: int) -> None:
    at = _FIRST_DAY + timedelta(days=day)
    newest = f"SELECT range AS n, 0 AS later FROM range({day * _NEW_A_DAY}, {(day + 1) * _NEW_A_DAY})"
    again = f"SELECT range AS n, 1 AS later FROM range({(day - 1) * _NEW_A_DAY}, {day * _NEW_A_DAY}) WHERE {day} > 0"
    first = f"SELECT -1 - range AS n, 1 AS later FROM range({_NEW_A_DAY}) WHERE {day} = 0"
    every = " UNION ALL ".join((newest, again, first))
    source = f"SELECT n, later, TIMESTAMP '{at} 03:00:00' AS begun, '{at}' AS day FROM ({every})"
    videos = _path(bucket, VIDEOS, at)
    _copy(connection, f"SELECT {_columns(VIDEOS, _VIDEO)} FROM ({source})", videos)
    stats = ", ".join(map(identifier, VIDEO_STATS.names))
    _copy(connection, f"SELECT {stats} FROM read_parquet({quoted(str(videos))})", _path(bucket, VIDEO_STATS, at))


def _columns(table: Table, values: Mapping[str, str]) -> str:
    types = {each.name: "VARCHAR" if each.type == "JSON" else each.type for each in table.columns}
    return ", ".join(f"CAST({values.get(name, 'NULL')} AS {of}) AS {identifier(name)}" for name, of in types.items())


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({sql}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def _path(bucket: Path, table: Table, day: date) -> Path:
    return bucket / file_key(table.name, day.isoformat(), "bench")


def ids_within(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> list[int]:
    """The ids of the videos with the numbers from `first` to before `last`; `ROWS_A_DAY // 2` new ones come a day."""
    found = connection.execute(f"SELECT {_VIDEO['video_id']} FROM range({first}, {last}) AS numbers(n)").fetchall()
    return [int(each) for (each,) in found]
