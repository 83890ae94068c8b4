"""Pure: which raw objects of a day are due, and how they are divided into batches."""

from collections.abc import Iterable, Iterator

import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import from_iso
from tiktok_collector.lake.objects import StoredObject
from tiktok_lake.curation.batches import MOST_BYTES, MOST_OBJECTS, Batch
from tiktok_lake.groups import in_groups


class Due(msgspec.Struct, frozen=True):
    """A raw object that is to be curated; `again`: it was unreadable, and may not be any more."""

    key: str
    size: int
    again: bool


def due_objects(objects: Iterable[StoredObject], batches: Iterable[Batch]) -> list[Due]:
    """The objects that no batch has, and those that one could not read and that were restored since, or may be known.

    Args:
        objects: All of a day.
        batches: Its batches.
    """
    last: dict[str, Batch] = {}
    for batch in sorted(batches, key=lambda each: each.planned_at):
        last.update(dict.fromkeys(batch.keys, batch))
    found = []
    for each in objects:
        if each.key not in last:
            found.append(Due(each.key, each.size, again=False))
        elif _may_be_readable(each, last[each.key]):
            found.append(Due(each.key, each.size, again=each.key in last[each.key].unreadable))
    return found


def divided(due: Iterable[Due]) -> Iterator[list[Due]]:
    """The objects in groups that one batch takes."""
    return in_groups(due, most_bytes=MOST_BYTES, most=MOST_OBJECTS)


def _may_be_readable(stored: StoredObject, batch: Batch) -> bool:
    if batch.done_at is None or stored.key not in {*batch.unreadable, *batch.absent}:
        return False
    return batch.by != __version__ or stored.last_modified > from_iso(batch.done_at)
