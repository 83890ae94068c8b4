"""How runs and tasks lie in the table: keys, the sparse index, and the JSON attributes.

Table: `pk` = `RUN#<run id>`; `sk` = `RUN` or `TASK#<task id>`. Index `runnable` (keys only): `runnable` is
`<run id>#<quota>` for tasks and `RUNS` for open runs; `due` is `<priority>.<rank>#<resume_at>` for tasks (without the
rank where an earlier version wrote it) and `<priority>#<started_at>#<work class>` for runs. Both attributes are absent
where there is nothing to do, and no page commit touches them.

An item without the attribute `version` is of version 1. Code that writes another shape sets it with every write of
`spec`, `progress` or `run`; code that does not know it leaves the item alone (docs/upgrades.md).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiktok_collector.clock import from_iso, iso
from tiktok_collector.errors import Fatal
from tiktok_collector.tasks.damage import UNREADABLE, stand_in
from tiktok_collector.tasks.run import Run, RunRef
from tiktok_collector.tasks.task import Progress, Task, TaskRef, TaskSpec, TaskState
from tiktok_collector.versions import refuse_newer_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Item = "dict[str, AttributeValueTypeDef]"

ITEM_VERSION: Final = 1
RUNS: Final = "RUNS"
EPOCH: Final = "1970-01-01T00:00:00.000Z"
_TASK: Final = "TASK#"
_LAST_RANK: Final = 999_999
_LAST_PRIORITY: Final = 9


class Listed(msgspec.Struct, frozen=True):
    """A task as the index lists it: its key, and what decides when its turn is."""

    ref: TaskRef
    priority: int
    rank: int
    resume_at: str

    @property
    def order(self) -> tuple[int, int, str]:
        """What comes first sorts first, whatever quota it draws on."""
        return self.priority, self.rank, self.resume_at


def run_key(run_id: str) -> Item:
    """The key of a run's own item."""
    return {"pk": {"S": f"RUN#{run_id}"}, "sk": {"S": "RUN"}}


def task_key(run_id: str, task_id: str) -> Item:
    """The key of a task."""
    return {"pk": {"S": f"RUN#{run_id}"}, "sk": {"S": _TASK + task_id}}


def task_prefix(prefix: str) -> str:
    """The sort-key prefix of the tasks whose ids begin with `prefix`."""
    return _TASK + prefix


def partition(run_id: str, quota: str) -> str:
    """The index partition of a run's tasks that draw on `quota`."""
    return f"{run_id}#{quota}"


def due(priority: int, resume_at: str, rank: int = 0) -> str:
    """The index sort key of a task: lower priorities first, then lower ranks, then earlier times."""
    return f"{priority}.{min(max(rank, 0), _LAST_RANK):06d}#{resume_at}"


def json_text(value: object) -> "AttributeValueTypeDef":
    """`value` as a JSON string attribute."""
    return {"S": msgspec.json.encode(value).decode()}


def task_item(task: Task) -> Item:
    """A new task as it is first stored."""
    item: Item = {
        **task_key(task.run_id, task.task_id),
        "state": {"S": task.state},
        "priority": {"N": str(task.priority)},
        "quota": {"S": task.quota},
        "fence": {"N": "0"},
        "lease_until": {"S": EPOCH},
        "resume_at": {"S": task.resume_at or EPOCH},
        "spec": json_text(task.spec),
        "progress": json_text(task.progress),
    }
    if task.state is TaskState.PENDING:
        item["runnable"] = {"S": partition(task.run_id, task.quota)}
        item["due"] = {"S": due(task.priority, task.resume_at or EPOCH, task.spec.rank)}
    return item


def task_from(item: Mapping[str, Any]) -> Task:
    """The task in a stored item; of an item that cannot be read a stand-in, whose `damage` says what is wrong.

    Raises:
        NewerVersion: newer code wrote the item.
    """
    run_id, task_id = item["pk"]["S"].removeprefix("RUN#"), item["sk"]["S"].removeprefix(_TASK)
    refuse_newer_item(item, ITEM_VERSION, f"Task {task_id} of run {run_id}")
    try:
        task = Task(
            run_id=run_id,
            task_id=task_id,
            spec=msgspec.json.decode(item["spec"]["S"], type=TaskSpec),
            priority=int(item["priority"]["N"]),
            quota=item["quota"]["S"],
            state=TaskState(item["state"]["S"]),
            progress=msgspec.json.decode(item["progress"]["S"], type=Progress),
            fence=int(item["fence"]["N"]),
            resume_at=item["resume_at"]["S"],
        )
        for moment in (item["lease_until"]["S"], task.resume_at):
            from_iso(moment)
    except UNREADABLE as error:
        return stand_in(run_id, task_id, item, error)
    return task


def listed_from(item: Mapping[str, Any]) -> Listed:
    """A task as an index row lists it, in the present form or in that of an earlier version, which had no ranks."""
    run_id = item["pk"]["S"].removeprefix("RUN#")
    quota = item["runnable"]["S"].removeprefix(f"{run_id}#")
    ref = TaskRef(run_id, item["sk"]["S"].removeprefix(_TASK), quota)
    place, _, resume_at = item["due"]["S"].partition("#")
    priority, _, rank = place.partition(".")
    try:
        return Listed(ref, int(priority), int(rank or 0), resume_at)
    except ValueError:
        # Nobody knows when its turn is; whoever claims it sees whether the task itself can be read.
        return Listed(ref, _LAST_PRIORITY, _LAST_RANK, EPOCH)


def run_ref_from(item: Mapping[str, Any]) -> RunRef:
    """An open run, from an index row; one whose row cannot be read counts as scheduled long ago."""
    run_id = item["pk"]["S"].removeprefix("RUN#")
    try:
        _, started_at, work_class = item["due"]["S"].split("#")
        from_iso(started_at)
    except ValueError:
        return RunRef(run_id, "scheduled", EPOCH)
    return RunRef(run_id, work_class, started_at)


def run_item(run: Run, priority: int) -> Item:
    """A run as it is first stored, listed among the open runs."""
    return {
        **run_key(run.run_id),
        "state": {"S": run.state},
        "run": json_text(run),
        "runnable": {"S": RUNS},
        "due": {"S": f"{priority}#{run.started_at}#{run.work_class}"},
    }


def run_from(item: Mapping[str, Any]) -> Run:
    """The run in a stored item; the item's own state is the newest.

    Raises:
        Fatal: the item cannot be read.
        NewerVersion: newer code wrote it.
    """
    refuse_newer_item(item, ITEM_VERSION, f"Run {item['pk']['S'].removeprefix('RUN#')}")
    try:
        run = msgspec.json.decode(item["run"]["S"], type=Run)
        run.state = type(run.state)(item["state"]["S"])
        from_iso(run.started_at)
    except UNREADABLE as error:
        run_id = item["pk"]["S"].removeprefix("RUN#")
        raise Fatal(
            f"The item of run {run_id} in the table cannot be read ({type(error).__name__}: {error}); delete it and "
            'send {"recover": true} to collection_worker to rebuild the run from its manifest.'
        ) from error
    return run


def expiry(moment: datetime) -> "AttributeValueTypeDef":
    """A TTL attribute (epoch seconds): a sweep-up, never a lock."""
    return {"N": str(int(moment.timestamp()))}


def lease_text(moment: datetime) -> str:
    """A time as it is compared in conditions: fixed width, so text order is time order."""
    return iso(moment)
