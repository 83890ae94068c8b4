"""The use case of `user_extraction` and `video_search`: plan what an event asks for, then work it until out of time."""

from tiktok_collector.clock import iso
from tiktok_collector.collection.kinds import kind_for
from tiktok_collector.collection.report import RunReport, report_of
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.scheduling import run_id_for
from tiktok_collector.observability import Log
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.tasks.run import Run


class Launch:
    """Starts runs, and goes on with those that were started with the same run id."""

    def __init__(self, services: CollectionServices, log: Log) -> None:
        self._services = services
        self._log = log

    def run(self, event: CollectionEvent, *, request_id: str, deadline: Deadline) -> RunReport:
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
        function = kind_for(event).function
        run = Run(
            run_id=run_id_for(function.replace("_", "-"), event.run_id, event.scheduled_time, request_id),
            function=function,
            event={},
            work_class=WorkClass.SCHEDULED if event.scheduled_time else WorkClass.ADHOC,
            started_at=iso(now),
            warnings=warnings,
        )
        run = self._services.planner().plan(run, event, period)
        for warning in run.warnings:
            self._log.warning(warning, extra={"run_id": run.run_id})
        engine = self._services.engine(deadline, request_id, self._log)
        progress = engine.drain([run.ref])
        return report_of(run, progress[0])
