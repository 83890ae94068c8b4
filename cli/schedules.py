"""The stack's schedules: which are enabled, and switching all of them off and on again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal

from cli.target import Target

_SCHEDULE: Final = "AWS::Scheduler::Schedule"
_THREADS: Final = 6
# What GetSchedule answers beside what UpdateSchedule takes.
_ANSWERED_ONLY: Final = frozenset({"Arn", "CreationDate", "LastModificationDate", "ResponseMetadata"})

type State = Literal["ENABLED", "DISABLED"]


@dataclass(frozen=True)
class Schedule:
    """One schedule: the function that it calls by its documented name, when, and whether it does."""

    name: str
    function: str
    expression: str
    enabled: bool


def read(target: Target) -> list[Schedule]:
    """The schedules of the stack, by function."""
    return [_schedule(target, each) for each in _stored(target)]


def switch(target: Target, state: State) -> list[Schedule]:
    """Puts every schedule of the stack into a state; the others of their settings stay. Returns those that changed.

    UpdateSchedule replaces a schedule as a whole, so what is there is sent back.
    """
    changed = []
    for stored in _stored(target):
        if stored.get("State") == state:
            continue
        kept = {name: value for name, value in stored.items() if name not in _ANSWERED_ONLY}
        target.aws.scheduler.update_schedule(**{**kept, "State": state})
        changed.append(_schedule(target, {**stored, "State": state}))
    return changed


def _stored(target: Target) -> list[dict[str, Any]]:
    names = [each.name.rpartition("/")[2] for each in target.of_kind(_SCHEDULE)]
    client = target.aws.scheduler
    with ThreadPoolExecutor(_THREADS) as pool:
        return [dict(answer) for answer in pool.map(lambda name: client.get_schedule(Name=name), names)]


def _schedule(target: Target, stored: dict[str, Any]) -> Schedule:
    arn = str(stored["Target"]["Arn"])
    called = {deployed: name for name, deployed in target.functions.items()}
    return Schedule(
        stored["Name"],
        called.get(arn.rpartition(":")[2], arn),
        stored["ScheduleExpression"],
        stored.get("State") == "ENABLED",
    )
