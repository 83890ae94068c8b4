"""What every event has in common: run ids, and schedule placeholders that may come through unreplaced."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$")]


def _placeholder_is_absent(value: Any) -> Any:
    """EventBridge Scheduler replaces `<aws.scheduler.…>`; emulators and hand-sent events leave it as it is."""
    if isinstance(value, str) and (not value or value.startswith("<aws.scheduler.")):
        return None
    return value


def _in_utc(value: datetime | None) -> datetime | None:
    """A time without a zone is UTC, on a laptop too: the run id is made of it."""
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


ScheduledTime = Annotated[datetime | None, BeforeValidator(_placeholder_is_absent), AfterValidator(_in_utc)]


def run_id_for(function: str, given: str | None, scheduled: datetime | None, request_id: str) -> str:
    """The run's id: as given; else from the scheduled time, stable across deliveries; else the request id."""
    if given:
        return given
    if scheduled:
        return f"{function}-{scheduled.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return request_id
