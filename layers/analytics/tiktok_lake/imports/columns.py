"""A file's columns, found by the names and paths that families call them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from tiktok_lake.engine import quoted

_LIST: Final = "[]"
_SPREAD: Final = re.compile(r"^(.*)\.(\d+)(?:\.(.+))?$")
_ELEMENTS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw] | list[msgspec.Raw] | str | float | bool | None])
ITEM: Final = "_item"
"""The column that one element of an exploded list is in."""


class Found(msgspec.Struct, frozen=True):
    """What a path leads to: the SQL of its text, and the columns that it takes; none where it is part of one.

    `field` is its name where it is a field of the elements of an exploded list.
    """

    sql: str
    columns: tuple[str, ...]
    field: str = ""


def plain(name: str) -> str:
    """A column's name without what differs between files of a family: case, spaces, `/` for dots."""
    return re.sub(r"[\s-]+", "_", name.strip("\ufeff \t\"'").replace("/", ".").casefold())


class FoundColumns:
    """The columns of one file."""

    def __init__(
        self, names: Sequence[str], *, explode: str | None = None, sample: Sequence[Mapping[str, str | None]] = ()
    ) -> None:
        """`explode` holds a list of rows in each row; its elements in the `sample` tell what fields there are."""
        # Names of their own in the plan: what a file calls its columns may be anything.
        self._sql = {name: f"_column_{place}" for place, name in enumerate(names)}
        self._names: dict[str, str] = {}
        self._spread: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for name in names:
            self._names.setdefault(plain(name), name)
            if spread := _SPREAD.match(plain(name)):
                self._spread.setdefault((spread[1], spread[3] or ""), []).append((int(spread[2]), name))
        self._explode = explode
        self.exploded = None if explode is None else self._column(f"{explode}{_LIST}")
        """The list of rows in each row; None where rows are what they seem."""
        lists = () if self.exploded is None else self.exploded.columns
        self.fields = _fields_of(row.get(each) for row in sample for each in lists)
        """Those of the elements of the exploded list, in the order in which they are met."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names as they are."""
        return tuple(self._sql)

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
        found = self._column(path)
        if found is None and self.exploded is not None:
            field = path.partition(_LIST)[0]
            return Found(f"json_extract_string({ITEM}, {quoted('$.' + field)})", (), field)
        return found

    def parts(self, *fields: str) -> tuple[str, ...]:
        """What a report calls those of the fields that elements of the exploded list have."""
        there = (each for each in fields if each.partition(".")[0] in self.fields)
        return tuple(f"{self._explode}{_LIST}.{each}" for each in there)

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


def _fields_of(lists: Iterable[str | None]) -> tuple[str, ...]:
    fields: dict[str, None] = {}
    for text in lists:
        try:
            elements = _ELEMENTS.decode(text or "[]")
        except (msgspec.DecodeError, RecursionError):
            continue
        for each in elements:
            if isinstance(each, dict):
                fields.update(dict.fromkeys(each))
    return tuple(fields)
