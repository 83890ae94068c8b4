"""The bytes of a file piece by piece, decompressed, and never more of them than are allowed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from backports import zstd
from isal import isal_zlib
from isal.isal_zlib import IsalError

from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.reading.problems import UnusableFile

_PIECE: Final = 1024 * 1024
_INFLATED: Final = 8 * 1024 * 1024
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_GZIP_WBITS: Final = 31
_OTHERS: Final = (
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet: unpack it, or save it as CSV"),
    (b"PAR1", "Parquet: write it as CSV or JSON lines"),
    (b"SQLite format 3", "an SQLite database: write its table as CSV"),
    (b"\xfd7zXZ", "xz: compress it with gzip or zstd instead"),
    (b"BZh", "bzip2: compress it with gzip or zstd instead"),
    (b"Rar!", "a RAR archive: unpack it"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet of an old form: save it as CSV"),
)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /, max_length: int = ...) -> bytes: ...


def is_compressed(path: Path) -> bool:
    """Whether the file is gzip or zstd.

    Raises:
        UnusableFile: it is of a kind that is not read at all.
    """
    with path.open("rb") as file:
        head = file.read(16)
    for magic, words in _OTHERS:
        if head.startswith(magic):
            raise UnusableFile(f"The file is {words}.")
    return head.startswith((_GZIP, _ZSTD))


def pieces(path: Path, limits: ReadingLimits) -> Iterator[bytes]:
    """What is in the file, decompressed if it is gzip or zstd, in pieces of some megabytes.

    Raises:
        UnusableFile: it is damaged, breaks off, or holds more than `limits` allow.
    """
    if path.stat().st_size > limits.file_bytes:
        raise UnusableFile(too_large(path.stat().st_size, limits))
    total = 0
    for piece in _inflated(path) if is_compressed(path) else _plain(path):
        total += len(piece)
        if total > limits.content_bytes:
            raise UnusableFile(f"The file holds more than {limits.content_bytes:,} bytes: split it.")
        yield piece


def too_large(size: int, limits: ReadingLimits) -> str:
    """What is said of a file of so many bytes."""
    return f"The file has {size:,} bytes, and at most {limits.file_bytes:,} are read: split it."


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_INFLATED):
            yield piece


def _inflated(path: Path) -> Iterator[bytes]:
    """Members one after another, as `cat a.gz b.gz` makes them."""
    try:
        with path.open("rb") as file:
            inflation: _Decompressor | None = None
            pending = b""
            while data := pending or file.read(_PIECE):
                pending = b""
                if inflation is None:
                    inflation = _decompressor(data)
                while piece := inflation.decompress(data, max_length=_INFLATED):
                    yield piece
                    data = _carried(inflation)
                    if inflation.eof:
                        break
                if inflation.eof:
                    pending, inflation = inflation.unused_data.lstrip(b"\0"), None
    except (IsalError, zstd.ZstdError, ValueError) as error:  # type: ignore[misc]  # isal's stub has it as an instance
        raise UnusableFile(f"The compressed file is damaged ({error}): put it there again.") from error
    if inflation is not None:
        raise UnusableFile("The compressed file breaks off: put the whole of it there.")


def _carried(inflation: _Decompressor) -> bytes:
    """Input that awaits room: isal hands it back, zstd keeps it."""
    tail: bytes = getattr(inflation, "unconsumed_tail", b"")
    return tail


def _decompressor(head: bytes) -> _Decompressor:
    if head.startswith(_ZSTD):
        return zstd.ZstdDecompressor()
    return isal_zlib.decompressobj(wbits=_GZIP_WBITS)
