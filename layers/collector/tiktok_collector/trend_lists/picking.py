"""The hashtags that a search takes from the trend lists of one day."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from tiktok_collector.study.query_fields import RULES, FieldName
from tiktok_collector.study.trends import TrendPick
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.merging import CURRENT_DAYS, is_current, merged_items
from tiktok_collector.trend_lists.offers import kinds_of, offer_of
from tiktok_collector.trend_lists.summary import ListSummary, MergedItem, Movement, Summary
from tiktok_collector.trend_lists.text import as_searched


class Picked(msgspec.Struct, frozen=True, kw_only=True):
    """What was picked of a summary.

    Attributes:
        hashtags: As the Research API is asked for them, the best ranked first.
        from_lists: The lists that were read, by name, with the day that their entries are of.
        left_out: How many more hashtags there were than the search takes.
        notes: What was missing, too old or cannot be searched for; one sentence each.
    """

    hashtags: tuple[str, ...]
    from_lists: dict[str, date]
    left_out: int
    notes: tuple[str, ...]


def pick(summary: Summary, wanted: TrendPick, sources: Sequence[TrendSource]) -> Picked:
    """The best ranked hashtags of each country, and of all countries together as many as are wanted.

    Args:
        summary: The lists as they were on its day.
        wanted: What the search takes.
        sources: Those that the study asks for hashtags; they count where the search names none itself.

    Returns:
        What there is; lists whose entries are more than `CURRENT_DAYS` older than the summary are not read, and with
        `new_only` only lists that were had on its day are.
    """
    return _Picking(summary, wanted, (wanted.source,) if wanted.source else sources).picked()


class _Picking:
    def __init__(self, summary: Summary, wanted: TrendPick, sources: Sequence[TrendSource]) -> None:
        self._day = summary.day
        self._lists = {each.asked: each for each in summary.lists}
        self._wanted = wanted
        self._sources = sources
        self._notes: list[str] = []
        self._from: dict[str, date] = {}

    def picked(self) -> Picked:
        best: dict[str, tuple[int, int, int, str]] = {}
        for place, country in enumerate(dict.fromkeys(self._wanted.countries)):
            for item in self._of_country(country):
                if hashtag := self._searchable(item):
                    found = (item.rank, -len(item.ranks), place, hashtag)
                    best[item.key] = min(found, best.get(item.key, found))
        hashtags = [hashtag for *_, hashtag in sorted(best.values())]
        most = self._wanted.at_most
        return Picked(
            hashtags=tuple(hashtags[:most]),
            from_lists=self._from,
            left_out=max(0, len(hashtags) - most),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _of_country(self, country: str) -> list[MergedItem]:
        lists = list(self._usable(country))
        self._from |= {each.asked.name: each.as_of for each in lists if each.as_of}
        top = merged_items(lists)[: self._wanted.top]
        return [item for item in top if not self._wanted.new_only or _is_new(item.key, lists)]

    def _usable(self, country: str) -> Iterator[ListSummary]:
        wanted = self._wanted
        asked = [
            TrendList(
                source=source,
                kind=TrendKind.HASHTAG,
                country=country,
                period=wanted.period,
                industry=wanted.industry,
            )
            for source in sorted(set(self._sources))
        ]
        offered = [each for each in asked if _is_offered(each)]
        if not offered:
            self._notes.append(
                f"No source that is asked has hashtags of {country} over {wanted.period} days"
                f"{f' in the industry {wanted.industry}' if wanted.industry else ''}."
            )
        for each in offered:
            found = self._lists.get(each)
            if trouble := self._trouble(found):
                self._notes.append(f"{each.name} {trouble}.")
            elif found:
                yield found

    def _trouble(self, found: ListSummary | None) -> str | None:
        """Why a list is not read, as what follows its name; None: it is."""
        if found is None or found.as_of is None:
            return f"has not been had by {self._day}"
        if not is_current(found, self._day):
            return f"was last had on {found.as_of}, more than {CURRENT_DAYS} days before {self._day}"
        if self._wanted.new_only and found.as_of != self._day:
            return f"was last had on {found.as_of}, so nothing is known to have entered it on {self._day}"
        if self._wanted.new_only and found.first:
            return f"was had for the first time on {self._day}, so nothing on it is known to be new"
        return None

    def _searchable(self, item: MergedItem) -> str | None:
        try:
            return RULES[FieldName.HASHTAG_NAME].read(as_searched(item.name or item.key))
        except ValueError as error:
            self._notes.append(f"The trending hashtag {item.label!r} cannot be searched for: {error}.")
            return None


def _is_offered(asked: TrendList) -> bool:
    return asked.kind in kinds_of(asked.source) and offer_of(asked.source, asked.kind).has(asked)


def _is_new(key: str, lists: Sequence[ListSummary]) -> bool:
    """Whether it has entered every list that it is on."""
    return all(entry.movement is Movement.ENTERED for each in lists for entry in each.entries if entry.key == key)
