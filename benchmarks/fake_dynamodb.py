"""A DynamoDB client over dictionaries, with what the collector uses of it: so fast that the collector is what is timed.

Strongly consistent, the index too; query pages end at 1 MB as the service's do.
"""

import threading
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from botocore.exceptions import ClientError

from benchmarks.expressions import condition, update

type Item = dict[str, Any]

CONDITION_FAILED: Final = "ConditionalCheckFailedException"
PAGE_BYTES: Final = 1_000_000
_PROJECTED: Final = ("pk", "sk", "runnable", "due")


@dataclass
class _Table:
    items: dict[str, dict[str, Item]] = field(default_factory=lambda: defaultdict(dict))
    order: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    index: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Traffic:
    """What was asked of the table: calls by operation, and items and bytes read by queries."""

    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    items_read: int = 0
    bytes_read: int = 0


class FakeDynamoDB:
    """The client; parameters and answers as boto3 documents them."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = defaultdict(_Table)
        self._lock = threading.Lock()
        self.traffic = Traffic()

    def get_item(self, *, TableName: str, Key: Item, **_: Any) -> Item:  # noqa: N803 - boto3's names
        self.traffic.calls["get_item"] += 1
        item = self._tables[TableName].items[Key["pk"]["S"]].get(Key["sk"]["S"])
        return {} if item is None else {"Item": dict(item)}

    def put_item(
        self,
        *,
        TableName: str,  # noqa: N803
        Item: Item,  # noqa: N803
        ConditionExpression: str | None = None,  # noqa: N803
        **_: Any,
    ) -> Item:
        self.traffic.calls["put_item"] += 1
        table = self._tables[TableName]
        with self._lock:
            old = table.items[Item["pk"]["S"]].get(Item["sk"]["S"])
            if ConditionExpression and not condition(ConditionExpression, None)(old or {}, {}):
                _refuse("PutItem", old)
            _store(table, old, dict(Item))
        return {}

    def update_item(
        self,
        *,
        TableName: str,  # noqa: N803
        Key: Item,  # noqa: N803
        UpdateExpression: str,  # noqa: N803
        ConditionExpression: str | None = None,  # noqa: N803
        ExpressionAttributeNames: Mapping[str, str] | None = None,  # noqa: N803
        ExpressionAttributeValues: Mapping[str, Any] | None = None,  # noqa: N803
        ReturnValues: str = "NONE",  # noqa: N803
        **_: Any,
    ) -> Item:
        self.traffic.calls["update_item"] += 1
        table, values = self._tables[TableName], ExpressionAttributeValues or {}
        with self._lock:
            old = table.items[Key["pk"]["S"]].get(Key["sk"]["S"])
            if ConditionExpression and not condition(ConditionExpression, ExpressionAttributeNames)(old or {}, values):
                _refuse("UpdateItem", old)
            new = dict(old or Key)
            update(UpdateExpression, ExpressionAttributeNames)(new, values)
            _store(table, old, new)
        return {"Attributes": dict(new)} if ReturnValues == "ALL_NEW" else {}

    def query(
        self,
        *,
        TableName: str,  # noqa: N803
        ExpressionAttributeValues: Mapping[str, Any],  # noqa: N803
        IndexName: str | None = None,  # noqa: N803
        Limit: int | None = None,  # noqa: N803
        ExclusiveStartKey: Item | None = None,  # noqa: N803
        **_: Any,
    ) -> Item:
        """A page of a partition: the first value is its key, a second one the prefix of the sort key."""
        self.traffic.calls["query index" if IndexName else "query"] += 1
        key, *prefix = (value["S"] for value in ExpressionAttributeValues.values())
        table = self._tables[TableName]
        with self._lock:
            found = (
                _listed(table, key, ExclusiveStartKey) if IndexName else _sorted(table, key, prefix, ExclusiveStartKey)
            )
            items: list[Item] = []
            size = 0
            for item in found:
                if items and (len(items) == Limit or size >= PAGE_BYTES):
                    last = {name: items[-1][name] for name in _PROJECTED if IndexName or name in {"pk", "sk"}}
                    return self._answer(items, size, {"LastEvaluatedKey": last})
                items.append(item)
                size += sum(len(next(iter(value.values()))) for value in item.values())
        return self._answer(items, size, {})

    def scan(self, *, TableName: str, **_: Any) -> Item:  # noqa: N803
        """All items, on one page."""
        self.traffic.calls["scan"] += 1
        with self._lock:
            items = [item for partition in self._tables[TableName].items.values() for item in partition.values()]
        return self._answer(items, 0, {})

    def get_paginator(self, operation: str) -> "_Pages":
        """Of `query` or `scan`."""
        return _Pages(self.query if operation == "query" else self.scan)

    def _answer(self, items: list[Item], size: int, more: Item) -> Item:
        self.traffic.items_read += len(items)
        self.traffic.bytes_read += size
        return {"Items": items, **more}


class _Pages:
    """The paginator."""

    def __init__(self, ask: Callable[..., Item]) -> None:
        self._ask = ask

    def paginate(self, **parameters: Any) -> Iterator[Item]:
        """All pages."""
        last: Item | None = None
        while True:
            page = self._ask(**parameters, ExclusiveStartKey=last)
            yield page
            last = page.get("LastEvaluatedKey")
            if last is None:
                return


def _sorted(table: _Table, key: str, prefix: list[str], start: Item | None) -> Iterator[Item]:
    order, items = table.order[key], table.items[key]
    wanted = prefix[0] if prefix else ""
    position = bisect_left(order, start["sk"]["S"] + "\0" if start else wanted)
    while position < len(order) and order[position].startswith(wanted):
        yield dict(items[order[position]])
        position += 1


def _listed(table: _Table, key: str, start: Item | None) -> Iterator[Item]:
    rows = table.index[key]
    position = bisect_left(rows, (start["due"]["S"], start["pk"]["S"], start["sk"]["S"] + "\0") if start else ("",))
    while position < len(rows):
        due, pk, sk = rows[position]
        yield {"pk": {"S": pk}, "sk": {"S": sk}, "runnable": {"S": key}, "due": {"S": due}}
        position += 1


def _store(table: _Table, old: Item | None, new: Item) -> None:
    pk, sk = new["pk"]["S"], new["sk"]["S"]
    if old is None:
        insort(table.order[pk], sk)
    table.items[pk][sk] = new
    before, after = _index_row(old), _index_row(new)
    if before == after:
        return
    if before:
        rows = table.index[before[0]]
        del rows[bisect_left(rows, before[1])]
    if after:
        insort(table.index[after[0]], after[1])


def _index_row(item: Item | None) -> tuple[str, tuple[str, str, str]] | None:
    if item is None or "runnable" not in item:
        return None
    return item["runnable"]["S"], (item["due"]["S"], item["pk"]["S"], item["sk"]["S"])


def _refuse(operation: str, old: Item | None) -> NoReturn:
    error: Any = {"Error": {"Code": CONDITION_FAILED, "Message": "The conditional request failed"}, "Item": old or {}}
    raise ClientError(error, operation)
