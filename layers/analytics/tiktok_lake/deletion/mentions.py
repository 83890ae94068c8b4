"""Pure: where a text names an account that is deleted, and the text without it.

A name is found behind `@` and `/`, as a whole value, and as a word of its own; as a word only where it looks like no
common one: `love` in a caption is not @love.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

GONE: Final = "[deleted]"
_LONG: Final = 6
_NAMELIKE: Final = re.compile(r"[0-9_.]")
_ENDS: Final = r"(?:[^A-Za-z0-9_.]|\.[^A-Za-z0-9_.]|\.?$)"


class Mentions:
    """Finds names in texts. Without names nothing is found."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(name for name in names if name)

    def __bool__(self) -> bool:
        return bool(self.names)

    @cached_property
    def _plain(self) -> str:
        return _alternatives(self.names)

    @cached_property
    def _words(self) -> str:
        # A number that stands alone is a number.
        named = (each for each in self.names if not each.isdigit())
        return _alternatives(each for each in named if len(each) >= _LONG or _NAMELIKE.search(each))

    @cached_property
    def for_duckdb(self) -> str:
        """A pattern of RE2, without regard to case; `becomes` replaces what it finds."""
        own = rf"(^|[@/\x{{FF20}}\"]|%40)(?:{self._plain})({_ENDS})"
        words = rf"|(^|[^A-Za-z0-9_.])(?:{self._words})({_ENDS})" if self._words else ""
        return own + words

    @property
    def becomes(self) -> str:
        """What replaces a match, with what stood around the name."""
        return rf"\1{GONE}\2" if not self._words else rf"\1\3{GONE}\2\4"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        ends = r"(?![A-Za-z0-9_]|\.[A-Za-z0-9_])"
        own = rf"(?:^|(?<=[@/\uff20\"])|(?<=%40))(?:{self._plain}){ends}"
        words = rf"|(?<![A-Za-z0-9_.])(?:{self._words}){ends}" if self._words else ""
        return re.compile(own + words, re.IGNORECASE)

    def within(self, text: str) -> bool:
        """Whether the text names one of them."""
        if not self.names:
            return False
        lower = text.lower()
        return any(name in lower for name in self.names) and self._pattern.search(text) is not None

    def without(self, text: str) -> str:
        """The text with `[deleted]` in place of the names."""
        return self._pattern.sub(GONE, text) if self.within(text) else text


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(names, key=lambda name: (-len(name), name)))
