"""Pure: a JSON document without what is doomed.

Elements of lists that are about something doomed go; names and ids in other places are replaced, so that the document
keeps its form.
"""

import json
import re
from collections.abc import Collection, Iterable
from typing import Any, Final

from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.mentions import GONE, Mentions
from tiktok_lake.deletion.words import LABELS, NAME_FIELDS, NAME_MAPS, NO_NAMES, is_marked, is_telling

_LEAST_ID: Final = 10**14
_ID: Final = re.compile(rb"(?<!\d)\d{15,20}(?!\d)")
_ID_IN_TEXT: Final = re.compile(r"(?<!\d)\d{15,20}(?!\d)")
_WORD: Final = re.compile(r"[A-Za-z0-9_.]+")
_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_ID_FIELDS: Final = ("id", "video_id", "comment_id", "parent_comment_id", "item_id")
_NAME_FIELDS: Final = ("username", "other_username", "unique_id", "author", "creator")
_OF_MANY: Final = ("usernames",)


class Scrubber:
    """Takes what is doomed out of documents; `deleted` and `changed` count what it did since it was made.

    Args:
        doomed: What goes.
        also: Further names of the same accounts, such as pseudonyms.
        drop: Whether elements of lists go; if not, they are replaced, so that the others keep their places.
    """

    def __init__(self, doomed: Doomed, also: Iterable[str] = (), *, drop: bool = True) -> None:
        # Shorter ones are none of TikTok's, and any number might be one.
        self._ids = frozenset(each for each in doomed.videos | doomed.comments if each >= _LEAST_ID)
        self._texts = {str(each) for each in self._ids}
        self._names = {*doomed.accounts, *also}
        self._telling = frozenset(filter(is_telling, self._names))
        self._marked = frozenset(filter(is_marked, self._names))
        self._mentions = Mentions(self._names)
        self._needles = [form for name in sorted(self._names) for form in _forms(name)]
        self._drop = drop
        self.deleted = 0
        self.changed = 0

    def __bool__(self) -> bool:
        """Whether documents can hold anything of it."""
        return bool(self._ids or self._names)

    def may_touch(self, data: bytes) -> bool:
        """Whether `data`, JSON or text, may hold something doomed; False is sure."""
        if self._needles:
            lower = data.lower()
            if any(each in lower for each in self._needles):
                return True
        return bool(self._texts) and any(each.decode() in self._texts for each in _ID.findall(data))

    def is_in(self, data: bytes) -> bool:
        """Whether `data`, JSON, lines of JSON or text of any form, holds something doomed."""
        try:
            documents = [json.loads(line) for line in data.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            documents = None
        if documents is not None:
            return any(map(self.touches, documents))
        if any(each.decode() in self._texts for each in _ID.findall(data)):
            return True
        return self._mentions.within(_unescaped(data.decode(errors="replace")))

    def touches(self, value: Any) -> bool:
        """Whether a document holds something doomed."""
        before = self.deleted, self.changed
        self.without(value)
        found = (self.deleted, self.changed) != before
        self.deleted, self.changed = before
        return found

    def without(self, value: Any, field: str = "") -> Any:
        """The document without it; the same where it holds nothing of it.

        Args:
            value: The document, or a part of it.
            field: What the part is called in it; the document and its lists have no name of their own.
        """
        if isinstance(value, dict):
            return self._object(value, field)
        if isinstance(value, list):
            return self._list(value, field)
        if isinstance(value, str):
            return self._text(value, field)
        if isinstance(value, int) and not isinstance(value, bool) and value in self._ids:
            self.changed += 1
            return None
        return value

    def is_about(self, value: Any, field: str = "") -> bool:
        """Whether an element of the list in `field` is about something doomed."""
        if isinstance(value, dict):
            return (
                any(self._is_id(value.get(name)) for name in _ID_FIELDS)
                or any(self._is_name(value.get(name), name) for name in _NAME_FIELDS)
                or (isinstance(row := value.get("row"), dict) and self.is_about(row))
            )
        return self._is_id(value) or self._is_name(value, field)

    def _object(self, value: dict[str, Any], field: str) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for name, each in value.items():
            if name in self._texts or self._is_called_after(name, field):
                self.deleted += 1
                continue
            inner = _inner(value, name)
            key = name if name.isidentifier() else self._mentions.without(name)
            self.changed += key != name
            kept[key] = self.without(each, inner)
        return kept

    def _list(self, values: list[Any], field: str) -> list[Any]:
        kept: list[Any] = []
        for each in values:
            about = self.is_about(each, field)
            if about and self._drop:
                self.deleted += 1
                continue
            new = self.without(each, field)
            if self._drop and _emptied(each, new):
                self.deleted += 1
            else:
                kept.append(new)
        return kept

    def _text(self, text: str, field: str) -> str:
        new = text
        if self._names and field not in NO_NAMES:
            new = GONE if self._is_name(text, field) else self._of_text(text)
        if self._texts and any(each in self._texts for each in _ID_IN_TEXT.findall(new)):
            new = _ID_IN_TEXT.sub(lambda found: GONE if found[0] in self._texts else found[0], new)
        self.changed += new != text
        return new

    def _of_text(self, text: str) -> str:
        """A text without names; a word that stands alone is no text."""
        return text if _WORD.fullmatch(text) else self._mentions.without(text)

    def _is_id(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self._texts
        return isinstance(value, int) and value in self._ids

    def _is_name(self, value: Any, field: str) -> bool:
        """Whether what a field says is a name, whole."""
        if not self._names or field in NO_NAMES or not isinstance(value, str):
            return False
        if field in NAME_FIELDS or not field:
            names: Collection[str] = self._names
        else:
            names = self._marked if field in LABELS else self._telling
        return value.strip().lstrip("@").lower() in names

    def _is_called_after(self, name: str, parent: str) -> bool:
        """Whether a field has its name from an account."""
        return name.strip().lstrip("@").lower() in (self._names if parent in NAME_MAPS else self._marked)


def encoded(value: Any) -> bytes:
    """A document as JSON in UTF-8; what is no Unicode is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _unescaped(text: str) -> str:
    """JSON as text with the characters that it escapes, so that names in it are found."""
    if "\\u" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _inner(value: dict[str, Any], name: str) -> str:
    """What `name` is in an object: values that a query compares with the field `username` are names."""
    if name == "field_values" and value.get("field_name") == "username":
        return "usernames"
    return name


def _emptied(old: Any, new: Any) -> bool:
    """Whether nobody is left of those whom an element is about: without them it would be about everybody."""
    return isinstance(old, dict) and any(old.get(name) and not new.get(name) for name in _OF_MANY)


def _forms(name: str) -> set[bytes]:
    """How a name may stand in JSON, in lower case."""
    return {name.encode(), json.dumps(name)[1:-1].lower().encode(), name.encode().lower()}
