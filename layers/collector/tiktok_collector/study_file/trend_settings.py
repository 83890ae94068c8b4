"""The part of a study file about trends: which lists are collected, and how politely."""

from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticKnownError

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.study.query_fields import RULES, FieldName
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.study.wrong_parts import Path, WrongParts, read_each
from tiktok_collector.study_file.part import Part
from tiktok_collector.study_file.trend_periods import TrendPeriod
from tiktok_collector.trend_lists.asking import UNACKNOWLEDGED
from tiktok_collector.trend_lists.kinds import UNOFFICIAL, TrendKind, TrendSource
from tiktok_collector.trend_lists.offers import offer_of

_SOURCES: Final = ", ".join(f"'{source}'" for source in TrendSource)


def _as_list(value: Any) -> Any:
    """One source stands for a list of it; what is wrong with it is said of the kind, since there is no list."""
    if not isinstance(value, str):
        return value
    if value not in set(TrendSource):
        raise PydanticKnownError("enum", {"expected": _SOURCES})
    return [value]


Sources = Annotated[
    list[TrendSource],
    Field(min_length=1),
    BeforeValidator(_as_list, json_schema_input_type=TrendSource | list[TrendSource]),
]


class TrendsPart(Part):
    """Which trends are collected."""

    enabled: bool = Field(default=False, description="Whether trends are collected.")
    countries: list[str] = Field(default=[], description="Two-letter codes such as US.")
    periods: list[TrendPeriod] = Field(
        default=[TrendPeriod.WEEK], min_length=1, description="Over how many days a trend is counted."
    )
    kinds: dict[TrendKind, Sources] = Field(
        default={}, description="What trends, and from which source; a list where there are several."
    )
    industries: list[Annotated[str, StringConstraints(max_length=100)]] = Field(
        default=[], description="Industries as the source calls them; without them all together."
    )
    rows: int = Field(
        default=100, ge=1, le=1_000, description="No further page of a list is asked for once so many rows are there."
    )
    daily_requests: int = Field(
        default=200, ge=1, le=10_000, description="At most so many requests a UTC day, to each family of sources."
    )
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
        wrong = self._of_other_sources()
        if self.enabled:
            wrong += [
                ((name,), f"trends are enabled without {name}; name at least one, or set enabled: false")
                for name in ("countries", "kinds")
                if not getattr(self, name)
            ]
            wrong += self._unacknowledged()
        if wrong:
            raise WrongParts(wrong)
        return self

    def settings(self) -> TrendSettings | None:
        """What is asked for, each country, period, source and industry once; None if trends are not collected."""
        if not self.enabled:
            return None
        return TrendSettings(
            countries=tuple(dict.fromkeys(self.countries)),
            periods=tuple(dict.fromkeys(int(period) for period in self.periods)),
            kinds={kind: tuple(dict.fromkeys(sources)) for kind, sources in self.kinds.items()},
            industries=tuple(dict.fromkeys(self.industries)),
            rows=self.rows,
            daily_requests=self.daily_requests,
            polls_per_day=self.polls_per_day,
            acknowledge_unofficial_terms=self.acknowledge_unofficial_terms,
        )

    def _of_other_sources(self) -> list[tuple[Path, str]]:
        wrong: list[tuple[Path, str]] = []
        for kind, sources in self.kinds.items():
            for source in dict.fromkeys(sources):
                try:
                    offer_of(source, kind)
                except InvalidRequest as error:
                    wrong.append((("kinds", kind), str(error).removesuffix(".")))
        return wrong

    def _unacknowledged(self) -> list[tuple[Path, str]]:
        if self.acknowledge_unofficial_terms:
            return []
        return [
            (("kinds", kind), UNACKNOWLEDGED.format(source))
            for kind, sources in self.kinds.items()
            for source in dict.fromkeys(sources)
            if source in UNOFFICIAL
        ]
