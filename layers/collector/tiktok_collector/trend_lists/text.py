"""The text of hashtags and keywords in one form, so that sources and pages can be compared."""

import unicodedata


def normalise(text: str) -> str:
    """`text` in Unicode NFKC, case-folded, without leading `#` and without space around it.

    Each step may make work for another (NFKC gives `#` of its full-width form), so they are done until nothing changes.
    """
    while (folded := unicodedata.normalize("NFKC", text).casefold().strip().lstrip("#").strip()) != text:
        text = folded
    return text
