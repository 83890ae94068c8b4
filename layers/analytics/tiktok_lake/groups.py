"""Pure: objects in groups that are worked together."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class Sized(Protocol):
    """Something that has a size."""

    @property
    def size(self) -> int:
        """Bytes."""


def in_groups[Each: Sized](
    objects: Iterable[Each], *, most_bytes: int, most: int | None = None
) -> Iterator[list[Each]]:
    """The objects in their order, at most so many and so many bytes together; one that is larger stands alone."""
    group: list[Each] = []
    size = 0
    for each in objects:
        if group and (len(group) == most or size + each.size > most_bytes):
            yield group
            group, size = [], 0
        group.append(each)
        size += each.size
    if group:
        yield group
