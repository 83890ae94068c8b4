"""The trends of a `make run`: the poll of the hour worked, and the day's lists told."""

import time
from typing import Final

import msgspec
from rich.console import Console

from local_cloud.endpoint import LocalAws
from local_cloud.errors import LocalCloudError
from local_cloud.invocation import FunctionFailed, invoke
from local_cloud.progress import counted
from local_cloud.stack import Stack
from local_cloud.trend_report import print_trends
from local_cloud.trend_results import trend_results
from tiktok_collector.errors import CollectorError
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trends.report import TrendReport
from tiktok_collector.trends.study_polls import BUSY
from tiktok_collector.trends.summaries import TrendSummaries

_PATIENCE_SECONDS: Final = 120.0
"""An invocation that an earlier `make run` has left goes on by itself."""


class TrendsOfTheDay:
    """The lists that a study asks for. `problem` is why they could not be asked for, in one sentence; else None."""

    def __init__(self, aws: LocalAws, stack: Stack, settings: TrendSettings, console: Console) -> None:
        self.problem: str | None = None
        self._aws = aws
        self._stack = stack
        self._settings = settings
        self._console = console
        self._found = TrendReport()

    def ingest(self, event: dict[str, object]) -> str:
        """Works the poll of this hour, whose gaps are results; returns how far it is.

        Raises:
            LocalCloudError: the local AWS does not answer.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        try:
            self._found = self._invoked(event)
            while self._found.note == BUSY and time.monotonic() < deadline:
                time.sleep(1)
                self._found = self._invoked(event)
        except FunctionFailed as error:
            self.problem = f"No trends were asked for: {error}"
            return "failed"
        found = self._found
        if found.note:
            return found.note
        requests = counted(found.requests, "request")
        return f"{found.complete} of {counted(found.lists, 'list')} complete, {found.rows:,} rows, {requests}"

    def report(self) -> None:
        """Prints the top of each kind and what is missing.

        Raises:
            LocalCloudError: the day's summary cannot be read.
        """
        if not self._found.day:
            return
        try:
            summary = TrendSummaries(ObjectStore(self._aws.s3, self._stack.bucket)).summary(self._found.day)
        except CollectorError as error:
            raise LocalCloudError(str(error)) from error
        if summary is not None:
            print_trends(self._console, trend_results(summary, self._settings), self._found.gaps)

    def _invoked(self, event: dict[str, object]) -> TrendReport:
        return msgspec.convert(invoke(self._aws, self._stack.trend_ingestion, event), TrendReport)
