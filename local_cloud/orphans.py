"""After the local AWS went down, nobody works on the tasks that were leased: give the leases back at once.

On AWS a lease simply expires after its 150 seconds. Here it is known that no function survived, so the wait is spared;
should one be alive all the same, its fence is older than the next claim's and its commit fails.
"""

from local_cloud.endpoint import LocalAws
from local_cloud.stack import Stack
from tiktok_collector.clock import SystemClock
from tiktok_collector.tasks import items
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import TaskState


def release(aws: LocalAws, stack: Stack) -> int:
    """Ends the leases of all tasks of open runs; returns how many there were."""
    clock = SystemClock()
    tasks = TaskStore(aws.dynamodb, stack.tasks_table, clock)
    released = 0
    for run in RunStore(aws.dynamodb, stack.tasks_table, clock).open():
        for task in tasks.of_run(run.run_id):
            if task.state is TaskState.RUNNING:
                aws.dynamodb.update_item(
                    TableName=stack.tasks_table,
                    Key=items.task_key(run.run_id, task.task_id),
                    UpdateExpression="SET lease_until = :past",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeValues={":past": {"S": items.EPOCH}},
                )
                released += 1
    return released
