"""`make run WORLD=FILE` with a dataset of somebody: mapped as `dataset_import` maps it, then written as a world.

The sandbox reads lines of videos and users (docs/sandbox.md) and knows nothing of the row store.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from local_cloud.errors import LocalCloudError
from local_cloud.options import Options
from local_cloud.progress import counted
from local_cloud.world_file import UserLine, VideoLine

if TYPE_CHECKING:
    from tiktok_lake.imports.conversion import Converted

_LOOKED_AT: Final = 20
_VIDEOS: Final = """
SELECT to_json({{
    'type': 'video', 'id': video_id, 'username': username, 'create_time': create_time,
    'video_description': video_description, 'region_code': region_code, 'share_count': share_count,
    'view_count': view_count, 'like_count': like_count, 'comment_count': comment_count, 'music_id': music_id,
    'hashtag_names': hashtag_names, 'playlist_id': playlist_id, 'voice_to_text': voice_to_text,
    'favorites_count': favorites_count, 'video_duration': video_duration, 'video_mention_list': video_mention_list
}})::VARCHAR
FROM (SELECT * REPLACE (coalesce(create_time, video_id >> 32) AS create_time) FROM read_parquet({files}))
WHERE username <> '' AND create_time BETWEEN 1 AND 4294967295
QUALIFY row_number() OVER (PARTITION BY video_id ORDER BY fetched_at DESC, row_number DESC) = 1
ORDER BY video_id"""
"""A video's id begins with its time; a file may lack the time, and the world's search is by time."""
_USERS: Final = """
SELECT to_json({{
    'type': 'user', 'username': username, 'display_name': display_name, 'bio_description': bio_description,
    'bio_url': bio_url, 'avatar_url': avatar_url, 'is_verified': is_verified, 'follower_count': follower_count,
    'following_count': following_count, 'likes_count': likes_count, 'video_count': video_count
}})::VARCHAR
FROM read_parquet({files}) WHERE username <> ''
QUALIFY row_number() OVER (PARTITION BY lower(username) ORDER BY fetched_at DESC, row_number DESC) = 1
ORDER BY username"""


def with_world(options: Options, target: Path) -> tuple[Options, str]:
    """The options with a world that the sandbox can read, and a sentence that says what was made of WORLD.

    A file that is such a world already is left as it is, and nothing is said.

    Args:
        options: As they were given.
        target: Where the world is written.

    Raises:
        LocalCloudError: the file cannot be read, or is no dataset of videos that anybody knows.
    """
    path = options.world
    if path is None or _is_world(path):
        return options, ""
    with TemporaryDirectory() as folder:
        converted = _converted(path, Path(folder))
        videos = _write(converted, target)
    family = ", ".join(part.title for part in converted.report.parts if part.title)
    if not videos:
        raise LocalCloudError(
            f"WORLD names {path}, of which no video of a known account can be made. {converted.report.outcome}"
        )
    return replace(
        options, world=target
    ), f"WORLD is a dataset ({family}): {counted(videos, 'video')} of it are served."


def _is_world(path: Path) -> bool:
    """Whether one of the first lines is a world's; a file without lines is one, too, and the sandbox says so."""
    decoder = msgspec.json.Decoder(VideoLine | UserLine, strict=False)
    seen = 0
    try:
        with path.open("rb") as file:
            for line in file:
                if not line.strip():
                    continue
                seen += 1
                if _decodes(decoder, line):
                    return True
                if seen == _LOOKED_AT:
                    break
    except OSError as error:
        raise LocalCloudError(f"WORLD names {path}, which cannot be read: {error.strerror}.") from error
    return not seen


def _decodes(decoder: "msgspec.json.Decoder[VideoLine | UserLine]", line: bytes) -> bool:
    try:
        decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _converted(path: Path, folder: Path) -> "Converted":
    # DuckDB takes a moment to load, and most runs have no dataset.
    from tiktok_lake.engine import EngineLimits  # noqa: PLC0415 - as said
    from tiktok_lake.imports.conversion import Dataset, convert  # noqa: PLC0415 - as said
    from tiktok_lake.imports.mapping_file import InvalidMapping, read_mapping  # noqa: PLC0415 - as said
    from tiktok_lake.imports.names import mapping_key  # noqa: PLC0415 - as said

    beside = path.with_name(mapping_key(path.name))
    try:
        mapping = read_mapping(beside.read_bytes(), beside.name) if beside.is_file() else None
    except InvalidMapping as error:
        raise LocalCloudError(str(error)) from error
    dataset = Dataset(
        path=path,
        name=path.name,
        key=path.name,
        import_id="world",
        imported_at=datetime.now(UTC),
        mapping=mapping,
    )
    return convert(dataset, folder, engine_limits=EngineLimits())


def _write(converted: "Converted", target: Path) -> int:
    """Writes the world; returns how many videos it has."""
    from tiktok_lake.engine import engine, quoted  # noqa: PLC0415 - as above

    count = 0
    with engine() as connection, target.open("w", encoding="utf-8") as out:
        for table, query in (("videos", _VIDEOS), ("users", _USERS)):
            files = [quoted(str(each.path)) for each in converted.files if each.table == table]
            if files:
                rows = connection.execute(query.format(files=f"[{', '.join(files)}], union_by_name = true"))
                for line in _lines(rows.fetchmany):
                    out.write(line + "\n")
                    count += table == "videos"
    return count


def _lines(fetch: Callable[[int], list[tuple[str]]]) -> Iterator[str]:
    while rows := fetch(1_000):
        yield from (line for (line,) in rows)
