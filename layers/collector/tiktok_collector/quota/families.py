"""What shares one quota, and who spends it."""

from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """What is counted together: followers and following have a quota of their own (API FAQ)."""

    RESEARCH = "research"
    FOLLOWERS = "followers"
    CREATIVE_CENTER = "creative_center"
    """Both generations of the unofficial trend sources; the limit is the study's own politeness (docs/trends.md)."""
    BUSINESS_API = "business_api"
    """Trends of the Business API; the same."""


RESEARCH_API: Final = (Family.RESEARCH, Family.FOLLOWERS)
"""The families that TikTok's Research API counts."""
TRENDS: Final = (Family.CREATIVE_CENTER, Family.BUSINESS_API)
"""The families of trends, whose daily limit a study sets itself."""


class WorkClass(StrEnum):
    """Who asks: a person just now, or a schedule. A part of each day is kept for the person until 20:00 UTC."""

    ADHOC = "adhoc"
    SCHEDULED = "scheduled"
