"""The event of `lake_curation`: empty from a schedule; a person may ask for a day or a run alone."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from tiktok_collector.events.scheduling import ScheduledTime

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> Any:
    """Days are written in one way, so that none is read from a number."""
    if value is not None and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("write it as a UTC day in quotes, such as '2026-11-20'")
    return value


class LakeCurationEvent(BaseModel):
    """Asks for the rows of raw pages that are not in the row store yet.

    `day` names the UTC day on which runs started, `run_id` a run: only their pages are curated then, and trends are
    not. `compact` false leaves small files as they are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    day: Annotated[date | None, BeforeValidator(_day)] = None
    run_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,128}$")] | None = None
    compact: bool = True
    scheduled_time: ScheduledTime = None
