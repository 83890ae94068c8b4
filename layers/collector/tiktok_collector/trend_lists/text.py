"""The text of hashtags and keywords in one form, so that sources and pages can be compared."""

import unicodedata
from typing import Final

# What `str.strip` takes for space in ASCII.
_SPACE: Final = "\t\n\v\f\r\x1c\x1d\x1e\x1f "


def normalise(text: str) -> str:
    """`text` in Unicode NFKC, case-folded, without leading `#` and without space around it.

    Each step may make work for another (NFKC gives `#` of its full-width form), so they are done until nothing changes.
    """
    if text.isascii():
        return text.lower().lstrip("#" + _SPACE).rstrip(_SPACE)
    while (folded := _bare(unicodedata.normalize("NFKC", text).casefold())) != text:
        text = folded
    return text


def as_searched(text: str) -> str:
    """A hashtag as the Research API is asked for it: `normalise`, but in lower case instead of case-folded.

    Case-folding makes `ss` of `ß` and changes the last letter of Greek words, which are then other hashtags; TikTok
    keeps hashtags in lower case.
    """
    while (lowered := _bare(unicodedata.normalize("NFKC", text).lower())) != text:
        text = lowered
    return text


def _bare(text: str) -> str:
    return text.strip().lstrip("#").strip()
