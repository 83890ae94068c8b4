"""The use case of `collection_worker`: work whatever is runnable in any open run, and rebuild runs that were lost."""

import msgspec

from tiktok_collector.collection.report import RunReport, report_of
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.collection.study_runs import run_id_of
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import Fatal, NewerVersion, concerns_everything
from tiktok_collector.events.study import Part
from tiktok_collector.events.worker import WorkerEvent
from tiktok_collector.observability import Log
from tiktok_collector.tasks.run import Run, RunState


class ResumptionReport(msgspec.Struct, omit_defaults=True):
    """What a tick did: the runs that are open, those that it worked on, and those that it rebuilt."""

    open_runs: int
    runs: list[RunReport]
    rebuilt: list[str] = []
    study_problem: str | None = None


class Resumption:
    """Goes on with unfinished runs."""

    def __init__(self, services: CollectionServices, log: Log) -> None:
        self._services = services
        self._log = log

    def run(self, event: WorkerEvent, *, request_id: str, deadline: Deadline) -> ResumptionReport:
        """Works every open run until nothing is runnable or the deadline comes.

        Where the event says `recover`, runs that the table has lost are planned again from their manifests first; their
        stored pages are adopted without a request.

        Raises:
            InvocationStopped: a resource, permission or credential is missing; what was stored is kept.
        """
        rebuilt = self._rebuild() if event.recover else []
        problem = self._start_study()
        scope = []
        for ref in self._services.runs.open():
            run = self._readable(ref.run_id)
            if run is None:
                continue
            scope.append(ref)
            if run.state is RunState.PLANNING and ref.run_id not in rebuilt:
                self._plan_again(ref.run_id)
        reports = []
        for progress in self._services.engine(deadline, request_id, self._log).drain(scope):
            run = self._readable(progress.run_id)
            if run:
                reports.append(report_of(run, progress))
        return ResumptionReport(open_runs=len(scope), runs=reports, rebuilt=rebuilt, study_problem=problem)

    def _start_study(self) -> str | None:
        """Starts the study's runs of today where no schedule has, so that a day's first tick shares the quota rightly.

        Returns:
            Why it cannot be planned, such as a study file that is not valid. Runs that are open go on all the same.
        """
        today = self._services.clock.now().date()
        if all(self._services.runs.has(run_id_of(today, part)) for part in Part):
            return None
        planning = self._services.study_planning()
        try:
            plan = planning.today()
            if plan is not None:
                for part in Part:
                    planning.start(plan, part)
        except Fatal as error:
            if concerns_everything(error):
                raise
            self._log.warning("the study cannot be planned", extra={"reason": str(error)})
            return str(error)
        return None

    def _readable(self, run_id: str) -> Run | None:
        """The run; None if there is none any more, or if it cannot be read, which is logged."""
        try:
            return self._services.runs.get(run_id)
        except Fatal as error:
            if concerns_everything(error):
                raise
            said = "run left to newer code" if isinstance(error, NewerVersion) else "run cannot be read"
            self._log.warning(said, extra={"run_id": run_id, "reason": str(error)})
        return None

    def _rebuild(self) -> list[str]:
        lost = list(self._services.planner().lost_runs())
        return [run_id for run_id in lost if self._plan_again(run_id)]

    def _plan_again(self, run_id: str) -> bool:
        """Whether the run could be planned again; one that cannot does not keep the others waiting."""
        try:
            self._services.planner().plan_again(run_id)
        except Fatal as error:
            if concerns_everything(error):
                raise
            self._log.warning("run cannot be planned again", extra={"run_id": run_id, "reason": str(error)})
            return False
        self._log.warning("run planned again from its manifest", extra={"run_id": run_id})
        return True
