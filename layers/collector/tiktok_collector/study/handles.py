"""TikTok account handles as people write them: `@name`, `Name`, a profile or video URL."""

import re
from typing import Final

_URL: Final = re.compile(r"^(?:https?://)?(?:[a-z0-9-]+\.)?tiktok\.com/@(?P<handle>[^/?#]+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?:^|\.)tiktok\.com$")
_FORBIDDEN: Final = re.compile(r"[\s\x00-\x1f\x7f/\\?#,@:;\"'`{}\[\]<>|]")
MAX_LENGTH: Final = 64
_SHOWN: Final = 200


def normalise_handle(text: str) -> str:
    """The handle in `text` without `@`, address or upper case (TikTok's handles are case-insensitive).

    Raises:
        ValueError: there is no handle in it; the message says what was found.
    """
    stripped = text.strip()
    match = _URL.match(stripped)
    handle = (match["handle"] if match else stripped.removeprefix("@")).lower()
    if not handle:
        raise ValueError("the account name is empty; write a handle such as @name")
    if len(handle) > MAX_LENGTH:
        raise ValueError(f"{handle[:20]!r}… is longer than {MAX_LENGTH} characters, which no TikTok handle is")
    if _ADDRESS.search(handle) or _FORBIDDEN.search(handle):
        shown = stripped[:_SHOWN]
        raise ValueError(f"{shown!r} is not a TikTok handle or profile address; write @name or its profile URL")
    if unseen := next((each for each in handle if not each.isprintable() and not each.isspace()), ""):
        raise ValueError(
            f"{handle!r} has the character U+{ord(unseen):04X}, which nobody sees and no TikTok handle has; remove it"
        )
    return handle
