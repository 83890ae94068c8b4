"""What trends, where from, and the name of one list: source, kind, country, period and industry."""

from enum import StrEnum
from typing import Final

import msgspec

ALL_COUNTRIES: Final = "ALL"
"""Stands for the country of a list that its source does not divide by country."""
NO_PERIOD: Final = 0
"""Stands for the period of a list that its source does not count over a period."""
ALL_INDUSTRIES: Final = ""


class TrendKind(StrEnum):
    """What trends."""

    HASHTAG = "hashtag"
    SOUND = "sound"
    KEYWORD = "keyword"
    CREATOR = "creator"
    VIDEO = "video"


class TrendSource(StrEnum):
    """Where trends come from."""

    CREATIVE_CENTER = "creative_center"
    """`CreativeOne`, from mid-2026 on."""
    CREATIVE_CENTER_LEGACY = "creative_center_legacy"
    """`creative_radar_api/v1`."""
    BUSINESS_API = "business_api"
    """`discovery/*` of the Business API v1.3, the documented one."""


UNOFFICIAL: Final = frozenset({TrendSource.CREATIVE_CENTER, TrendSource.CREATIVE_CENTER_LEGACY})
"""Sources without a documented interface; their terms may forbid automatic use."""


class TrendList(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One list of trends, as it is asked for: `period` in days, `industry` as its source calls it."""

    source: TrendSource
    kind: TrendKind
    country: str = ALL_COUNTRIES
    period: int = NO_PERIOD
    industry: str = ALL_INDUSTRIES

    @property
    def slug(self) -> str:
        """The list's name within its source, kind and country, such as `7d-all` or `30d-23000000000`."""
        return f"{self.period}d-{self.industry or 'all'}"

    @property
    def name(self) -> str:
        """The list's name among all, such as `creative_center.hashtag.US.7d-all`."""
        return f"{self.source}.{self.kind}.{self.country}.{self.slug}"
