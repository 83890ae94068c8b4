"""Any text becomes UTF-8 without a mark at its beginning and without NUL, in a file of its own where it is not."""

import codecs
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from tiktok_lake.imports.reading.content import is_compressed, pieces
from tiktok_lake.imports.reading.options import ReadingLimits, ReadingOptions
from tiktok_lake.imports.reading.problems import UnusableFile

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD: Final = 64 * 1024
_NUL_SHARE: Final = 0.3
"""Text of Latin letters in UTF-16 has a NUL in every second place; damaged text has a few anywhere."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A file of UTF-8 text; `line_feeds` counts its lines' ends."""

    path: Path
    encoding: str
    line_feeds: int
    notes: tuple[str, ...] = ()


class _Looked(msgspec.Struct):
    """What the bytes of a file are."""

    encoding: str = "utf-8"
    line_feeds: int = 0
    returns: int = 0
    nuls: int = 0
    size: int = 0
    broken: bool = False
    """They are no UTF-8."""


def as_text(path: Path, scratch: Path, limits: ReadingLimits, options: ReadingOptions) -> Text:
    """The file as UTF-8: itself if it is that already, else a new file in the folder `scratch`.

    Raises:
        UnusableFile: it is damaged, too large, empty, or no text in the encoding that `options` name.
    """
    plain = path
    if is_compressed(path):
        plain = scratch / "content"
        with plain.open("wb") as file:
            looked = _look(_kept(pieces(path, limits), file))
    else:
        looked = _look(pieces(path, limits))
    if not looked.size:
        raise UnusableFile("The file is empty.")
    notes: list[str] = []
    encoding = options.encoding or looked.encoding
    if options.encoding is None and looked.broken:
        encoding = _best_of(plain)
    if encoding not in {"utf-8", "utf-8-sig"}:
        notes.append(f"The text is {encoding}; it was read as that.")
    if encoding == "utf-8" and looked.broken:
        notes.append("Bytes that are no UTF-8 became the sign U+FFFD.")
    alone = looked.returns > 0 and looked.line_feeds == 0
    if encoding == "utf-8" and not (looked.broken or looked.nuls or alone):
        return Text(path=plain, encoding=encoding, line_feeds=looked.line_feeds)
    target = scratch / "text"
    feeds, nuls = _rewrite(plain, target, encoding, old_line_ends=alone)
    if plain != path:
        plain.unlink()
    if nuls:
        notes.append(f"{nuls} NUL characters were left out.")
    return Text(path=target, encoding=encoding, line_feeds=feeds, notes=tuple(notes))


def _kept(parts: Iterator[bytes], file: BinaryIO) -> Iterator[bytes]:
    for part in parts:
        file.write(part)
        yield part


def _look(parts: Iterator[bytes]) -> _Looked:
    looked = _Looked()
    decoder = codecs.getincrementaldecoder("utf-8")()
    for part in parts:
        if not looked.size:
            looked.encoding = _marked(part[:_HEAD])
        looked.size += len(part)
        looked.nuls += part.count(b"\0")
        looked.line_feeds += part.count(b"\n")
        looked.returns += part.count(b"\r")
        looked.broken = looked.broken or not _decodes(decoder, part)
    looked.broken = looked.broken or not _decodes(decoder, b"", final=True)
    return looked


def _decodes(decoder: codecs.IncrementalDecoder, part: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(part, final)
    except UnicodeDecodeError:
        return False
    return True


def _marked(head: bytes) -> str:
    """The encoding that the first bytes name, or whose pattern of NULs they have; else UTF-8."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = head[first::2]
        if half and half.count(0) / len(half) > _NUL_SHARE and head[1 - first :: 2].count(0) == 0:
            return encoding
    return "utf-8"


def _best_of(path: Path) -> str:
    """UTF-8 with some damage, or cp1252: whichever explains more of the bytes above ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    found: Counter[bool] = Counter()
    marked = ""
    with path.open("rb") as file:
        while part := file.read(_HEAD * 16):
            marked = marked or _marked(part[:_HEAD])
            text = decoder.decode(part)
            if not text.isascii():
                found.update(each == "�" for each in text if each > "\x7f")
    if marked != "utf-8":
        return marked
    return "cp1252" if found[True] > found[False] else "utf-8"


def _rewrite(source: Path, target: Path, encoding: str, *, old_line_ends: bool) -> tuple[int, int]:
    """Returns how many line feeds were written and NULs left out."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding in {"utf-8", "cp1252"} else "strict")
    except LookupError as error:
        raise UnusableFile(f"There is no encoding {encoding!r}: correct it in the mapping file.") from error
    feeds = nuls = 0
    with source.open("rb") as file, target.open("wb") as out:
        last = False
        while not last:
            part = file.read(_HEAD * 16)
            last = not part
            try:
                text = decoder.decode(part, last)
            except UnicodeDecodeError as error:
                raise UnusableFile(f"The file is no {encoding} text: name its encoding in a mapping file.") from error
            nuls += text.count("\0")
            text = text.replace("\0", "")
            if old_line_ends:
                text = text.replace("\r", "\n")
            feeds += text.count("\n")
            out.write(text.encode("utf-8", "replace"))
    return feeds, nuls
