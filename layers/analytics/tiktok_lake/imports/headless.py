"""Files without a header: what their columns are, where what is in them leaves no doubt."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

_ID: Final = re.compile(r"^\s*[\"'=]*[67]\d{18}[\"']*\s*$")
_LINK: Final = re.compile(r"tiktokv?\.com/(?:.*/)?(?:video|photo|v)/\d+")
_HANDLE: Final = re.compile(r"^@?[\w.]{2,24}$")
_MOST: Final = 3


def named_by_shape(columns: Sequence[str], sample: Sequence[Mapping[str, str | None]]) -> tuple[str, ...]:
    """The columns' names in their family; empty where nobody can say.

    One column of ids or links is a list of videos; with one more of handles, of videos and their authors; with one of
    texts, or of authors and texts, of comments. Of anything else a mapping file has to say what it is.
    """
    if not 1 <= len(columns) <= _MOST or not sample:
        return ()
    kinds = [_kind([row.get(name) for row in sample]) for name in columns]
    match kinds:
        case ["id" | "link" as first]:
            return (_VIDEO[first],)
        case ["id" | "link" as first, "handle"]:
            return (_VIDEO[first], "username")
        case ["id" as first, "text"]:
            return (_VIDEO[first], "text")
        case ["id" as first, "handle", "text"]:
            return (_VIDEO[first], "user", "text")
        case _:
            return ()


_VIDEO: Final = {"id": "video_id", "link": "url"}


def _kind(values: Sequence[str | None]) -> str:
    given = [each for each in values if each and each.strip()]
    if not given:
        return "nothing"
    if all(_ID.match(each) for each in given):
        return "id"
    if all(_LINK.search(each) for each in given):
        return "link"
    if all(_HANDLE.match(each) for each in given):
        return "handle"
    return "text" if any(not each.replace(".", "").strip().isdigit() for each in given) else "number"
