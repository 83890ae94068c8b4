"""The events of `trend_ingestion`: the study's polls, or any lists just now (docs/events.md has the tables)."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from tiktok_collector.events.scheduling import RunId, ScheduledTime
from tiktok_collector.study.query_fields import RULES, FieldName
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.study.wrong_parts import read_each
from tiktok_collector.trend_lists.kinds import TrendKind, TrendSource

_POLL_OF_THE_STUDY: Final = re.compile(r"p[0-9]+")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class TrendStudyEvent(BaseModel):
    """Asks for what the study's poll of this hour still lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    study: Literal[True]
    scheduled_time: ScheduledTime = None


class TrendEvent(BaseModel):
    """Asks for lists just now, whatever the study says; `kinds` says which, and from which sources."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    countries: list[str] = Field(min_length=1)
    kinds: dict[TrendKind, Annotated[list[TrendSource], BeforeValidator(_listed), Field(min_length=1)]] = Field(
        min_length=1
    )
    periods: list[Annotated[int, Field(ge=1, le=366)]] = Field(default=[7], min_length=1)
    industries: list[str] = []
    rows: int = Field(default=100, ge=1, le=1_000)
    daily_requests: int = Field(default=200, ge=1, le=10_000)
    acknowledge_unofficial_terms: bool = False
    run_id: RunId | None = None

    @field_validator("countries")
    @classmethod
    def _regions(cls, values: list[str]) -> list[str]:
        return read_each(RULES[FieldName.REGION_CODE].read, values)

    @field_validator("run_id")
    @classmethod
    def _is_no_poll(cls, value: str | None) -> str | None:
        if value is not None and _POLL_OF_THE_STUDY.fullmatch(value):
            raise ValueError(f"{value!r} is the name of a poll of the study: choose another id")
        return value

    def settings(self) -> TrendSettings:
        """What is asked for."""
        return TrendSettings(
            countries=tuple(self.countries),
            periods=tuple(self.periods),
            kinds={kind: tuple(sources) for kind, sources in self.kinds.items()},
            industries=tuple(self.industries),
            rows=self.rows,
            daily_requests=self.daily_requests,
            acknowledge_unofficial_terms=self.acknowledge_unofficial_terms,
        )


def trend_model(event: object) -> type[TrendEvent | TrendStudyEvent]:
    """The model to read an event with."""
    return TrendStudyEvent if isinstance(event, Mapping) and "study" in event else TrendEvent
