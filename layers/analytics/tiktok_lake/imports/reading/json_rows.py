"""JSON into the table: every leaf of every object is a column, whichever rows have it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import duckdb
import msgspec

from tiktok_lake.engine import identifier, quoted
from tiktok_lake.imports.reading.dialect import column_names
from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.reading.problems import UnusableFile
from tiktok_lake.imports.reading.source import LINE, REJECTED, SOURCE, Form, Source
from tiktok_lake.imports.reading.text import Text

_LINES: Final = "source_lines"
_OBJECT_BYTES: Final = 16 * 1024 * 1024
_MOST_KEYS: Final = 300
"""An object of more keys is a dictionary, such as of ids: it stays one column of JSON."""

type _Path = tuple[str, ...]


def read_json_lines(
    connection: duckdb.DuckDBPyConnection,
    text: Text,
    limits: ReadingLimits,
    *,
    inside: str | None = None,
    beside: Mapping[str, str] = MappingProxyType({}),
) -> Source:
    """Fills the tables `source` and `source_rejected` from JSON lines; lines that are no object are rejected.

    `inside` is the path of the list in the JSON document that the lines were made of, None if it was none; `beside`
    what stands beside it.

    Raises:
        UnusableFile: no line is an object, or one is longer than 16 MB.
    """
    try:
        _read_lines(connection, text.path)
    except duckdb.Error as error:
        raise UnusableFile(f"The file is no JSON lines: {str(error).splitlines()[0]}") from error
    leaves = _leaves(connection, limits)
    if not leaves:
        raise UnusableFile("The file has no row: none of its lines is a JSON object.")
    columns = column_names([".".join(path) for path, _ in leaves])
    pointers = ", ".join(quoted(_pointer(path)) for path, _ in leaves)
    chosen = ", ".join(
        (f"nullif(v[{place}], '')" if not mixed else _unless_object(place)) + f" AS {identifier(name)}"
        for place, ((_, mixed), name) in enumerate(zip(leaves, columns, strict=True), start=1)
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {SOURCE} AS SELECT {LINE}, {chosen} FROM ("
        f"SELECT {LINE}, json_extract_string(json, [{pointers}]) AS v FROM {_LINES} "
        f"WHERE json_type(json) = 'OBJECT') ORDER BY {LINE}"
    )
    connection.execute(f"DROP TABLE {_LINES}")
    (rows,) = connection.execute(f"SELECT count(*) FROM {SOURCE}").fetchone() or (0,)
    return Source(
        form=Form.JSON_LINES if inside is None else Form.JSON_DOCUMENT,
        columns=columns,
        rows=rows,
        inside=inside or "",
        beside=dict(beside),
        encoding=text.encoding,
        notes=text.notes,
    )


def _read_lines(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(
        f"CREATE OR REPLACE TABLE {_LINES} AS SELECT row_number() OVER () AS {LINE}, json FROM "
        f"read_ndjson_objects({quoted(str(path))}, ignore_errors = true, maximum_object_size = {_OBJECT_BYTES})"
    )
    connection.execute(
        f"INSERT INTO {REJECTED} SELECT {LINE}, CASE WHEN json IS NULL THEN 'the line is no JSON' "
        f"ELSE 'the element is no object' END, left(json::VARCHAR, 2000) FROM {_LINES} "
        "WHERE json IS NULL OR json_type(json) <> 'OBJECT'"
    )


def _leaves(connection: duckdb.DuckDBPyConnection, limits: ReadingLimits) -> list[tuple[_Path, bool]]:
    """The paths of all leaves; and whether a leaf is an object in other rows, whose own leaves follow."""
    found = list(_below(connection, ()))
    if len(found) > limits.columns:
        raise UnusableFile(f"Its objects have {len(found):,} different keys, and at most {limits.columns:,} are read.")
    return found


def _below(connection: duckdb.DuckDBPyConnection, where: _Path) -> Iterator[tuple[_Path, bool]]:
    part = f"json_extract(json, {quoted(_pointer(where))})" if where else "json"
    (structure,) = connection.execute(
        f"SELECT json_group_structure({part}) FROM {_LINES} WHERE json_type({part}) = 'OBJECT'"
    ).fetchone() or (None,)
    node = msgspec.json.decode(structure) if structure else None
    if isinstance(node, dict):  # else they are all empty
        yield from _walk(connection, node, where)


def _walk(connection: duckdb.DuckDBPyConnection, node: dict[str, Any], where: _Path) -> Iterator[tuple[_Path, bool]]:
    for name, below in node.items():
        path = (*where, name)
        if isinstance(below, dict) and 0 < len(below) <= _MOST_KEYS:
            yield from _walk(connection, below, path)
        elif below == "JSON":
            # Of several kinds: a text in one row, an object in another.
            yield path, True
            yield from _below(connection, path)
        else:
            yield path, False


def _pointer(path: _Path) -> str:
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


def _unless_object(place: int) -> str:
    return f"CASE WHEN left(v[{place}], 1) <> '{{' THEN nullif(v[{place}], '') END"
