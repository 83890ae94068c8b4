"""Objects that are gzip of JSON: the same data give the same bytes."""

from typing import Final

from isal import igzip, isal_zlib
from isal.isal_zlib import IsalError

from tiktok_collector.errors import Fatal

GZIP_LEVEL: Final = 2
# zlib's code for a gzip header and trailer around the data.
GZIP_WBITS: Final = 31


def gzipped(data: bytes) -> bytes:
    """`data` as gzip, with a fixed level and no time."""
    return igzip.compress(data, GZIP_LEVEL, mtime=0)


def gunzipped(data: bytes, *, key: str) -> bytes:
    """What `gzipped` was given.

    Args:
        data: The object's bytes.
        key: Its key, for the error message.

    Raises:
        Fatal: it is damaged.
    """
    try:
        return isal_zlib.decompress(data, wbits=GZIP_WBITS)
    except IsalError as error:  # type: ignore[misc]  # isal's stub takes its exception class for an instance
        raise Fatal(f"The object {key} is damaged ({error}); restore an earlier version of it.") from error
