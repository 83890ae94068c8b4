"""The keys of many JSON objects as one tree, whichever of them has which: pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

MOST_KEYS: Final = 300
"""An object of more keys is a dictionary, such as of ids: it stays one value."""


class Leaf(NamedTuple):
    """The path of a value that is no object; `mixed` if it is one in other rows, whose own leaves follow."""

    path: tuple[str, ...]
    mixed: bool


class _Node:
    __slots__ = ("below", "is_value")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.is_value = False


class Tree:
    """Grows by the structures of objects: a mapping for an object, anything else for a value."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, structure: object) -> None:
        """Adds what DuckDB's `json_structure` says of an object, decoded."""
        if isinstance(structure, Mapping):
            _add(self._root, structure)

    def leaves(self) -> Iterator[Leaf]:
        """The leaves, in the order in which they were met."""
        yield from _leaves(self._root, ())


def _add(node: _Node, structure: Mapping[str, Any]) -> None:
    for name, kind in structure.items():
        if name not in node.below and len(node.below) > MOST_KEYS:
            continue
        below = node.below.setdefault(name, _Node())
        if isinstance(kind, Mapping):
            _add(below, kind)
        elif kind != "NULL":
            below.is_value = True


def _leaves(node: _Node, where: tuple[str, ...]) -> Iterator[Leaf]:
    for name, below in node.below.items():
        path = (*where, name)
        is_object = 0 < len(below.below) <= MOST_KEYS
        if below.is_value or not is_object:
            yield Leaf(path, mixed=is_object)
        if is_object:
            yield from _leaves(below, path)
