"""Where a page is whose object holds several: in the one named after the nearest page before it."""

import re
from collections.abc import Iterator
from typing import Final

PAGES_A_BLOCK: Final = 10
"""The most pages that one object holds."""

_PAGE: Final = re.compile(r"-(\d{6})(\.json\.gz)$")


def holders(key: str) -> Iterator[str]:
    """The keys of the objects that may hold the page that `key` names, the nearest first: its own, then earlier ones.

    The nearest object that exists holds the page, or no object does: a task's objects follow one another.
    """
    found = _PAGE.search(key)
    if found is None:
        raise ValueError(f"{key!r} is not the key of a raw page")
    number = int(found[1])
    for first in range(number, max(0, number - PAGES_A_BLOCK), -1):
        yield f"{key[: found.start()]}-{first:06d}{found[2]}"
