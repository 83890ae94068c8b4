"""The part of a study file about how data are kept (docs/terms.md)."""

from enum import StrEnum

from pydantic import Field

from tiktok_collector.study_file.part import Part
from tiktok_collector.study_file.schedule_settings import Day


class Exports(StrEnum):
    """Whether exports name people."""

    PSEUDONYMOUS = "pseudonymous"
    IDENTIFIED = "identified"


class DataPart(Part):
    """How long data are kept, and what leaves the study."""

    refresh_interval_days: int = Field(
        default=15, ge=1, le=30, description="What was collected is checked so often for what TikTok has deleted since."
    )
    refresh_daily_requests: int = Field(
        default=200, ge=1, le=1_000_000, description="The most requests of a day that these checks take."
    )
    refresh_doubt_percent: int = Field(
        default=20,
        ge=0,
        le=100,
        description="Where more than this part is said to be gone, it is asked in a second way before deletion.",
    )
    delete_after: Day | None = Field(default=None, description="After this UTC day everything is deleted.")
    exports: Exports = Field(default=Exports.PSEUDONYMOUS, description="Whether exports name people.")
