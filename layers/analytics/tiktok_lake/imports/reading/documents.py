"""The rows of a JSON document, found without building it in memory: its parts stay views of the file."""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from tiktok_lake.imports.reading.problems import UnusableFile

_Object = dict[str, msgspec.Raw]
_List = list[msgspec.Raw]
_DEPTH: Final = 6
_BATCH: Final = 1_000
ALONE: Final = "column_1"
"""The column of what stands alone in a list, such as an id."""
_ALONE: Final = f'{{"{ALONE}":%s}}'.encode()
_NO_OBJECT: Final = b"[%s]"
_MOST_BESIDE: Final = 200
_LONGEST_BESIDE: Final = 4_096
_PLACE: Final = re.compile(r"\(byte (\d+)\)")
_COMMENT: Final = re.compile(rb'[^"\n]{0,80}?(/\*|//|#)')
"""Behind what is no JSON, in the same line, before any text begins."""


class Lists(msgspec.Struct, frozen=True):
    """The lists of objects of a document as files of JSON lines, by their paths; and the values beside them."""

    files: dict[str, Path]
    beside: dict[str, str]


def as_lines(path: Path, scratch: Path, inside: str | None) -> Lists:
    """Writes each list of objects of a document to a file of JSON lines.

    A list that lies in another's elements is part of these. A document without a list of objects is one element.

    Args:
        path: The document, UTF-8.
        scratch: The folder for the files.
        inside: The path of the one list to take; None for all.

    Raises:
        UnusableFile: it is no JSON, or has no such list.
    """
    with path.open("rb") as file:
        # Not closed here: what was found, or the traceback of an error, are views of it and end it.
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        found, beside = _found(content, inside)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableFile(_why_not(content, error)) from error
    written: dict[str, Path] = {}
    for number, (where, elements) in enumerate(found):
        written[where] = scratch / f"elements-{number}"
        # What stands alone beside objects, such as a null, is no row.
        alone = _NO_OBJECT if any(map(_is_object, elements)) else _ALONE
        with written[where].open("wb") as out:
            for first in range(0, len(elements), _BATCH):
                out.writelines(_line(each, alone) for each in elements[first : first + _BATCH])
    return Lists(written, beside)


def _why_not(content: mmap.mmap, error: Exception) -> str:
    place = _PLACE.search(str(error))
    comment = _COMMENT.match(content, int(place[1])) if place else None
    if comment:
        return (
            f"The file is no JSON: it has comments, the first at byte {comment.start(1)}. Take them out, and dots that "
            "stand for more; JSON has neither."
        )
    return f"The file is no JSON ({error}): is the whole of it there?"


def _found(content: mmap.mmap, inside: str | None) -> tuple[list[tuple[str, _List]], dict[str, str]]:
    root = msgspec.json.decode(content, type=msgspec.Raw)
    beside: dict[str, str] = {}
    lists = list(_lists(root, "", _DEPTH, beside))
    if inside is not None:
        lists = [each for each in lists if each[0] == inside]
        if not lists:
            raise UnusableFile(f"The file has no list of objects at {inside!r}: correct it in the mapping file.")
    return lists or [("", [root])], beside if lists else {}


def _lists(value: msgspec.Raw, where: str, depth: int, beside: dict[str, str]) -> Iterator[tuple[str, _List]]:
    kind = _kind(value)
    if kind == b"[":
        elements = msgspec.json.decode(value, type=_List)
        if elements and (not where or any(map(_is_object, elements))):
            yield where, elements
    elif kind == b"{" and depth:
        for name, each in msgspec.json.decode(value, type=_Object).items():
            yield from _lists(each, f"{where}.{name}" if where else name, depth - 1, beside)
    elif len(beside) < _MOST_BESIDE and len(value) <= _LONGEST_BESIDE:
        single = msgspec.json.decode(value)
        if single is not None:
            beside[where] = single if isinstance(single, str) else bytes(value).decode()


def _kind(value: msgspec.Raw) -> bytes:
    return bytes(memoryview(value)[:64]).lstrip()[:1]


def _is_object(value: msgspec.Raw) -> bool:
    return _kind(value) == b"{"


def _line(element: msgspec.Raw, alone: bytes) -> bytes:
    """The element on one line; `alone` is what becomes of one that is no object and no list."""
    # A line end inside a JSON text is escaped, so each that stands there is mere layout.
    data = bytes(element).strip().replace(b"\n", b" ").replace(b"\r", b" ")
    if data[:1] not in (b"{", b"["):
        data = alone % data
    return data + b"\n"
