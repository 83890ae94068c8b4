"""Which form a text has: JSON lines, a JSON document, or delimited."""

from pathlib import Path, PurePath
from typing import Final

import msgspec

from tiktok_lake.imports.reading.source import Form

_FIRST_LINE: Final = 16 * 1024 * 1024
_LINES: Final = 20
_LINES_ENDINGS: Final = (".jsonl", ".ndjson", ".jsonlines")
_DOCUMENT_ENDINGS: Final = (".json", ".jsonc", ".json5")


def form_of(path: Path, name: str) -> Form:
    """The form of a UTF-8 file; `name` is what the person called it, whose ending decides where the text does not."""
    lines = _first_lines(path)
    first = lines[0].lstrip()[:1] if lines else b""
    ending = PurePath(name.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    # A comment is no JSON, which the reader says; as a name of columns it would be told something else.
    if first not in (b"{", b"[") and not (first == b"/" and ending in (*_LINES_ENDINGS, *_DOCUMENT_ENDINGS)):
        return Form.DELIMITED
    if ending in _LINES_ENDINGS:
        return Form.JSON_LINES
    if first == b"{" and _several(lines):
        return Form.JSON_LINES
    # A list that is a line of its own is a row of JSON lines only beside others; CSV does not begin so.
    return Form.JSON_DOCUMENT


def _first_lines(path: Path) -> list[bytes]:
    """The first lines that are not empty."""
    found: list[bytes] = []
    with path.open("rb") as file:
        while len(found) < _LINES and (line := file.readline(_FIRST_LINE)):
            if line.strip():
                found.append(line)
    return found


def _several(lines: list[bytes]) -> bool:
    """Whether at least two lines, and half of them, are objects; a damaged one does not make it a document."""
    whole = sum(map(_is_object, lines))
    return len(lines) > 1 and whole >= 2 and 2 * whole >= len(lines)  # noqa: PLR2004


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
