"""Removes what is doomed from the table of tasks: items of runs that have ended."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiktok_collector.aws_errors import translated
from tiktok_collector.deadline import Deadline
from tiktok_collector.tasks.run import RunState
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.deletion.scrubbing import Scrubber, encoded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE: Final = "table of tasks"
_AT_ONCE: Final = 100
_RUN: Final = "RUN"


class TableDeletion:
    """Changes the table of tasks of one stack."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, orders: OrderStore, *, dry: bool = False) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._orders = orders
        self._dry = dry

    def delete(self, state: OrderState, deadline: Deadline) -> bool:
        """Removes the items that the order dooms; may be called again after a kill. False: the deadline came first.

        Items of open runs stay, and the runs are noted in `state.waiting`.

        Raises:
            MissingResource: the table is absent or may not be used.
            AwsBusy: it is throttled; the next call goes on.
        """
        doomed = state.all_doomed
        if not (doomed.accounts or doomed.runs or state.order.items_of):
            return True
        items = [each for each in self._items() if self._concerned(each, state)]
        open_runs = self._open({_run_id(each) for each in items})
        state.waiting = sorted({*state.waiting, *open_runs})
        ended = [each for each in items if _run_id(each) not in open_runs]
        for first in range(0, len(ended), _AT_ONCE):
            if deadline.passed:
                return False
            group = ended[first : first + _AT_ONCE]
            effects = {f"{each['pk']['S']} {each['sk']['S']}": Effect(kind="items", deleted=1) for each in group}
            state.effects.setdefault(TABLE, {}).update(effects)
            self._orders.save(state)
            for each in () if self._dry else group:
                self._remove(each, state)
        return True

    def _items(self) -> Iterator[dict[str, Any]]:
        with translated(f"table {self._table}"):
            for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True):
                yield from (item for item in page["Items"] if item["pk"]["S"].startswith("RUN#"))

    def _concerned(self, item: dict[str, Any], state: OrderState) -> bool:
        doomed, run_id = state.all_doomed, _run_id(item)
        if run_id in doomed.runs or run_id in state.order.items_of:
            return True
        scrubber = Scrubber(doomed)
        text = msgspec.json.encode({name: value for name, value in item.items() if name not in {"pk", "sk"}})
        return bool(doomed.accounts) and scrubber.may_touch(text) and scrubber.is_in(text)

    def _open(self, runs: set[str]) -> set[str]:
        found = set()
        for run_id in sorted(runs):
            with translated(f"table {self._table}"):
                answer = self._dynamodb.get_item(
                    TableName=self._table, Key={"pk": {"S": f"RUN#{run_id}"}, "sk": {"S": _RUN}}, ConsistentRead=True
                )
            if answer.get("Item", {}).get("state", {}).get("S", RunState.DONE) != RunState.DONE:
                found.add(run_id)
        return found

    def _remove(self, item: dict[str, Any], state: OrderState) -> None:
        key = {"pk": item["pk"], "sk": item["sk"]}
        with translated(f"table {self._table}"):
            if item["sk"]["S"] == _RUN and _run_id(item) not in {*state.all_doomed.runs, *state.order.items_of}:
                # The event that began the run may be delivered again: without its item it would be collected anew.
                run = encoded(Scrubber(state.all_doomed).without(msgspec.json.decode(item["run"]["S"]))).decode()
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression="SET #run = :run",
                    ExpressionAttributeNames={"#run": "run"},
                    ExpressionAttributeValues={":run": {"S": run}},
                )
            else:
                self._dynamodb.delete_item(TableName=self._table, Key=key)


def _run_id(item: dict[str, Any]) -> str:
    return str(item["pk"]["S"]).removeprefix("RUN#")
