"""The part of a study file about how data are kept. Nothing reads it yet (docs/study.md)."""

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
    delete_after: Day | None = Field(default=None, description="After this UTC day everything is deleted.")
    exports: Exports = Field(default=Exports.PSEUDONYMOUS, description="Whether exports name people.")
