"""The lists of several sources as one, keeping every source's rank."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Final

from tiktok_collector.trend_lists.kinds import TrendKind
from tiktok_collector.trend_lists.summary import Entry, ListSummary, MergedItem, MergedList

CURRENT_DAYS: Final = 3
"""Entries that are older are history: they are neither merged nor picked."""


def is_current(found: ListSummary, day: date) -> bool:
    """Whether the list's entries are of `day` or at most `CURRENT_DAYS` older."""
    return found.as_of is not None and (day - found.as_of).days <= CURRENT_DAYS


def merged(day: date, lists: Iterable[ListSummary]) -> tuple[MergedList, ...]:
    """One list for each kind, country, period and industry, of the entries of `day` or shortly before."""
    current = sorted((each for each in lists if is_current(each, day)), key=_question)
    return tuple(
        MergedList(kind=kind, country=country, period=period, industry=industry, items=merged_items(of_sources))
        for (kind, country, period, industry), of_sources in groupby(current, key=_question)
    )


def _question(found: ListSummary) -> tuple[TrendKind, str, int, str]:
    asked = found.asked
    return asked.kind, asked.country, asked.period, asked.industry


def merged_items(lists: Iterable[ListSummary]) -> tuple[MergedItem, ...]:
    """The entries of lists of different sources, one a key, by best rank, then number of sources, then key."""
    ranks: dict[str, dict[str, int]] = {}
    best: dict[str, Entry] = {}
    for each in sorted(lists, key=lambda found: found.asked):
        for entry in each.entries:
            ranks.setdefault(entry.key, {})[each.asked.source] = entry.rank
            if entry.rank < best.setdefault(entry.key, entry).rank:
                best[entry.key] = entry
    items = (
        MergedItem(key=key, label=best[key].label, name=best[key].name, rank=best[key].rank, ranks=by_source)
        for key, by_source in ranks.items()
    )
    return tuple(sorted(items, key=lambda item: (item.rank, -len(item.ranks), item.key)))
