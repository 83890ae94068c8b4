"""Error messages without personal data: what the request asked for, and anything like an id, becomes `…`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

MASK: Final = "…"
MAX_MESSAGE: Final = 300
MOST_READ: Final = 10_000
"""So much of a message is looked at: each name that may stand in it is looked for, and no API has so much to say."""

# TikTok quotes the offending parameter: `username: someone` is invalid.
_QUOTED: Final = re.compile(r"`(\w++)\s*+:[^`]*`")
_DIGITS: Final = re.compile(r"[0-9]{5,}")


def mask(message: str, request: Mapping[str, Any]) -> str:
    """`message` fit for the usage log and for logs, at most 300 characters, on one line.

    Every value of `request` (usernames, ids, keywords, search ids), every value that TikTok quotes and every run of
    five or more digits is replaced by `…`. Of a message beyond 10,000 characters only its beginning is read.
    """
    text = _QUOTED.sub(lambda quoted: f"`{quoted[1]}: {MASK}`", message[:MOST_READ])
    # The longest first, so that a name is not cut by a shorter one inside it.
    for value in sorted(set(_values(request)), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text, flags=re.IGNORECASE)
    text = _DIGITS.sub(MASK, text)
    # Neither what a terminal obeys nor what turns the direction of writing.
    text = "".join(each if each.isprintable() else " " for each in text).strip()
    if len(text) > MAX_MESSAGE:
        return text[: MAX_MESSAGE - 1] + MASK
    # Where reading stopped, a name may have been cut in two, and was not found.
    return text if len(message) <= MOST_READ else MASK


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _values(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _values(item)
