"""Writes the manifest of a study's day: when it is planned, and again whenever one of its runs ends."""

from typing import Any

from tiktok_collector.clock import Clock
from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.collection.study_runs import has_work, run_id_of
from tiktok_collector.errors import Fatal, concerns_everything
from tiktok_collector.events.study import Part
from tiktok_collector.lake.keys import study_manifest_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.studies.day_manifest import FAILED, NEVER_STARTED, day_manifest
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.study.day_plan import DayPlan
from tiktok_collector.tasks.run import RunState
from tiktok_collector.tasks.runs import RunStore


class DayManifests:
    """Writes the manifests of all days."""

    def __init__(
        self,
        *,
        objects: ObjectStore,
        records: RecordStore,
        runs: RunStore,
        clock: Clock,
    ) -> None:
        self._objects = objects
        self._records = records
        self._runs = runs
        self._clock = clock

    def exists(self, plan: DayPlan) -> bool:
        """Whether the plan's day has a manifest."""
        return self._objects.exists(study_manifest_key(plan.study, plan.day.isoformat()))

    def write(self, plan: DayPlan) -> dict[str, Any]:
        """Writes the manifest of the plan's day as it is now, and returns it.

        Two runs of a day may end at the same moment, so what was read is read again after it was written.
        """
        runs = {run_id_of(plan.day, part): self._state(plan, part) for part in Part if has_work(plan, part)}
        records = self._records.of_day(plan.day)
        while True:
            manifest = day_manifest(plan, runs, records)
            self._objects.put_json(study_manifest_key(plan.study, plan.day.isoformat()), manifest)
            known, records = records, self._records.of_day(plan.day)
            if len(records) == len(known):
                break
        return manifest

    def _state(self, plan: DayPlan, part: Part) -> str:
        """Of a run without a record: where it is over, or was not started in its time, its work is due again."""
        try:
            run = self._runs.get(run_id_of(plan.day, part))
        except Fatal as error:
            if concerns_everything(error):
                raise
            # Whoever can read it, or mends it, ends it; this part's run must not wait for that.
            return RUNNING
        if run is None:
            return RUNNING if plan.day == self._clock.now().date() else NEVER_STARTED
        return FAILED if run.state is RunState.DONE else RUNNING
