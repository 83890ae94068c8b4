"""This project's own CSV files: an apostrophe keeps a spreadsheet from changing a cell, and is taken away again."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tiktok_lake.imports.families.family import Family

_OWN: Final = "tiktok_collector_"
_MARKED_ID: Final = re.compile(r"'-?\d+")


def is_marked(family: Family, sample: Sequence[Mapping[str, str | None]]) -> bool:
    """Whether cells of the file carry the mark: its ids do then."""
    return family.name.startswith(_OWN) and any(
        _MARKED_ID.fullmatch(text) for row in sample for text in row.values() if text is not None
    )
