"""Objects that are gzip of JSON: the same data give the same bytes."""

from typing import Final

from isal import igzip, isal_zlib
from isal.isal_zlib import IsalError

from tiktok_collector.errors import Fatal

GZIP_LEVEL: Final = 2
# zlib's code for a gzip header and trailer around the data.
GZIP_WBITS: Final = 31
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of one object's content: a function has 512 MB, and a gzip of a few kilobytes can hold gigabytes."""


def gzipped(data: bytes) -> bytes:
    """`data` as gzip, with a fixed level and no time."""
    return igzip.compress(data, GZIP_LEVEL, mtime=0)


def inflated(data: bytes, *, most: int) -> bytes:
    """What is in gzip data, at most so many bytes of it in memory.

    Raises:
        ValueError: it is damaged, breaks off, or holds more.
    """
    inflation = isal_zlib.decompressobj(wbits=GZIP_WBITS)
    try:
        content = inflation.decompress(data, max_length=most + 1)
    except IsalError as error:  # type: ignore[misc]  # isal's stub takes its exception class for an instance
        raise ValueError(str(error)) from error
    if len(content) > most:
        raise ValueError(f"it holds more than {most} bytes")
    if not inflation.eof:
        raise ValueError("it breaks off")
    return content


def gunzipped(data: bytes, *, key: str) -> bytes:
    """What `gzipped` was given.

    Args:
        data: The object's bytes.
        key: Its key, for the error message.

    Raises:
        Fatal: it is damaged, or larger than any that is written.
    """
    try:
        return inflated(data, most=MOST_BYTES)
    except ValueError as error:
        raise Fatal(f"The object {key} is damaged ({error}); restore an earlier version of it.") from error
