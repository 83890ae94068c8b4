"""Stores a planned run: what is asked first, then the run, its subjects' tasks, and its manifest task last."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import msgspec

from tiktok_collector.clock import utc_day
from tiktok_collector.collection.day_plans import stored_day_plan
from tiktok_collector.collection.kinds import kind_of
from tiktok_collector.collection.manifest import ManifestWriter
from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.collection.plan import Plan
from tiktok_collector.collection.study_plan import StudyPlan
from tiktok_collector.errors import Fatal, InvalidRequest
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.lake.keys import RUN_MANIFESTS, manifest_key, run_of_manifest
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.versions import MANIFEST_VERSION, decoded

ADHOC_PRIORITY = 1
SCHEDULED_PRIORITY = 5
_HEAD_BYTES = 100


class Announcement(msgspec.Struct):
    """What a manifest says of a run before its end: enough to plan it again."""

    function: str
    event: dict[str, Any]
    work_class: str
    started_at: str
    warnings: list[str] = []
    version: int = MANIFEST_VERSION


class RunPlanner:
    """Plans runs. The same request may be planned any number of times; nothing that exists is touched."""

    def __init__(
        self, *, tasks: TaskStore, runs: RunStore, manifests: ManifestWriter, objects: ObjectStore, threads: int
    ) -> None:
        self._tasks = tasks
        self._runs = runs
        self._manifests = manifests
        self._objects = objects
        self._threads = threads

    def plan(self, run: Run, event: CollectionEvent, period: Window) -> Run:
        """Stores the run and its tasks unless that is done already; returns the run as stored.

        Raises:
            InvalidRequest: the run id belongs to another request.
        """
        known = self._runs.get(run.run_id)
        if known and event.start_date is None:
            # A retry may come on a later day; the days that it is about are those of the first delivery.
            period = _stored_period(known)
        run.event = event.summary(period)
        if known is None:
            self._manifests.announce(run, event.request(period))
            known = self._runs.create(run, ADHOC_PRIORITY if run.work_class == "adhoc" else SCHEDULED_PRIORITY)
        if (known.function, known.event) != (run.function, run.event):
            raise InvalidRequest(
                f"The run id {run.run_id!r} belongs to another request already; choose another run_id or leave it out."
            )
        if known.state is RunState.PLANNING:
            self._store_tasks(known, event, period)
        return known

    def plan_again(self, run_id: str) -> Run:
        """Plans a run from what its manifest says was asked.

        Raises:
            Fatal: there is no such manifest, or it does not say what was asked.
        """
        announced = self._announced(run_id)
        event = parse_event(kind_of(announced.function).event, announced.event)
        run = Run(
            run_id=run_id,
            function=announced.function,
            event={},
            work_class=announced.work_class,
            started_at=announced.started_at,
            warnings=announced.warnings,
        )
        return self.plan(run, event, _period(event))

    def lost_runs(self) -> Iterator[str]:
        """The runs whose manifest says that they are under way, but which the table does not know."""
        for stored in self._objects.keys(RUN_MANIFESTS):
            run_id = run_of_manifest(stored.key)
            head = self._objects.get_bytes(stored.key, first=_HEAD_BYTES) or b""
            if f'"status":"{RUNNING}"'.encode() in head and not self._runs.has(run_id):
                yield run_id

    def _announced(self, run_id: str) -> Announcement:
        data = self._objects.get_bytes(manifest_key(run_id))
        if data is None:
            raise Fatal(f"Run {run_id} has no manifest, so it cannot be planned again; send its event again.")
        try:
            return decoded(_ANNOUNCEMENT.decode, data, known=MANIFEST_VERSION, what=f"The manifest of run {run_id}")
        except msgspec.DecodeError as error:
            raise Fatal(f"The manifest of run {run_id} cannot be read ({error}); send its event again.") from error

    def _store_tasks(self, run: Run, event: CollectionEvent, period: Window) -> None:
        dt = date.fromisoformat(utc_day(run.started))
        plan = kind_of(run.function).plan(event, period, run.run_id, dt, run.work_class)
        if isinstance(plan, StudyPlan):
            plan = plan.of_day(stored_day_plan(self._objects, plan.event.day))
        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="plan") as pool:
            for _ in pool.map(lambda number: self._store_subject(plan, number), range(1, plan.subjects + 1)):
                pass
        self._tasks.add(plan.manifest())
        self._runs.mark_planned(run)

    def _store_subject(self, plan: Plan[Any], number: int) -> None:
        for task in plan.subject(number):
            self._tasks.add(task)


_ANNOUNCEMENT = msgspec.json.Decoder(Announcement)


def _stored_period(run: Run) -> Window:
    return Window(date.fromisoformat(run.event["start_date"]), date.fromisoformat(run.event["end_date"]))


def _period(event: CollectionEvent) -> Window:
    if event.start_date is None or event.end_date is None:
        raise Fatal("A manifest's event has no start_date and end_date; send the run's event again.")
    return Window(event.start_date, event.end_date)
