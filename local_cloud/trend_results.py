"""What a closing table of trends shows, taken from the day's summary: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Final

from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.asking import lists_of
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, ALL_INDUSTRIES, TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.summary import Entry, Flag, ListSummary, MergedItem, MergedList, Movement, Summary

TOP: Final = 10
COUNTRIES: Final = 2
"""So many countries are shown, beside what is not divided by country."""

type Question = tuple[TrendKind, str, int, str]


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One trend with its rank in every source that has it, best first; the rest is of the source that ranks it best.

    `places` is how many places it rose or fell; `movement` is None where there was nothing to compare with.
    """

    label: str
    ranks: dict[TrendSource, int]
    movement: Movement | None
    places: int
    days: int


@dataclass(frozen=True, slots=True)
class TrendTop:
    """The top of one kind in one country, over all sources; `period` is in days, 0: not counted over a period."""

    kind: TrendKind
    country: str
    period: int
    industry: str
    lines: tuple[TrendLine, ...]


@dataclass(frozen=True, slots=True)
class TrendResults:
    """A day's trends.

    Attributes:
        day: The UTC day.
        tops: What is shown, by kind and country.
        more: How many other lists the summary has, over all sources.
        compared_with: The days that the lists shown which are of `day` are compared with; None: a list's first day.
        notes: Sentences on lists that are not of today or not whole.
    """

    day: date
    tops: tuple[TrendTop, ...]
    more: int
    compared_with: frozenset[date | None]
    notes: tuple[str, ...]


def trend_results(summary: Summary, settings: TrendSettings) -> TrendResults:
    """The top of each kind that the settings ask for, in the first countries; of periods and industries the first."""
    asked = lists_of(settings).lists
    merged = {_question(each): each for each in summary.merged}
    wanted = [question for question in dict.fromkeys(map(_question, asked)) if question in merged]
    shown = _shown(wanted, settings)
    lists = {each.asked: each for each in summary.lists}
    of_today = [each for each in summary.lists if _question(each.asked) in shown and each.as_of == summary.day]
    return TrendResults(
        day=summary.day,
        tops=tuple(_top(merged[question], lists) for question in shown),
        more=len(wanted) - len(shown),
        compared_with=frozenset(each.compared_with for each in of_today),
        notes=tuple(_notes(summary.day, [lists[each] for each in asked if each in lists])),
    )


def _question(each: TrendList | MergedList) -> Question:
    return each.kind, each.country, each.period, each.industry


def _shown(wanted: Iterable[Question], settings: TrendSettings) -> list[Question]:
    """By kind one question a country, in the settings' order; what is not divided by country comes last."""
    countries = [*settings.countries, ALL_COUNTRIES]
    industries = [*settings.industries, ALL_INDUSTRIES]
    periods = list(settings.periods)

    def place(question: Question) -> tuple[int, ...]:
        kind, country, period, industry = question
        of_period = periods.index(period) if period in periods else len(periods)
        return list(TrendKind).index(kind), countries.index(country), of_period, industries.index(industry)

    first: dict[tuple[TrendKind, str], Question] = {}
    for question in sorted(wanted, key=place):
        first.setdefault(question[:2], question)
    by_kind: dict[TrendKind, list[Question]] = {}
    for question in first.values():
        of_kind = by_kind.setdefault(question[0], [])
        if question[1] == ALL_COUNTRIES or len(of_kind) < COUNTRIES:
            of_kind.append(question)
    return [question for of_kind in by_kind.values() for question in of_kind]


def _top(merged: MergedList, lists: dict[TrendList, ListSummary]) -> TrendTop:
    kind, country, period, industry = _question(merged)

    def line(item: MergedItem) -> TrendLine:
        found = [(item.ranks[source], source) for source in TrendSource if source in item.ranks]
        ranks = {source: rank for rank, source in sorted(found, key=itemgetter(0))}
        best = next(iter(ranks))
        asked = TrendList(source=best, kind=kind, country=country, period=period, industry=industry)
        (entry,) = [each for each in lists[asked].entries if each.key == item.key]
        return TrendLine(item.label, ranks, entry.movement, _places(entry), entry.days_on_list)

    return TrendTop(kind, country, period, industry, tuple(line(item) for item in merged.items[:TOP]))


def _places(entry: Entry) -> int:
    return 0 if entry.previous_rank is None else abs(entry.previous_rank - entry.rank)


def _notes(day: date, lists: Iterable[ListSummary]) -> Iterable[str]:
    withheld: dict[TrendSource, ListSummary] = {}
    for each in lists:
        doubts = " and ".join(flag for flag in each.flags if flag in {Flag.EMPTY, Flag.SHRUNKEN})
        if each.suspicious and each.as_of is None:
            yield f"{each.asked.name} was {doubts}; that is not taken for no trends."
        elif each.suspicious:
            yield f"{each.asked.name} is as of {each.as_of}: the answers of {day} are {doubts} and not believed."
        elif each.as_of is not None and each.as_of < day:
            yield f"{each.asked.name} is as of {each.as_of}."
        if Flag.CAPPED in each.flags:
            withheld.setdefault(each.asked.source, each)
    for source, each in withheld.items():
        of_all = f" of {each.total:,}" if each.total else ""
        yield f"{source} withholds rows from this caller: {each.asked.name} has {each.rows:,}{of_all}."
