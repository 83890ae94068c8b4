"""Usage entries as items of the table: numbers, texts, and names joined by commas."""

from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiktok_collector.quota.day_usage import Item
from tiktok_collector.quota.entry import UsageEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_NAMES: Final = "collections"
# No name of a collection has a comma (study/names.py).
_BETWEEN: Final = ","


def entry_item(entry: UsageEntry) -> "dict[str, AttributeValueTypeDef]":
    """The attributes of an entry, without its key; what is unknown or empty has none."""
    values: dict[str, Any] = msgspec.to_builtins(entry)
    values[_NAMES] = _BETWEEN.join(entry.collections) or None
    return {name: attribute(value) for name, value in values.items() if value is not None}


def entry_from(item: Item) -> UsageEntry:
    """The entry in a stored item."""
    values: dict[str, Any] = {name: int(value["N"]) if "N" in value else value.get("S") for name, value in item.items()}
    if _NAMES in values:
        values[_NAMES] = values[_NAMES].split(_BETWEEN)
    return msgspec.convert(values, UsageEntry)


def attribute(value: str | int) -> "AttributeValueTypeDef":
    """A number or a text as the table has it."""
    return {"N": str(value)} if isinstance(value, int) else {"S": value}
