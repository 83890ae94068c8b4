"""The events of `data_refresh`: check what has fallen due, and go on with what is under way."""

from pydantic import BaseModel, ConfigDict

from tiktok_collector.events.scheduling import RunId, ScheduledTime


class DataRefreshEvent(BaseModel):
    """Asks for the checks that have fallen due; `believe` names a check whose doubtful answers a person has looked at.

    What such a check found gone is then deleted like anything else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    believe: RunId | None = None
    scheduled_time: ScheduledTime = None

    @property
    def of_a_schedule(self) -> bool:
        """Whether the schedule asks, and no person."""
        return "scheduled_time" in self.model_fields_set
