"""JSON into the table: every leaf of every object is a column, whichever rows have it."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import duckdb
import msgspec

from tiktok_lake.engine import identifier, quoted
from tiktok_lake.imports.reading.dialect import column_names
from tiktok_lake.imports.reading.documents import ALONE
from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.reading.problems import UnusableFile
from tiktok_lake.imports.reading.source import LINE, REJECTED, SOURCE, Form, Source
from tiktok_lake.imports.reading.text import Text
from tiktok_lake.imports.reading.tree import Leaf, Tree

_OBJECT_BYTES: Final = 16 * 1024 * 1024
_LONGEST_TEXT: Final = 2_000
_IS_OBJECT: Final = "json_type(json) = 'OBJECT'"


def read_json_lines(
    connection: duckdb.DuckDBPyConnection,
    text: Text,
    limits: ReadingLimits,
    *,
    inside: str | None = None,
    beside: Mapping[str, str] = MappingProxyType({}),
) -> Source:
    """Fills the tables `source` and `source_rejected` from JSON lines; lines that are no object are rejected.

    The file is read several times, so that not all of it stands in memory or on the disk twice.

    Args:
        connection: Of DuckDB.
        text: The lines.
        limits: What the file may take.
        inside: The path of the list in the JSON document that the lines were made of; None if it was none.
        beside: What stands beside that list.

    Raises:
        UnusableFile: no line is an object, or one is longer than 16 MB.
    """
    lines = _lines(text.path)
    leaves = _leaves(connection, lines, limits)
    columns = column_names([".".join(leaf.path) for leaf in leaves])
    pointers = ", ".join(quoted(_pointer(leaf.path)) for leaf in leaves)
    chosen = ", ".join(
        (_unless_object(place) if leaf.mixed else f"nullif(v[{place}], '')") + f" AS {identifier(name)}"
        for place, (leaf, name) in enumerate(zip(leaves, columns, strict=True), start=1)
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {SOURCE} AS SELECT {LINE}, {chosen} FROM ("
        f"SELECT {LINE}, json_extract_string(json, [{pointers}]) AS v FROM {lines} WHERE {_IS_OBJECT})"
    )
    connection.execute(
        f"INSERT INTO {REJECTED} SELECT {LINE}, CASE WHEN json IS NULL THEN 'the line is no JSON' "
        f"ELSE 'the element is no object' END, left(json::VARCHAR, {_LONGEST_TEXT}) FROM {lines} "
        f"WHERE json IS NULL OR NOT {_IS_OBJECT}"
    )
    _keep_texts(connection, text.path)
    (rows,) = connection.execute(f"SELECT count(*) FROM {SOURCE}").fetchone() or (0,)
    return Source(
        form=Form.JSON_LINES if inside is None else Form.JSON_DOCUMENT,
        columns=columns,
        rows=rows,
        header=columns != (ALONE,),
        inside=inside or "",
        beside=dict(beside),
        encoding=text.encoding,
        notes=text.notes,
    )


def _keep_texts(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Gives the lines that are no JSON, of which DuckDB says only that there are some, the text that they have."""
    found = connection.execute(f"SELECT line FROM {REJECTED} WHERE text IS NULL").fetchall()
    unread = {line for (line,) in found}
    if not unread:
        return
    texts = path.with_name(f"{path.name}.unread")
    with path.open("rb") as lines, texts.open("wb") as out:
        # As DuckDB counts them: without the empty ones.
        for number, line in enumerate(filter(bytes.strip, lines), start=1):
            if number in unread:
                text = line.rstrip(b"\r\n").decode(errors="replace")[:_LONGEST_TEXT]
                out.write(msgspec.json.encode({"line": number, "text": text}) + b"\n")
    connection.execute(
        f"UPDATE {REJECTED} SET text = kept.text FROM read_json({quoted(str(texts))}, "
        "format = 'newline_delimited', columns = {line: 'BIGINT', text: 'VARCHAR'}) AS kept "
        f"WHERE kept.line = {REJECTED}.line"
    )
    texts.unlink()


def _lines(path: Path) -> str:
    """SQL of the file's lines with their numbers; `json` is null where a line is none."""
    return (
        f"(SELECT row_number() OVER () AS {LINE}, json FROM read_ndjson_objects("
        f"{quoted(str(path))}, ignore_errors = true, maximum_object_size = {_OBJECT_BYTES}))"
    )


def _leaves(connection: duckdb.DuckDBPyConnection, lines: str, limits: ReadingLimits) -> list[Leaf]:
    """Every leaf that any row has. Rows of the same structure, of which there are few, are looked at once."""
    tree = Tree()
    try:
        connection.execute(f"SELECT DISTINCT json_structure(json)::VARCHAR FROM {lines} WHERE {_IS_OBJECT}")
        while structures := connection.fetchmany(1_000):
            for (structure,) in structures:
                tree.add(msgspec.json.decode(structure))
    except (duckdb.DataError, duckdb.ProgrammingError) as error:
        raise UnusableFile(f"The file is no JSON lines: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise UnusableFile("Its objects are nested too deeply.") from error
    found = list(tree.leaves())
    if not found:
        raise UnusableFile("The file has no row: none of its lines is a JSON object with anything in it.")
    if len(found) > limits.columns:
        raise UnusableFile(f"Its objects have {len(found):,} different keys, and at most {limits.columns:,} are read.")
    return found


def _pointer(path: tuple[str, ...]) -> str:
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


def _unless_object(place: int) -> str:
    return f"CASE WHEN left(v[{place}], 1) <> '{{' THEN nullif(v[{place}], '') END"
