"""Pure: which days of videos take their hashtags from which day's trend lists, and what is to be said of it."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from tiktok_collector.study.collections import Schedule, Search
from tiktok_collector.study.trends import TrendPick
from tiktok_collector.trend_lists.merging import CURRENT_DAYS
from tiktok_collector.trend_lists.picking import Picked

PICK_VERSION: Final = 1
_DAY: Final = timedelta(days=1)


class DayPick(msgspec.Struct, frozen=True, kw_only=True):
    """The hashtags that one UTC day of videos is searched with, for good.

    Attributes:
        search: The search's name.
        day: The day of videos.
        wanted: What was to be picked.
        lists_of: Of which day's summary the lists are; None: there was none, and the day is not searched.
        picked: What was picked of it.
    """

    version: int = PICK_VERSION
    search: str
    day: date
    wanted: TrendPick
    lists_of: date | None
    picked: Picked


NOTHING: Final = Picked(hashtags=(), from_lists={}, left_out=0, notes=())


def pick_name(wanted: TrendPick) -> str:
    """Tells one way of picking from another; `days_before` only says for how many days it is done."""
    alike = msgspec.structs.replace(wanted, days_before=0)
    return hashlib.sha256(msgspec.json.encode(alike, order="deterministic")).hexdigest()[:16]


def searched_days(search: Search, first_lists: date, today: date) -> list[date]:
    """The days of videos that can be searched by now, the oldest first.

    Args:
        search: The search.
        first_lists: The day of the first summary that has its lists.
        today: The day that is planned; it and later ones are never among them.
    """
    begin, end = _begin(search, first_lists), today - _DAY
    if search.schedule.last is not None:
        end = min(end, search.schedule.last)
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def _begin(search: Search, first_lists: date) -> date:
    days_before = search.trends.days_before if search.trends else 0
    return max(search.schedule.first, first_lists - timedelta(days=days_before))


def first_candidates(summaries: Sequence[date], schedule: Schedule) -> Sequence[date]:
    """Those of the summaries' days, ascending, of which one may be the first that matters to the schedule."""
    return summaries[max(0, bisect_right(summaries, schedule.first) - 1) :]


def candidates(day: date, summaries: Sequence[date], first_lists: date, wanted: TrendPick) -> Iterator[date]:
    """The days of the summaries whose lists `day` may be searched with, the best first."""
    if day < first_lists:
        yield first_lists
        return
    oldest = day if wanted.new_only else day - timedelta(days=CURRENT_DAYS)
    for each in reversed(summaries[: bisect_right(summaries, day)]):
        if each < oldest:
            return
        yield each


def is_settled(day: date, today: date) -> bool:
    """Whether lists that are not there yet are not waited for any more."""
    return (today - day).days > CURRENT_DAYS


def notes(search: Search, picks: Iterable[DayPick], new: Iterable[DayPick], first_lists: date) -> Iterator[str]:
    """What a search took from trend lists and what it lacks, in sentences.

    Args:
        search: The search.
        picks: Those of all days.
        new: Those that were made for this plan.
        first_lists: The day of the first summary that has its lists.
    """
    name = f"The search {search.name!r}"
    if (begin := _begin(search, first_lists)) > search.schedule.first:
        yield f"{name} begins with {begin}, since its first trend list is of {first_lists}."
    if without := [each.day for each in picks if each.lists_of is None]:
        yield f"{name} has no trend list of {in_words(without)}: what was posted then is not searched."
    said = list[tuple[object, ...]]()
    for each in new:
        if each.lists_of is not None and (key := (each.lists_of, each.picked)) not in said:
            said.append(key)
            yield from _of_lists(name, each.lists_of, each.picked)


def _of_lists(name: str, lists_of: date, picked: Picked) -> Iterator[str]:
    of = f"of the trend lists of {lists_of}"
    if not picked.hashtags:
        yield f"{name} takes no hashtag {of}, since there is none that it is to take."
    if picked.left_out:
        yield f"{name} leaves {picked.left_out} hashtags {of} out: at_most is {len(picked.hashtags)}."
    for note in picked.notes:
        yield f"{name}: {note}"


def in_words(days: Iterable[date]) -> str:
    """The days, ascending, such as `2026-11-01 to 2026-11-05 and 2026-11-09`."""
    runs: list[list[date]] = []
    for day in days:
        if runs and runs[-1][-1] + _DAY == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    words = [f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
