"""What is taken from a server: one answer of bounded size in bounded time, and nothing that outlives it."""

import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, override

import requests
from urllib3 import exceptions as wire_errors

_READ_BYTES: Final = 256 * 1024


class BrokenBody(Exception):
    """A body that cannot be had; the message says what came instead, such as `more than 100 bytes`."""


class OneAnswer(requests.Session):
    """A session that takes each answer for itself: redirects are answers like others, and cookies are not kept.

    Where redirects are not followed, requests still reads the Location that the server gives and the whole body
    behind it, whatever their form and length.
    """

    def __init__(self) -> None:
        super().__init__()
        # Cookies that pile up would make every later request one that is refused as too long.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    @override
    def get_redirect_target(self, resp: Any) -> None:
        """Says that there is none."""


def read_body(response: requests.Response, *, most: int, deadline: float) -> bytes:
    """The body of a streamed answer, decompressed piece by piece.

    Args:
        response: The answer.
        most: Bytes; no more is kept, however little came over the wire.
        deadline: Until when, by `time.monotonic`.

    Raises:
        BrokenBody: it is longer, takes longer, breaks off or is not encoded as it says.
    """
    chunks: list[bytes] = []
    size = 0
    try:
        # read1 returns what is there: read() would wait for a full buffer past any deadline.
        while chunk := response.raw.read1(_READ_BYTES, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > most:
                raise BrokenBody(f"more than {most} bytes")
            if time.monotonic() > deadline:
                raise BrokenBody("a body still incomplete at the read timeout")
    except (wire_errors.HTTPError, OSError) as error:
        raise BrokenBody(f"a body that broke off ({type(error).__name__})") from error
    return b"".join(chunks)
