"""After a process of the local cloud went down: what waits for it to come back need not wait any longer.

On AWS a lease simply expires after its 150 seconds, and a task parked in an outage rests for minutes. Here it is known
that no function survived, or that the outage is over. Should a function be alive all the same, its fence is older than
the next claim's, and its commit fails.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local_cloud.endpoint import LocalAws
from local_cloud.stack import Stack
from tiktok_collector.clock import SystemClock, utc_day
from tiktok_collector.leases import lease_key
from tiktok_collector.quota.families import RESEARCH_API
from tiktok_collector.tasks import items
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskState
from tiktok_collector.trends.services import LEASE_NAME

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


def revive(aws: LocalAws, stack: Stack, *, orphaned: bool, outage_over: bool) -> int:
    """Makes tasks of open runs due now; returns how many.

    Args:
        aws: The local AWS.
        stack: What is deployed.
        orphaned: Whether the functions' host was down, so that every lease is an orphan's.
        outage_over: Whether the sandbox was down, so that what is parked may be tried again.
    """
    clock = SystemClock()
    tasks = TaskStore(aws.dynamodb, stack.tasks_table, clock)
    if outage_over:
        _end_pauses(aws, stack)
    if orphaned:
        _end_lease(aws, stack)
    states = ([TaskState.RUNNING] if orphaned else []) + ([TaskState.PARKED] if outage_over else [])
    if not states:
        return 0
    return sum(
        _make_due(aws, stack, task)
        for run in RunStore(aws.dynamodb, stack.tasks_table, clock).open()
        for task in tasks.of_run(run.run_id)
        if task.state in states
    )


def _end_pauses(aws: LocalAws, stack: Stack) -> None:
    """The functions pause a whole quota family when nothing answers; the sandbox is known to answer again."""
    day = utc_day(SystemClock().now())
    for family in RESEARCH_API:
        aws.dynamodb.update_item(
            TableName=stack.usage_log_table,
            Key={"pk": {"S": f"{day}#{family}"}, "sk": {"S": "counter"}},
            UpdateExpression="REMOVE paused_until",
        )


def _end_lease(aws: LocalAws, stack: Stack) -> None:
    """Trend ingestion holds its lease for as long as it may run, a quarter of an hour."""
    aws.dynamodb.update_item(
        TableName=stack.tasks_table,
        Key=lease_key(LEASE_NAME),
        UpdateExpression="REMOVE holder, lease_until",
    )


def _make_due(aws: LocalAws, stack: Stack, task: Task) -> bool:
    """Ends the lease and the rest of one task, unless it has moved on meanwhile."""
    values: dict[str, AttributeValueTypeDef] = {
        ":past": {"S": items.EPOCH},
        ":due": {"S": items.due(task.priority, items.EPOCH, task.spec.rank)},
        ":seen": {"S": task.state},
        ":fence": {"N": str(task.fence)},
    }
    try:
        aws.dynamodb.update_item(
            TableName=stack.tasks_table,
            Key=items.task_key(task.run_id, task.task_id),
            UpdateExpression="SET lease_until = :past, resume_at = :past, due = :due",
            ConditionExpression="#state = :seen AND fence = :fence",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=values,
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
            return False
        raise
    return True
