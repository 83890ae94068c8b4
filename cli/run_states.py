"""How far runs are: the open ones from the table, the ended ones from their manifests."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from cli import manifests
from cli.target import Target
from local_cloud.progress import counted
from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.errors import Fatal, concerns_everything
from tiktok_collector.lake.keys import run_of_manifest
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.tasks.run import Run, RunRef, RunState
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskState

_MOST_TASKS: Final = 5_000
"""Tasks that are read of one open run; more would take many seconds."""
_MOST_OPEN: Final = 50
_NAMED: Final = 2
"""So many accounts are named; more are counted."""
PARKED: Final = "parked"


@dataclass(frozen=True)
class RunSummary:
    """One run. `state` is `planning`, `running`, `parked`, `complete` or `complete_with_gaps`.

    `tasks` and `parked` (by reason) are known of open runs, of at most 5,000 of their tasks where `partial`;
    `gaps` are the certain ones, `possible_gaps` the others, both None where the manifest, or an open run, cannot be
    read here; then `about` says why.
    """

    run_id: str
    function: str
    about: str
    state: str
    started_at: str
    finished_at: str | None = None
    requests: int = 0
    gaps: int | None = 0
    possible_gaps: int | None = 0
    tasks: Mapping[str, int] = field(default_factory=dict)
    parked: Mapping[str, int] = field(default_factory=dict)
    resume_at: str | None = None
    manifest: str | None = None
    partial: bool = False

    @property
    def open(self) -> bool:
        """Whether something of it is still to be worked."""
        return self.state in {RunState.PLANNING, RunState.RUNNING, PARKED}


def open_runs(target: Target) -> list[RunSummary]:
    """The runs that have not ended, by priority and age; 50 at most."""
    runs = RunStore(target.aws.dynamodb, target.stack.tasks_table, target.clock)
    tasks = TaskStore(target.aws.dynamodb, target.stack.tasks_table, target.clock)
    found = []
    for ref in islice(runs.open(), _MOST_OPEN):
        try:
            run = runs.get(ref.run_id)
            # The index is a moment behind the table, so the run may have ended.
            if run is not None and run.state is not RunState.DONE:
                read = list(islice(tasks.of_run(ref.run_id), _MOST_TASKS + 1))
                found.append(open_run(run, read))
        except Fatal as error:
            if concerns_everything(error):
                raise
            found.append(_unreadable(ref, error))
    return found


def _unreadable(ref: RunRef, error: Fatal) -> RunSummary:
    """A run that is damaged, or of newer code: what is wrong stands where others say whom they are about."""
    state = str(RunState.RUNNING)
    return RunSummary(ref.run_id, "", str(error), state, ref.started_at, gaps=None, possible_gaps=None)


def open_run(run: Run, tasks: Iterable[Task]) -> RunSummary:
    """The summary of a run that has not ended, from its tasks."""
    read = list(tasks)[:_MOST_TASKS]
    states = Counter(str(task.state) for task in read)
    waiting = [task for task in read if task.state is TaskState.PARKED]
    at_work = states[TaskState.RUNNING] + states[TaskState.PENDING]
    state = PARKED if waiting and not at_work and run.state is RunState.RUNNING else str(run.state)
    every_gap = [gap for task in read for gap in task.progress.gaps]
    return RunSummary(
        run_id=run.run_id,
        function=run.function,
        about=about(run.event),
        state=state,
        started_at=run.started_at,
        requests=sum(task.progress.counts.requests for task in read),
        gaps=sum(not gap.possible for gap in every_gap),
        possible_gaps=sum(gap.possible for gap in every_gap),
        tasks=dict(sorted(states.items())),
        parked=dict(sorted(Counter(task.progress.note or "unknown" for task in waiting).items())),
        resume_at=min((task.resume_at for task in waiting), default=None),
        partial=len(read) == _MOST_TASKS,
    )


def ended_runs(objects: ObjectStore, most: int) -> list[RunSummary]:
    """The runs whose manifests were closed last, newest first."""
    found: list[RunSummary] = []
    # Manifests of runs under way stand among the newest, so some more are looked at.
    for stored in manifests.newest(objects, 2 * most + _MOST_OPEN):
        if len(found) == most:
            break
        manifest = manifests.read(objects, stored)
        if manifest is None:
            found.append(_too_large(stored.key))
        elif manifest.get("status") != RUNNING:
            found.append(ended_run(manifest, stored.key))
    return found


def ended_run(manifest: Mapping[str, Any], key: str) -> RunSummary:
    """The summary of a run from its closed manifest."""
    gaps = list(manifests.gaps(manifest))
    return RunSummary(
        run_id=manifest["run_id"],
        function=manifest["function"],
        about=about(manifest["event"], [manifests.subject_name(each) for each in manifests.subjects(manifest)]),
        state=manifest["status"],
        started_at=manifest["started_at"],
        finished_at=manifest.get("finished_at"),
        requests=sum(each.get("requests", 0) for each in manifests.subjects(manifest)),
        gaps=sum(not each.possible for each in gaps),
        possible_gaps=sum(each.possible for each in gaps),
        manifest=key,
    )


def _too_large(key: str) -> RunSummary:
    run_id = run_of_manifest(key)
    return RunSummary(
        run_id,
        "",
        "a manifest too large to be read here, or damaged",
        "",
        "",
        gaps=None,
        possible_gaps=None,
        manifest=key,
    )


def about(event: Mapping[str, Any], names: Sequence[str] = ()) -> str:
    """Whom or what a run asks for, in a few words, from its event as the run keeps it; `names` are its subjects'."""
    if study := event.get("study"):
        return f"study {study}" if isinstance(study, str) else "study"
    if name := event.get("name"):
        return f"search {name}"
    accounts = event.get("usernames", 0)
    listed = accounts if isinstance(accounts, list) else list(names)
    if 0 < len(listed) <= _NAMED:
        return ", ".join(listed)
    return counted(len(accounts) if isinstance(accounts, list) else accounts, "account")
