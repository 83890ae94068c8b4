"""What the events that collect videos have in common: period, limits, run id, and what a run keeps of them."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tiktok_collector.events.comments import CommentSettings
from tiktok_collector.events.scheduling import RunId, ScheduledTime
from tiktok_collector.study.days import FIRST_DAY, read_day
from tiktok_collector.study.windows import Window

ARCHIVE_LAG: Final = timedelta(hours=48)
DAYS_BACK: Final = 90
_NOT_ASKED: Final = frozenset({"run_id", "scheduled_time", "days_back"})
"""What says when an event is sent or what its run is called, but not what is asked for."""


class CollectionEvent(BaseModel):
    """Asks for videos of a period; unknown fields are refused, since a typo would lose data silently."""

    # `collection_worker` imports these models and seldom reads one: they are built where they are used.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    days_back: Annotated[int, Field(ge=1, le=5_000)] | None = None
    start_date: date | None = None
    end_date: date | None = None
    max_videos: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    comments: CommentSettings | None = None
    run_id: RunId | None = None
    scheduled_time: ScheduledTime = None

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def _compact_dates(cls, value: Any) -> Any:
        return value if value is None or isinstance(value, date) else read_day(value)

    @model_validator(mode="after")
    def _one_period(self) -> Self:
        if (self.start_date is None) != (self.end_date is None):
            raise ValueError("give start_date and end_date together, or days_back instead")
        if self.start_date and self.days_back:
            raise ValueError("give either days_back or start_date with end_date, not both")
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValueError(f"end_date {self.end_date} is before start_date {self.start_date}; swap them")
        return self

    def period(self, now: datetime) -> tuple[Window, list[str]]:
        """The days to ask videos for, and warnings about days whose videos cannot be there yet.

        Without dates the period ends with the newest day that ended at least 48 hours ago, since new videos reach the
        archive up to 48 hours late (API FAQ).

        Raises:
            ValueError: the period lies in the future or before TikTok.
        """
        today = now.date()
        settled = (now - ARCHIVE_LAG).date() - timedelta(days=1)
        if self.start_date is None or self.end_date is None:
            first = settled - timedelta(days=(self.days_back or DAYS_BACK) - 1)
            return Window(max(first, FIRST_DAY), settled), []
        if self.end_date > today:
            raise ValueError(f"end_date {self.end_date} is in the future; the newest day that can be asked is {today}")
        if self.start_date < FIRST_DAY:
            raise ValueError(f"start_date {self.start_date} is before TikTok's first day, {FIRST_DAY}; start there")
        warnings = []
        if self.end_date > settled:
            warnings.append(
                f"end_date {self.end_date} is within the last 48 hours: videos of the days after {settled} may not be "
                "in the archive yet, so ask for them again in a few days."
            )
        return Window(self.start_date, self.end_date), warnings

    def request(self, period: Window) -> dict[str, Any]:
        """What is asked for, without what depends on the clock: enough to plan the run again."""
        asked = self.model_dump(mode="json", exclude=set(_NOT_ASKED), exclude_none=True)
        return {**asked, "start_date": period.start.isoformat(), "end_date": period.end.isoformat()}

    def summary(self, period: Window) -> dict[str, Any]:
        """The request in the form that a run keeps and a manifest shows in the end."""
        return self.request(period)


class ExportingEvent(CollectionEvent):
    """An event whose run writes exports; they have pseudonyms for people unless `identified` is asked for."""

    identified: bool = False
