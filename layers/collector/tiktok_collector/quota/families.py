"""What shares one quota, and who spends it."""

from enum import StrEnum


class Family(StrEnum):
    """Endpoints that TikTok counts together (API FAQ): followers and following have a quota of their own."""

    RESEARCH = "research"
    FOLLOWERS = "followers"


class WorkClass(StrEnum):
    """Who asks: a person just now, or a schedule. A part of each day is kept for the person until 20:00 UTC."""

    ADHOC = "adhoc"
    SCHEDULED = "scheduled"
