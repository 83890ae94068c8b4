"""The part of a search in a study file that takes its hashtags from trend lists."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from tiktok_collector.study.query_fields import RULES, FieldName
from tiktok_collector.study.trends import TrendPick, TrendSettings
from tiktok_collector.study.wrong_parts import Path, read_each
from tiktok_collector.study_file.part import Part
from tiktok_collector.study_file.trend_periods import TrendPeriod
from tiktok_collector.trend_lists.asking import lists_of
from tiktok_collector.trend_lists.kinds import ALL_INDUSTRIES, TrendKind, TrendSource


class TrendPickPart(Part):
    """The hashtags that a search takes from trend lists, anew for each UTC day of videos."""

    countries: list[str] = Field(min_length=1, description="Whose lists: two-letter codes that trends.countries has.")
    top: int = Field(default=10, ge=1, le=100, description="So many of each country's list, the first first.")
    new_only: bool = Field(default=False, description="Only those of them that entered the list on that day.")
    at_most: int = Field(
        default=20, ge=1, le=100, description="So many of all countries together, those with the best ranks."
    )
    period: TrendPeriod = Field(
        default=TrendPeriod.WEEK, description="Over how many days the trend is counted; one of trends.periods."
    )
    source: TrendSource | None = Field(
        default=None, description="One of trends.kinds.hashtag; without it all of them together."
    )
    industry: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description="One of trends.industries; without it all together."
    )
    days_before: int = Field(
        default=7, ge=0, le=90, description="So many days before the first list are searched with its hashtags."
    )

    @field_validator("countries")
    @classmethod
    def _regions(cls, values: list[str]) -> list[str]:
        return read_each(RULES[FieldName.REGION_CODE].read, values)

    def pick(self) -> TrendPick:
        """What is picked."""
        return TrendPick(
            countries=tuple(dict.fromkeys(self.countries)),
            top=self.top,
            new_only=self.new_only,
            at_most=self.at_most,
            period=int(self.period),
            source=self.source,
            industry=self.industry or ALL_INDUSTRIES,
            days_before=self.days_before,
        )


def wrong_pick(part: TrendPickPart, settings: TrendSettings | None) -> Iterator[tuple[Path, str]]:
    """Why the lists that a search takes its hashtags from are not collected; paths are below the pick."""
    if settings is None:
        yield (), "the study collects no trends: set trends.enabled to true, or write a query instead"
        return
    sources = settings.kinds.get(TrendKind.HASHTAG, ())
    if not sources:
        yield (), "the study collects no trends of hashtags: add hashtag and its source to trends.kinds"
        return
    wrong = [*_not_asked(part.pick(), sources, settings), *_other_countries(part, settings)]
    yield from wrong or _not_offered(part, settings)


def _not_asked(pick: TrendPick, sources: Sequence[TrendSource], settings: TrendSettings) -> Iterator[tuple[Path, str]]:
    """What the settings of the study do not name."""
    if pick.source is not None and pick.source not in sources:
        named = " or ".join(sources)
        yield ("source",), f"{pick.source} is not asked for hashtags: add it to trends.kinds.hashtag, or write {named}"
    if pick.period not in settings.periods:
        named = " or ".join(map(str, settings.periods))
        yield ("period",), f"{pick.period} is not among trends.periods: add it there, or write {named}"
    if pick.industry not in (settings.industries or (ALL_INDUSTRIES,)):
        yield _industry(pick, settings)


def _other_countries(part: TrendPickPart, settings: TrendSettings) -> Iterator[tuple[Path, str]]:
    for place, country in enumerate(part.countries):
        if country not in settings.countries:
            yield ("countries", place), f"{country} is not among trends.countries: add it there, or leave it out"


def _industry(pick: TrendPick, settings: TrendSettings) -> tuple[Path, str]:
    if pick.industry == ALL_INDUSTRIES:
        named = " or ".join(settings.industries)
        return (), f"trends are collected by industry: name one in industry, such as {named}"
    return ("industry",), f"{pick.industry!r} is not among trends.industries: add it there, or leave it out"


def _not_offered(part: TrendPickPart, settings: TrendSettings) -> Iterator[tuple[Path, str]]:
    """Countries of which no source that is asked has such a list."""
    pick = part.pick()
    offered = {
        each.country
        for each in lists_of(settings).lists
        if each.kind is TrendKind.HASHTAG
        and pick.source in {None, each.source}
        and (each.period, each.industry) == (pick.period, pick.industry)
    }
    industry = f" in the industry {pick.industry}" if pick.industry else ""
    for place, country in enumerate(part.countries):
        if country not in offered:
            what = f"hashtags of {country} over {pick.period} days{industry}"
            fix = "choose another country, period or source"
            yield ("countries", place), f"no source that the study asks offers {what}: {fix}"
