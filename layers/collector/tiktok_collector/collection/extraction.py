"""The use case of `user_extraction`: plan the accounts of an event, then work them until done or out of time."""

from tiktok_collector.clock import iso
from tiktok_collector.collection.deadline import Deadline
from tiktok_collector.collection.planning import RunPlanner
from tiktok_collector.collection.report import ExtractionReport, report_of
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.scheduling import run_id_for
from tiktok_collector.observability import Log
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.tasks.run import Run, RunRef

FUNCTION = "user_extraction"


class UserExtraction:
    """Extracts accounts."""

    def __init__(self, services: CollectionServices, log: Log) -> None:
        self._services = services
        self._log = log

    def run(self, event: ExtractionEvent, *, request_id: str, deadline: Deadline) -> ExtractionReport:
        """Plans the event's run, or finds it again, and works it; says how far it is and where the data are.

        Raises:
            InvalidRequest: the period cannot be asked for, or the run id belongs to another request.
            InvocationStopped: a resource, permission or credential is missing; what was stored is kept.
        """
        now = self._services.clock.now()
        try:
            period, warnings = event.period(now)
        except ValueError as error:
            raise InvalidRequest(f"The event is wrong: {error}.") from error
        run = Run(
            run_id=run_id_for("user-extraction", event.run_id, event.scheduled_time, request_id),
            function=FUNCTION,
            event={},
            work_class=WorkClass.SCHEDULED if event.scheduled_time else WorkClass.ADHOC,
            started_at=iso(now),
            warnings=warnings,
        )
        run = planner(self._services).plan(run, event, period)
        for warning in run.warnings:
            self._log.warning(warning, extra={"run_id": run.run_id})
        engine = self._services.engine(deadline, request_id, self._log)
        progress = engine.drain([RunRef(run.run_id, run.work_class)])
        return report_of(run, progress[0])


def planner(services: CollectionServices) -> RunPlanner:
    """The planner of runs."""
    return RunPlanner(
        tasks=services.tasks,
        runs=services.runs,
        manifests=services.manifests(),
        objects=services.objects,
        threads=services.threads,
    )
