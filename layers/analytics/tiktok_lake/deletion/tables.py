"""Removes what is doomed from the table of tasks: items of runs that have ended, or ids in them."""

import json
from collections.abc import Callable, Iterator
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from tiktok_collector.aws_errors import translated
from tiktok_collector.deadline import Deadline
from tiktok_lake.curation.run_ends import open_in
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.deletion.scrubbing import Scrubber, encoded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE: Final = "table of tasks"
_AT_ONCE: Final = 100
_RUN: Final = "RUN"
_DOCUMENTS: Final = ("run", "spec", "progress")
"""The attributes that are JSON; the others say nothing of people."""


class TableDeletion:
    """Changes the table of tasks of one stack."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, orders: OrderStore, *, dry: bool = False) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._orders = orders
        self._dry = dry
        self._is_open: Callable[[str], bool] = open_in(dynamodb, table)

    def delete(self, state: OrderState, deadline: Deadline) -> bool:
        """Removes the items that the order dooms; may be called again after a kill. False: the deadline came first.

        Where it is videos and comments that are gone, their ids are taken out of items.

        Items of open runs stay, and the runs are noted in `state.waiting`.

        Raises:
            MissingResource: the table is absent or may not be used.
            AwsBusy: it is throttled; the next call goes on.
        """
        doomed = state.all_doomed
        scrubber = Scrubber(doomed)
        if not (scrubber or doomed.runs or state.order.items_of):
            return True
        items: list[dict[str, Any]] = []
        for each in self._items():
            if deadline.passed:
                return False
            if self._concerned(each, state, scrubber):
                items.append(each)
        open_runs = set(filter(self._is_open, sorted({_run_id(each) for each in items})))
        state.waiting = sorted({*state.waiting, *open_runs})
        ended = [each for each in items if _run_id(each) not in open_runs]
        for group in batched(ended, _AT_ONCE, strict=False):
            if deadline.passed:
                return False
            effects = {f"{each['pk']['S']} {each['sk']['S']}": _effect(each, state) for each in group}
            state.effects.setdefault(TABLE, {}).update(effects)
            self._orders.save(state)
            for each in () if self._dry else group:
                self._change(each, state, scrubber)
        return True

    def _items(self) -> Iterator[dict[str, Any]]:
        with translated(f"table {self._table}"):
            for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True):
                yield from (item for item in page["Items"] if item["pk"]["S"].startswith("RUN#"))

    def _concerned(self, item: dict[str, Any], state: OrderState, scrubber: Scrubber) -> bool:
        if _goes_whole(item, state):
            return True
        texts = [item[name]["S"].encode() for name in _DOCUMENTS if "S" in item.get(name, {})]
        return bool(scrubber) and any(scrubber.may_touch(text) and scrubber.is_in(text) for text in texts)

    def _change(self, item: dict[str, Any], state: OrderState, scrubber: Scrubber) -> None:
        key = {"pk": item["pk"], "sk": item["sk"]}
        new = _without(item, scrubber) if _is_kept(item, state) else None
        with translated(f"table {self._table}"):
            if new is None:
                self._dynamodb.delete_item(TableName=self._table, Key=key)
                return
            self._dynamodb.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in new),
                ExpressionAttributeNames={f"#{name}": name for name in new},
                ExpressionAttributeValues={f":{name}": {"S": text} for name, text in new.items()},
            )


def _run_id(item: dict[str, Any]) -> str:
    return str(item["pk"]["S"]).removeprefix("RUN#")


def _without(item: dict[str, Any], scrubber: Scrubber) -> dict[str, str] | None:
    """The item's documents without what is doomed; None where they cannot be read, and the item can serve nobody."""
    try:
        found = {name: json.loads(item[name]["S"]) for name in _DOCUMENTS if name in item}
    except ValueError:
        return None
    return {name: encoded(scrubber.without(document)).decode() for name, document in found.items()}


def _goes_whole(item: dict[str, Any], state: OrderState) -> bool:
    return _run_id(item) in state.all_doomed.runs or _run_id(item) in state.order.items_of


def _is_kept(item: dict[str, Any], state: OrderState) -> bool:
    """Whether the item stays without what is doomed in it.

    The event that began a run may be delivered again: without the run's item it would be collected anew.
    """
    return not _goes_whole(item, state) and (item["sk"]["S"] == _RUN or state.order.rule is Rule.REFRESH)


def _effect(item: dict[str, Any], state: OrderState) -> Effect:
    return Effect(kind="items", changed=1) if _is_kept(item, state) else Effect(kind="items", deleted=1)
