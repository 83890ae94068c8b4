"""Pure: where a text names an account that is deleted, and the text without it.

A name is found behind `@` and in addresses of TikTok, as what a field of JSON that names people says, and as a word of
its own; as a word only where it looks like no common one: `love` in a caption is not @love, nor `videos` @videos.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from tiktok_lake.deletion.words import NAME_FIELDS, is_common, is_telling

GONE: Final = "[deleted]"
_FIELD: Final = rf'"(?:{"|".join(sorted(NAME_FIELDS))})" ?: ?"'
_BEFORE: Final = rf"(?:[@\x{{FF20}}]|%40|tiktok\.com/|{_FIELD})"
_LETTER: Final = r"\pL\pN_"
_ENDS: Final = rf"(?:[^{_LETTER}.]|\.[^{_LETTER}]|\.?$)"


class Mentions:
    """Finds names in texts. Without names nothing is found."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(name for name in names if name)

    def __bool__(self) -> bool:
        return bool(self.names)

    @cached_property
    def _all(self) -> str:
        return _alternatives(self.names)

    @cached_property
    def _telling(self) -> str:
        return _alternatives(name for name in self.names if is_telling(name))

    @cached_property
    def for_duckdb(self) -> str:
        """A pattern of RE2, without regard to case; `becomes` replaces what it finds."""
        own = rf"({_BEFORE})(?:{self._all})({_ENDS})"
        words = rf"|(^|[^{_LETTER}.])(?:{self._telling})({_ENDS})" if self._telling else ""
        return own + words

    @property
    def becomes(self) -> str:
        """What replaces a match, with what stood around the name."""
        return rf"\1{GONE}\2" if not self._telling else rf"\1\3{GONE}\2\4"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        ends = r"(?!\w|\.\w)"
        before = _BEFORE.replace(r"\x{FF20}", "\uff20")
        own = rf"({before})(?:{self._all}){ends}"
        words = rf"|(?<![\w.])(?:{self._telling}){ends}" if self._telling else ""
        return re.compile(own + words, re.IGNORECASE)

    def within(self, text: str) -> bool:
        """Whether the text names one of them."""
        if not self.names:
            return False
        lower = text.lower()
        return any(name in lower for name in self.names) and self._pattern.search(text) is not None

    def in_cells(self, text: str) -> bool:
        """Whether the text of a table names one of them: as `within`, or as all that a cell says.

        Names that are words of documents (`none`, `videos`) are no cells.
        """
        return self.within(text) or (self._cells is not None and self._cells.search(text) is not None)

    @cached_property
    def _cells(self) -> re.Pattern[str] | None:
        names = _alternatives(name for name in self.names if not is_common(name))
        return re.compile(rf"(?:^|(?<=[\s,;|\"']))(?:{names})(?=$|[\s,;|\"'])", re.IGNORECASE) if names else None

    @property
    def ambiguous(self) -> bool:
        """Whether one of them is a word of documents, which a table may say of anything."""
        return any(map(is_common, self.names))

    def without(self, text: str) -> str:
        """The text with `[deleted]` in place of the names."""
        return self._pattern.sub(lambda found: f"{found[1] or ''}{GONE}", text) if self.within(text) else text


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(names, key=lambda name: (-len(name), name)))
