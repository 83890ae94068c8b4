"""This project's own CSV files: an apostrophe keeps a spreadsheet from changing a cell, and is taken away again."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tiktok_lake.imports.families.family import Family

_OWN: Final = "tiktok_collector_"
_MARKED_ENCODING: Final = "utf-8-sig"
_MARKED_ID: Final = re.compile(r"'-?\d+")


def is_marked(family: Family, encoding: str, sample: Sequence[Mapping[str, str | None]]) -> bool:
    """Whether cells of the file carry the mark: it begins with a mark of byte order then, as long as nobody took that.

    Otherwise its ids tell it, if it has some.
    """
    return family.name.startswith(_OWN) and (
        encoding == _MARKED_ENCODING
        or any(_MARKED_ID.fullmatch(text) for row in sample for text in row.values() if text is not None)
    )
