"""The events about a study: what a schedule or a person sends, and what a run of a study keeps (docs/study.md)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.scheduling import ScheduledTime
from tiktok_collector.events.search import SearchName


class Part(StrEnum):
    """The parts of a study's day, each worked as a run of its own."""

    ACCOUNTS = "accounts"
    """Cohorts; the part of `user_extraction`."""
    SEARCHES = "searches"
    """Searches; the part of `video_search`."""


class StudyEvent(BaseModel):
    """Asks for the study's work of today; with `plan_only`, for what it would cost, and nothing is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    study: Literal[True]
    plan_only: bool = False
    scheduled_time: ScheduledTime = None


def asks_for_study(event: object) -> bool:
    """Whether an event is about the study, right or wrong."""
    return isinstance(event, Mapping) and "study" in event


class StudyDayEvent(CollectionEvent):
    """One part of a study's plan for `day`; start and end date are those of the videos that it asks for."""

    study: SearchName
    day: date
    part: Part

    @model_validator(mode="after")
    def _of_a_plan(self) -> "StudyDayEvent":
        if self.start_date is None:
            raise ValueError("a study's run needs start_date and end_date; it is planned from a plan, not sent")
        return self
