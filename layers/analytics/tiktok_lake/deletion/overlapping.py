"""Pure: a file is searched piece by piece: no name is cut in two, and none is hidden by how the text is written."""

from collections.abc import Iterable, Iterator
from typing import Final

_OVERLAP: Final = 1_024
"""Bytes: more than a name takes, with what tells it from a word."""
_MARK: Final = "\ufeff"
"""What a text may begin with to tell its encoding."""


def overlapping(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a file, each with the end of what came before it."""
    last = b""
    for piece in pieces:
        data = last + piece
        yield data
        last = data[-_OVERLAP:]


def texts(pieces: Iterable[bytes]) -> Iterator[str]:
    """The same as text in UTF-8 and, where it may be that, in UTF-16, of which a piece may begin within a letter."""
    for data in overlapping(pieces):
        yield _text(data, "utf-8")
        if b"\x00" in data:
            yield from (_text(data[start:], order) for start in (0, 1) for order in ("utf-16-le", "utf-16-be"))


def _text(data: bytes, encoding: str) -> str:
    return data.decode(encoding, errors="replace").removeprefix(_MARK)
