"""Usage entries as items of the table: numbers, texts, and names joined by commas.

The entries of pages that were stored together are one item: the first one's attributes, and of the others what differs.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiktok_collector.quota.day_usage import Item
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.versions import refuse_newer_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

ITEM_VERSION: Final = 1
"""Of entries and counters; an item without the attribute `version` is of version 1."""
_NAMES: Final = "collections"
_OTHERS: Final = "others"
# No name of a collection has a comma (study/names.py).
_BETWEEN: Final = ","


class _Other(msgspec.Struct, frozen=True, array_like=True):
    """What tells an entry from the first one of its item."""

    request_id: str
    sent_at: datetime
    records: int
    latency_ms: int
    log_id: str | None
    http_status: int | None


def entry_item(*entries: UsageEntry) -> "dict[str, AttributeValueTypeDef]":
    """The attributes of an item, without its key; what is unknown or empty has none.

    Args:
        entries: At least one, all of one task and alike but for their ids, times, records and log ids.

    Raises:
        ValueError: they differ in something else.
    """
    first = entries[0]
    others = [_Other(*(getattr(each, name) for name in _Other.__struct_fields__)) for each in entries[1:]]
    if any(_like(first, other) != entry for other, entry in zip(others, entries[1:], strict=True)):
        raise ValueError("entries of one item may differ in ids, times, records and log ids only")
    values: dict[str, Any] = msgspec.to_builtins(first)
    values[_NAMES] = _BETWEEN.join(first.collections) or None
    values[_OTHERS] = msgspec.json.encode(others).decode() if others else None
    return {name: attribute(value) for name, value in values.items() if value is not None}


def entries_from(item: Item) -> list[UsageEntry]:
    """The entries in a stored item, in the order in which they were given.

    Raises:
        NewerVersion: newer code wrote it.
    """
    refuse_newer_item(item, ITEM_VERSION, "An entry of the usage log")
    values: dict[str, Any] = {name: int(value["N"]) if "N" in value else value.get("S") for name, value in item.items()}
    if _NAMES in values:
        values[_NAMES] = values[_NAMES].split(_BETWEEN)
    others = msgspec.json.decode(values.pop(_OTHERS, "[]"), type=list[_Other])
    first = msgspec.convert(values, UsageEntry)
    return [first, *(_like(first, other) for other in others)]


def _like(first: UsageEntry, other: _Other) -> UsageEntry:
    return msgspec.structs.replace(first, **msgspec.structs.asdict(other))


def attribute(value: str | int) -> "AttributeValueTypeDef":
    """A number or a text as the table has it."""
    return {"N": str(value)} if isinstance(value, int) else {"S": value}
