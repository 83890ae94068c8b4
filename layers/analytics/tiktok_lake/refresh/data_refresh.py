"""The use case of `data_refresh`: one invocation at a time finds what is due, checks it, and deletes what is gone."""

from datetime import timedelta
from typing import Final

from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import AwsBusy
from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.leases import Lease
from tiktok_collector.observability import Log
from tiktok_lake.refresh.report import RefreshReport
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.tick import Tick

LEASE_NAME: Final = "data-refresh"
_LONGEST: Final = timedelta(minutes=16)
"""A function lives for 15 minutes, so no holder outlives its lease."""


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
        clock = self._services.clock
        lease = Lease(self._services.dynamodb, self._services.tasks_table, clock, name=LEASE_NAME)
        held = lease.acquire(clock.now() + _LONGEST)
        if held is None:
            raise AwsBusy("Another invocation of data_refresh is under way; it does what is due.")
        try:
            return Tick(self._services, event, owner=request_id, deadline=deadline, log=self._log).run()
        finally:
            lease.release(held)
