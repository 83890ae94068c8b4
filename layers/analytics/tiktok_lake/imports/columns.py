"""A file's columns, found by the names and paths that families call them."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from tiktok_lake.engine import quoted

_LIST: Final = "[]"
_SPREAD: Final = re.compile(r"^(.*)\.(\d+)(?:\.(.+))?$")
ITEM: Final = "_item"
"""The column that one element of an exploded list is in."""


class Found(msgspec.Struct, frozen=True):
    """What a path leads to: the SQL of its text, and the columns that it takes; none where it is part of one."""

    sql: str
    columns: tuple[str, ...]


def plain(name: str) -> str:
    """A column's name without what differs between files of a family: case, spaces, `/` for dots."""
    return re.sub(r"[\s-]+", "_", name.strip("\ufeff \t\"'").replace("/", ".").casefold())


class FoundColumns:
    """The columns of one file."""

    def __init__(self, names: Sequence[str], *, explode: str | None = None) -> None:
        # Names of their own in the plan: what a file calls its columns may be anything.
        self._sql = {name: f"_column_{place}" for place, name in enumerate(names)}
        self._names: dict[str, str] = {}
        self._spread: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._inside_item = explode is not None
        for name in names:
            self._names.setdefault(plain(name), name)
            if spread := _SPREAD.match(plain(name)):
                self._spread.setdefault((spread[1], spread[3] or ""), []).append((int(spread[2]), name))

    @property
    def by_name(self) -> Mapping[str, str]:
        """The names as they are, by `plain` ones."""
        return MappingProxyType(self._names)

    def sql(self, name: str) -> str:
        """SQL of a column, by its name as it is."""
        return self._sql[name]

    def has(self, path: str) -> bool:
        """Whether one of the alternatives, parted by `|`, is there."""
        return any(self._column(each) is not None for each in path.split("|"))

    def find(self, path: str) -> Found | None:
        """Where a path leads."""
        if self._inside_item and (self._column(path) is None):
            return Found(f"json_extract_string({ITEM}, {quoted('$.' + path.partition(_LIST)[0])})", ())
        return self._column(path)

    def _column(self, path: str) -> Found | None:
        base, is_list, below = path.partition(_LIST)
        name = self._names.get(plain(base))
        if name is not None:
            return Found(self.sql(name), (name,))
        if not is_list:
            return None
        elements = sorted(self._spread.get((plain(base), plain(below.removeprefix("."))), ()))
        if not elements:
            return None
        columns = tuple(name for _, name in elements)
        listed = ", ".join(self.sql(each) for each in columns)
        filled = f"list_filter([{listed}], lambda e: e IS NOT NULL)"
        return Found(f"CASE WHEN len({filled}) > 0 THEN to_json({filled})::VARCHAR END", columns)
