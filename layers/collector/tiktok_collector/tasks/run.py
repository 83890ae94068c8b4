"""A run: one request for data, its tasks, and whether all of it has been planned and finished."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from tiktok_collector.clock import from_iso


class RunState(StrEnum):
    """Where a run stands."""

    PLANNING = "planning"
    RUNNING = "running"
    DONE = "done"


class RunRef(msgspec.Struct, frozen=True):
    """An open run: its key, who asks, and since when."""

    run_id: str
    work_class: str
    started_at: str

    @property
    def started_on(self) -> date:
        """The UTC day on which it began."""
        return from_iso(self.started_at).date()


class Run(msgspec.Struct):
    """A run as stored. `event` is the normalised request, enough to plan the run again."""

    run_id: str
    function: str
    event: dict[str, Any]
    work_class: str
    started_at: str
    state: RunState = RunState.PLANNING
    warnings: list[str] = []
    version: int = 1

    @property
    def started(self) -> datetime:
        """When the run began; its UTC day is the `dt` of all its raw pages."""
        return from_iso(self.started_at)

    @property
    def ref(self) -> RunRef:
        """The run as the index lists it."""
        return RunRef(self.run_id, self.work_class, self.started_at)
