"""The study file as a model: what a researcher writes (docs/study.md has the table of every key)."""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic.config import JsonDict

from tiktok_collector.study.collections import Schedule
from tiktok_collector.study.names import Name
from tiktok_collector.study.wrong_parts import Path, WrongParts
from tiktok_collector.study_file.data_settings import DataPart
from tiktok_collector.study_file.part import Part
from tiktok_collector.study_file.parts import CohortPart, CollectionPart, QuotaPart, SearchPart
from tiktok_collector.study_file.schedule_settings import DEFAULT_PASSES, Day, EveryDays, Passes
from tiktok_collector.study_file.trend_picks import wrong_pick
from tiktok_collector.study_file.trend_settings import TrendsPart

VERSION: Final = 1
_ALL: Final = 100
_NO_OTHERS: Final[JsonDict] = {"additionalProperties": False}
"""A schema says of keys which pattern they have, and this that there are no others."""


def _known(version: int) -> int:
    if version != VERSION:
        raise ValueError(f"version {version} is not known; write version: {VERSION}")
    return version


class StudyFile(Part):
    """A study of the TikTok Research Collector: what to collect, from when on, and how much of the quota to use."""

    version: Annotated[int, AfterValidator(_known)] = Field(
        description="Version of this form.", json_schema_extra={"const": VERSION}
    )
    name: Name = Field(description="The study's name.")
    description: Annotated[str, Field(max_length=5_000)] | None = Field(default=None, description="What it is about.")
    first_day: Day | None = Field(default=None, description="First UTC day of videos, where a collection names none.")
    last_day: Day | None = Field(default=None, description="Last UTC day of videos; without it there is no end.")
    every_days: EveryDays = Field(default=1, description="Ask for new days every so many days, counted from first_day.")
    passes: Passes = Field(
        default=list(DEFAULT_PASSES), description="How old a day is, in days, whenever it is asked for."
    )
    cohorts: dict[Name, CohortPart] = Field(
        default={}, description="Accounts that are followed, by cohort.", json_schema_extra=_NO_OTHERS
    )
    searches: dict[Name, SearchPart] = Field(
        default={}, description="Queries that are followed, by search.", json_schema_extra=_NO_OTHERS
    )
    quota: QuotaPart = Field(default=QuotaPart(), description="How the day's quota is used.")
    trends: TrendsPart = Field(default=TrendsPart(), description="Which trends are collected.")
    data: DataPart = Field(default=DataPart(), description="How data are kept.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        wrong = [*self._wrong_names(), *self._wrong_days(), *self._wrong_picks()]
        wrong += [*self._wrong_shares("research"), *self._wrong_shares("followers")]
        if wrong:
            raise WrongParts(wrong)
        return self

    @property
    def collections(self) -> dict[Path, CollectionPart]:
        """Cohorts and searches by their paths."""
        found: dict[Path, CollectionPart] = {("cohorts", name): part for name, part in self.cohorts.items()}
        return found | {("searches", name): part for name, part in self.searches.items()}

    def schedule_of(self, part: CollectionPart) -> Schedule:
        """The part's schedule: what it does not say is the study's."""
        return Schedule(
            first=self._first_day_of(part),
            last=part.last_day or self.last_day,
            every_days=part.every_days or self.every_days,
            passes=tuple(part.passes or self.passes),
        )

    def _first_day_of(self, part: CollectionPart) -> date:
        if (first := part.first_day or self.first_day) is None:
            raise ValueError("no first_day")
        return first

    def _wrong_names(self) -> list[tuple[Path, str]]:
        if not self.cohorts and not self.searches and not self.trends.enabled:
            return [((), "the study has neither cohorts nor searches, and trends are not enabled; name at least one")]
        return [
            (("searches", name), f"a cohort is called {name!r}, too; give the search another name")
            for name in self.searches
            if name in self.cohorts
        ]

    def _wrong_days(self) -> list[tuple[Path, str]]:
        wrong: list[tuple[Path, str]] = []
        for path, part in self.collections.items():
            first, last = part.first_day or self.first_day, part.last_day or self.last_day
            if first is None:
                wrong.append((path, "it has no first_day; write one here, or one for all at the top of the file"))
            elif last is not None and last < first:
                named = "last_day" if part.last_day else "first_day" if part.first_day else ""
                where: Path = (*path, named) if named else ("last_day",)
                wrong.append((where, f"last_day {last} is before first_day {first}; swap or correct them"))
            if last and self.data.delete_after and self.data.delete_after < last:
                reason = f"{self.data.delete_after} is before {last}, the last day of {path[-1]}; choose a later day"
                wrong.append((("data", "delete_after"), reason))
        return list(dict.fromkeys(wrong))

    def _wrong_picks(self) -> list[tuple[Path, str]]:
        settings = self.trends.settings()
        return [
            (("searches", name, "trends", *path), reason)
            for name, part in self.searches.items()
            if part.trends is not None
            for path, reason in wrong_pick(part.trends, settings)
        ]

    def _wrong_shares(self, family: str) -> list[tuple[Path, str]]:
        shares = {
            path: share
            for path, part in self.collections.items()
            if (share := getattr(part.shares, family, None)) is not None
        }
        if (total := sum(shares.values())) <= _ALL:
            return []
        named = ", ".join(f"{path[-1]} {share} %" for path, share in shares.items())
        reason = f"the {family} shares add up to {total} %: {named}; lower them to {_ALL} % or less together"
        return [((*list(shares)[-1], "shares", family), reason)]
