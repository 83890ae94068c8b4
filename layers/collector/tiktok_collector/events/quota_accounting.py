"""The event of `quota_accounting`: empty from a schedule and at the start of a local cloud."""

from pydantic import BaseModel, ConfigDict

from tiktok_collector.events.scheduling import ScheduledTime


class QuotaAccountingEvent(BaseModel):
    """Asks for the account of the day. `reconcile` false leaves the counters alone and the bucket unlisted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reconcile: bool = True
    scheduled_time: ScheduledTime = None

    @property
    def of_a_schedule(self) -> bool:
        """Whether the schedule asks, and no person."""
        return "scheduled_time" in self.model_fields_set
