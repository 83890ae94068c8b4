"""How the names in a study file are written: of studies, cohorts and searches, and of the lists beside the file."""

import re
from typing import Annotated, Final

from pydantic import StringConstraints

NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
LIST_NAME: Final = r"^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63}/){0,4}[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.(?:csv|tsv|txt)$"
"""Relative to the folder of the study file and never above it: each part begins with a letter or a digit."""

Name = Annotated[str, StringConstraints(pattern=NAME)]
ListName = Annotated[str, StringConstraints(pattern=LIST_NAME)]

HOW_TO_WRITE: Final = {
    NAME: "letters, digits, _ and -, beginning with a letter or a digit, at most 64",
    LIST_NAME: "the name of a .csv, .tsv or .txt file in the folder of the study file, of letters, digits, . _ and -",
}
"""The patterns in words."""


def is_list_name(text: str) -> bool:
    """Whether a list beside the study file may be called so."""
    return re.search(LIST_NAME, text) is not None and not text.endswith("\n")
