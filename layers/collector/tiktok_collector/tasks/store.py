"""The tasks table: every write is conditional, and a worker's writes carry its fence.

A lease says who works on a task; the fence, which rises with each claim, is what makes a late write of a former
worker fail (docs/adr/0002). Expiry is compared in the condition; TTL only sweeps.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import CONDITION_FAILED, error_code, translated
from tiktok_collector.clock import Clock
from tiktok_collector.errors import LeaseLost
from tiktok_collector.tasks import items
from tiktok_collector.tasks.items import Listed
from tiktok_collector.tasks.task import Progress, Task, TaskRef, TaskState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

LEASE: Final = timedelta(seconds=150)
KEPT_AFTER_RUN: Final = timedelta(days=35)
INDEX: Final = "runnable"
_LEAST_READ: Final = 50


class TaskStore:
    """Reads and moves tasks."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._resource = f"table {table}"

    def add(self, task: Task) -> bool:
        """Stores a new task; False if it is there already, which is then left alone."""
        return self._conditionally(
            lambda: self._client.put_item(
                TableName=self._table, Item=items.task_item(task), ConditionExpression="attribute_not_exists(pk)"
            )
        )

    def replace(self, task: Task) -> None:
        """Stores a task over an item that nobody can claim."""
        with translated(self._resource):
            self._client.put_item(TableName=self._table, Item=items.task_item(task))

    def get(self, run_id: str, task_id: str) -> Task | None:
        """The task as it is now, or None."""
        with translated(self._resource):
            answer = self._client.get_item(
                TableName=self._table, Key=items.task_key(run_id, task_id), ConsistentRead=True
            )
        return items.task_from(answer["Item"]) if "Item" in answer else None

    def of_run(self, run_id: str, prefix: str = "") -> Iterator[Task]:
        """The run's tasks whose ids begin with `prefix`, by id, read consistently."""
        for item in self._query(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"RUN#{run_id}"}, ":sk": {"S": items.task_prefix(prefix)}},
            ConsistentRead=True,
        ):
            yield items.task_from(item)

    def runnable(self, run_id: str, quota: str, limit: int) -> list[Listed]:
        """Up to `limit` of the run's due tasks that draw on `quota`, by priority, then rank, then time.

        The index is eventually consistent: a task may be missing for a moment, or listed though it is finished.
        """
        now = items.lease_text(self._clock.now())
        rows = self._query(
            IndexName=INDEX,
            KeyConditionExpression="runnable = :partition",
            ExpressionAttributeValues={":partition": {"S": items.partition(run_id, quota)}},
            Limit=max(limit, _LEAST_READ),
        )
        found: list[Listed] = []
        for item in rows:
            listed = items.listed_from(item)
            if listed.resume_at <= now:
                found.append(listed)
            if len(found) == limit:
                break
        return found

    def listed(self, run_id: str, quota: str, most: int) -> list[Listed]:
        """Up to `most` of the run's tasks that draw on `quota`, due or not, as the index lists them."""
        rows = self._query(
            IndexName=INDEX,
            KeyConditionExpression="runnable = :partition",
            ExpressionAttributeValues={":partition": {"S": items.partition(run_id, quota)}},
        )
        return [items.listed_from(item) for item in islice(rows, most)]

    def any_listed(self, run_id: str, quota: str) -> bool:
        """Whether the index lists any task of the run that draws on `quota`, due or not."""
        rows = self._query(
            IndexName=INDEX,
            KeyConditionExpression="runnable = :partition",
            ExpressionAttributeValues={":partition": {"S": items.partition(run_id, quota)}},
            Limit=1,
        )
        return next(rows, None) is not None

    def claim(self, ref: TaskRef, owner: str) -> Task | None:
        """Takes the lease of a task that is due and not leased; None if another worker has it or it is finished.

        None, too, for a task of newer code: its lease, fence and state are that code's.
        """
        now = self._clock.now()
        try:
            with translated(self._resource):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=items.task_key(ref.run_id, ref.task_id),
                    UpdateExpression="SET #state = :running, #owner = :owner, lease_until = :until, fence = fence + :1",
                    ConditionExpression=(
                        "#state IN (:pending, :running, :parked) AND lease_until < :now AND resume_at <= :now"
                        " AND NOT #version > :known"
                    ),
                    ExpressionAttributeNames={"#state": "state", "#owner": "owner", "#version": "version"},
                    ExpressionAttributeValues={
                        ":running": {"S": TaskState.RUNNING},
                        ":pending": {"S": TaskState.PENDING},
                        ":parked": {"S": TaskState.PARKED},
                        ":owner": {"S": owner},
                        ":now": {"S": items.lease_text(now)},
                        ":until": {"S": items.lease_text(now + LEASE)},
                        ":1": {"N": "1"},
                        ":known": {"N": str(items.ITEM_VERSION)},
                    },
                    ReturnValues="ALL_NEW",
                )
        except ClientError as error:
            if error_code(error) == CONDITION_FAILED:
                return None
            raise
        return items.task_from(answer["Attributes"])

    def commit(self, task: Task) -> None:
        """Moves the checkpoint forward and renews the lease.

        Raises:
            LeaseLost: another worker has claimed the task since.
        """
        self._fenced(
            task,
            "SET progress = :progress, lease_until = :until",
            {
                ":progress": items.json_text(task.progress),
                ":until": {"S": items.lease_text(self._clock.now() + LEASE)},
            },
        )

    def park(self, task: Task, resume_at: datetime) -> None:
        """Stores the checkpoint and gives the task back, to be claimed again from `resume_at` on.

        Raises:
            LeaseLost: another worker has claimed the task since.
        """
        until = items.lease_text(resume_at)
        self._fenced(
            task,
            "SET progress = :progress, #state = :parked, lease_until = :free, resume_at = :at, due = :due",
            {
                ":progress": items.json_text(task.progress),
                ":parked": {"S": TaskState.PARKED},
                ":free": {"S": items.EPOCH},
                ":at": {"S": until},
                ":due": {"S": items.due(task.priority, until, task.spec.rank)},
            },
        )
        task.state, task.resume_at = TaskState.PARKED, until

    def finish(self, task: Task, state: TaskState) -> None:
        """Stores the last checkpoint and takes the task out of the index for good.

        Raises:
            LeaseLost: another worker has claimed the task since.
        """
        self._fenced(
            task,
            "SET progress = :progress, #state = :final, lease_until = :free, expires_at = :ttl REMOVE runnable, due",
            {
                ":progress": items.json_text(task.progress),
                ":final": {"S": state},
                ":free": {"S": items.EPOCH},
                ":ttl": items.expiry(self._clock.now() + KEPT_AFTER_RUN),
            },
        )
        task.state = state

    def activate(self, task: Task, progress: Progress | None = None) -> bool:
        """Makes a waiting task pending (with `progress`, if given); False if it was not waiting any more."""
        values: dict[str, AttributeValueTypeDef] = {
            ":state": {"S": TaskState.PENDING},
            ":run": {"S": items.partition(task.run_id, task.quota)},
            ":due": {"S": items.due(task.priority, items.EPOCH, task.spec.rank)},
        }
        update = "SET #state = :state, runnable = :run, due = :due"
        if progress:
            return self._leave_waiting(
                task, f"{update}, progress = :progress", {**values, ":progress": items.json_text(progress)}
            )
        return self._leave_waiting(task, update, values)

    def skip(self, task: Task, progress: Progress) -> bool:
        """Ends a waiting task that is not needed; `progress.note` says why. False if it was not waiting any more."""
        return self._leave_waiting(
            task,
            "SET #state = :state, progress = :progress, expires_at = :ttl",
            {
                ":state": {"S": TaskState.SKIPPED},
                ":progress": items.json_text(progress),
                ":ttl": items.expiry(self._clock.now() + KEPT_AFTER_RUN),
            },
        )

    def _leave_waiting(self, task: Task, update: str, values: "dict[str, AttributeValueTypeDef]") -> bool:
        return self._conditionally(
            lambda: self._client.update_item(
                TableName=self._table,
                Key=items.task_key(task.run_id, task.task_id),
                UpdateExpression=update,
                ConditionExpression="#state = :waiting",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={**values, ":waiting": {"S": TaskState.WAITING}},
            )
        )

    def _fenced(self, task: Task, update: str, values: "dict[str, AttributeValueTypeDef]") -> None:
        held = self._conditionally(
            lambda: self._client.update_item(
                TableName=self._table,
                Key=items.task_key(task.run_id, task.task_id),
                UpdateExpression=update,
                ConditionExpression="fence = :fence AND #state = :running",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    **values,
                    ":fence": {"N": str(task.fence)},
                    ":running": {"S": TaskState.RUNNING},
                },
            )
        )
        if not held:
            raise LeaseLost(f"Task {task.task_id} of run {task.run_id} was taken over by another worker.")

    def _conditionally(self, write: Callable[[], object]) -> bool:
        try:
            with translated(self._resource):
                write()
        except ClientError as error:
            if error_code(error) == CONDITION_FAILED:
                return False
            raise
        return True

    def _query(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        start: dict[str, Any] = {}
        while True:
            with translated(self._resource):
                answer = self._client.query(TableName=self._table, **parameters, **start)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
