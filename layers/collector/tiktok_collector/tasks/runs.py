"""Runs in the tasks table: created once, listed while open, closed at the end."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import CONDITION_FAILED, error_code, translated
from tiktok_collector.clock import Clock
from tiktok_collector.errors import Fatal
from tiktok_collector.tasks import items
from tiktok_collector.tasks.run import Run, RunRef, RunState
from tiktok_collector.tasks.store import INDEX, KEPT_AFTER_RUN

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class RunStore:
    """Reads and moves runs."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._resource = f"table {table}"

    def create(self, run: Run, priority: int) -> Run:
        """Stores `run` unless its id is known; returns the stored one, old or new."""
        try:
            with translated(self._resource):
                self._client.put_item(
                    TableName=self._table,
                    Item=items.run_item(run, priority),
                    ConditionExpression="attribute_not_exists(pk)",
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return self.get(run.run_id) or run
        return run

    def get(self, run_id: str) -> Run | None:
        """The run as it is now, or None."""
        with translated(self._resource):
            answer = self._client.get_item(TableName=self._table, Key=items.run_key(run_id), ConsistentRead=True)
        return items.run_from(answer["Item"]) if "Item" in answer else None

    def has(self, run_id: str) -> bool:
        """Whether there is such a run, also one that cannot be read."""
        with translated(self._resource):
            answer = self._client.get_item(TableName=self._table, Key=items.run_key(run_id), ConsistentRead=True)
        return "Item" in answer

    def read(self, run_id: str) -> Run:
        """The run as it is now, which must be there.

        Raises:
            Fatal: it is not.
        """
        run = self.get(run_id)
        if run is None:
            raise Fatal(f"Run {run_id} is missing from the table; send its event again to rebuild it.")
        return run

    def open(self) -> Iterator[RunRef]:
        """The runs that are not done, by priority and then age (eventually consistent)."""
        start: dict[str, Any] = {}
        while True:
            with translated(self._resource):
                answer = self._client.query(
                    TableName=self._table,
                    IndexName=INDEX,
                    KeyConditionExpression="runnable = :runs",
                    ExpressionAttributeValues={":runs": {"S": items.RUNS}},
                    **start,
                )
            for item in answer["Items"]:
                yield items.run_ref_from(item)
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def mark_planned(self, run: Run) -> None:
        """Notes that every task of the run is stored."""
        self._set_state(run, RunState.RUNNING, "SET #state = :state")

    def close(self, run: Run) -> None:
        """Ends the run: its manifest is written, and nothing of it is listed any more."""
        self._set_state(run, RunState.DONE, "SET #state = :state, expires_at = :expires REMOVE runnable, due")

    def _set_state(self, run: Run, state: RunState, update: str) -> None:
        values: dict[str, Any] = {":state": {"S": state}, ":done": {"S": RunState.DONE}}
        if ":expires" in update:
            values[":expires"] = items.expiry(self._clock.now() + KEPT_AFTER_RUN)
        try:
            with translated(self._resource):
                self._client.update_item(
                    TableName=self._table,
                    Key=items.run_key(run.run_id),
                    UpdateExpression=update,
                    ConditionExpression="attribute_exists(pk) AND #state <> :done",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=values,
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
        run.state = state
