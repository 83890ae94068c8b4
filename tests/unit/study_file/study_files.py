"""Study files for tests."""

import re
from collections.abc import Mapping

from tiktok_collector.study_file.problems import InvalidStudy, Problem
from tiktok_collector.study_file.reading import StudyRead, read_study

HEAD = """version: 1
name: demo
first_day: 2026-10-01
"""
SEARCH = """searches:
  cats:
    query: {and: [{field_name: keyword, operation: EQ, field_values: [cats]}]}
"""
COHORT = """cohorts:
  some:
    accounts: [one]
"""


def cohort(*lines: str) -> str:
    """A study whose cohort `c` has these lines, the first of them in line 6."""
    return HEAD + "cohorts:\n  c:\n" + "".join(f"    {line}\n" for line in lines)


def read(text: str, **files: bytes | str) -> StudyRead:
    """Reads a text with the lists `name_csv="…"`, which it calls `name.csv`."""
    return read_study(text, contents(files))


def contents(files: Mapping[str, bytes | str]) -> dict[str, bytes]:
    named = {re.sub("_(?=csv$|txt$|tsv$)", ".", name): content for name, content in files.items()}
    return {name: content.encode() if isinstance(content, str) else content for name, content in named.items()}


def wrong(text: str, **files: bytes | str) -> list[Problem]:
    """Everything that is wrong."""
    try:
        read(text, **files)
    except InvalidStudy as error:
        return list(error.problems)
    return []


def problems(text: str, **files: bytes | str) -> list[str]:
    """Everything that is wrong, as it is shown."""
    return [str(problem) for problem in wrong(text, **files)]
