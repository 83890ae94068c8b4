"""Reads the tables of the documentation, so that tests can hold them against the code."""

import re
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"

type Table = list[list[str]]


def table_of(text: str, heading: str, first: str, number: int = 0) -> Table:
    """The rows of the n-th table under `heading` whose first column is called `first`, cell by cell."""
    fitting = [table for table in _tables(_section(text, heading)) if table[0][0] == first]
    return fitting[number][1:]


def names(table: Table) -> list[str]:
    """What stands in backticks in the first column."""
    return [name for row in table for name in re.findall(r"`([^`]+)`", row[0])]


def _tables(text: str) -> list[Table]:
    found: list[Table] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [[table[0], *table[2:]] for table in found if table]


def _section(text: str, heading: str) -> str:
    start = text.index(f"\n{heading}\n") + len(heading) + 2
    end = re.search(rf"\n#{{1,{len(heading.split(' ', maxsplit=1)[0])}}} ", text[start:])
    return text[start : start + end.start()] if end else text[start:]
