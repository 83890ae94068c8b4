"""The use case of `data_refresh`: one invocation at a time finds what is due, checks it, and deletes what is gone."""

from tiktok_collector.deadline import Deadline
from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.observability import Log
from tiktok_lake.refresh.lease import refresh_lease
from tiktok_lake.refresh.report import RefreshReport
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.tick import Tick


class DataRefresh:
    """Checks in time what was collected."""

    def __init__(self, services: RefreshServices, log: Log) -> None:
        self._services = services
        self._log = log

    def run(self, event: DataRefreshEvent, *, request_id: str, deadline: Deadline) -> RefreshReport:
        """Goes on with the checks until the deadline; says how far they are.

        Raises:
            AwsBusy: another invocation checks, or AWS failed; what was done stays done.
            InvocationStopped: a resource, permission or credential is missing; likewise.
            InvalidRequest: no round of the name in the event is held.
        """
        services = self._services
        with refresh_lease(services.dynamodb, services.tasks_table, services.clock):
            return Tick(services, event, owner=request_id, deadline=deadline, log=self._log).run()
