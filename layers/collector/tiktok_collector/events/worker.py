"""The event of `collection_worker`: empty from a schedule, or asking to rebuild runs that the table has lost."""

from pydantic import BaseModel, ConfigDict

from tiktok_collector.events.scheduling import ScheduledTime


class WorkerEvent(BaseModel):
    """Asks for unfinished work to go on; with `recover`, also for lost runs to be planned again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recover: bool = False
    scheduled_time: ScheduledTime = None
