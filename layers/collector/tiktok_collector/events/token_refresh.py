"""The event of `token_refresh`: empty from a schedule, or the version of the token that a collector saw rejected."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tiktok_collector.events.scheduling import ScheduledTime


class TokenRefreshEvent(BaseModel):
    """Asks for a usable access token; with `rejected_version`, for another one than that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rejected_version: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    scheduled_time: ScheduledTime = None
