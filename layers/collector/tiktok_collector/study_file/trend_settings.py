"""The part of a study file about trends. Nothing reads it yet (docs/study.md)."""

from enum import IntEnum, StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from tiktok_collector.study.query_fields import RULES, FieldName
from tiktok_collector.study.wrong_parts import Path, WrongParts, read_each
from tiktok_collector.study_file.parts import Part


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
    CREATIVE_CENTER_LEGACY = "creative_center_legacy"
    BUSINESS_API = "business_api"


class TrendPeriod(IntEnum):
    """Over how many days a trend is counted."""

    WEEK = 7
    MONTH = 30
    SEASON = 120


UNOFFICIAL: Final = frozenset({TrendSource.CREATIVE_CENTER, TrendSource.CREATIVE_CENTER_LEGACY})
"""Sources without a documented interface; their terms may forbid automatic use."""
_UNACKNOWLEDGED: Final = (
    "{} is not an official source: read its terms, and if you may use it set acknowledge_unofficial_terms: true; or "
    "choose business_api"
)


class TrendsPart(Part):
    """Which trends are collected."""

    enabled: bool = Field(default=False, description="Whether trends are collected.")
    countries: list[str] = Field(default=[], description="Two-letter codes such as US.")
    periods: list[TrendPeriod] = Field(
        default=[TrendPeriod.WEEK], min_length=1, description="Over how many days a trend is counted."
    )
    kinds: dict[TrendKind, TrendSource] = Field(default={}, description="What trends, and from which source.")
    industries: list[Annotated[str, StringConstraints(max_length=100)]] = Field(
        default=[], description="Industries as the source calls them; without them all together."
    )
    daily_requests: int = Field(default=200, ge=1, le=10_000, description="At most so many requests a UTC day.")
    polls_per_day: int = Field(default=2, ge=1, le=4, description="How often a day the lists are asked for.")
    acknowledge_unofficial_terms: bool = Field(
        default=False, description="True says that you have read the terms of the unofficial sources and may use them."
    )

    @field_validator("countries")
    @classmethod
    def _regions(cls, values: list[str]) -> list[str]:
        return read_each(RULES[FieldName.REGION_CODE].read, values)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.enabled:
            return self
        wrong: list[tuple[Path, str]] = [
            ((name,), f"trends are enabled without {name}; name at least one, or set enabled: false")
            for name in ("countries", "kinds")
            if not getattr(self, name)
        ]
        if not self.acknowledge_unofficial_terms:
            wrong += [(("kinds", kind), _UNACKNOWLEDGED.format(source)) for kind, source in self._unofficial()]
        if wrong:
            raise WrongParts(wrong)
        return self

    def _unofficial(self) -> list[tuple[TrendKind, TrendSource]]:
        return [(kind, source) for kind, source in self.kinds.items() if source in UNOFFICIAL]
