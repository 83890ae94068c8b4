"""What searches take from trend lists, in the bucket: picked once for each UTC day of videos, and kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final, NamedTuple

import msgspec

from tiktok_collector.errors import CollectorError, Fatal, InvocationStopped
from tiktok_collector.lake.day_names import days_below
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.keys import trend_pick_key, trend_picks_prefix
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.trend_keys import TREND_SUMMARIES, trend_summary_key
from tiktok_collector.studies.picked_days import (
    NOTHING,
    PICK_VERSION,
    DayPick,
    candidates,
    first_candidates,
    is_settled,
    notes,
    pick_name,
    searched_days,
)
from tiktok_collector.study.collections import Search, Study
from tiktok_collector.study.trend_queries import dated_queries
from tiktok_collector.study.trends import TrendPick, TrendSettings
from tiktok_collector.trend_lists.asking import lists_of
from tiktok_collector.trend_lists.kinds import TrendKind
from tiktok_collector.trend_lists.picking import Picked, pick
from tiktok_collector.trend_lists.summary import Summary, decode_summary
from tiktok_collector.versions import decoded

_PICK: Final = msgspec.json.Decoder(DayPick)


class PickedStudy(NamedTuple):
    """A study whose searches by trends have the queries of their days, and what is to be said of them."""

    study: Study
    notes: tuple[str, ...]


def with_picks(study: Study, today: date, objects: ObjectStore, *, threads: int, store: bool) -> PickedStudy:
    """Picks what is not picked yet of all days before `today`.

    Args:
        study: The study as its file says.
        today: The UTC day that is planned.
        objects: The bucket.
        threads: How many objects are read at once.
        store: Whether new picks are kept; if not, nothing is written.

    Raises:
        Fatal: an earlier pick cannot be read.
    """
    settings = study.trends
    if settings is None or not any(search.trends for search in study.searches):
        return PickedStudy(study, ())
    picking = _Picking(settings, today, objects, threads=threads, store=store)
    searches = tuple(picking.of(search, search.trends) if search.trends else search for search in study.searches)
    return PickedStudy(msgspec.structs.replace(study, searches=searches), tuple(dict.fromkeys(picking.notes)))


class _Picking:
    """The picks of one plan."""

    def __init__(
        self, settings: TrendSettings, today: date, objects: ObjectStore, *, threads: int, store: bool
    ) -> None:
        self.notes: list[str] = []
        self._settings = settings
        self._today = today
        self._objects = objects
        self._threads = threads
        self._store = store
        self._days = sorted(day for day in days_below(objects, TREND_SUMMARIES) if day <= today)
        self._read: dict[date, Summary | None] = {}

    def of(self, search: Search, wanted: TrendPick) -> Search:
        """The search with the queries of all days for which hashtags are picked."""
        picks = self._stored(search.name, wanted)
        first = self._first_lists(search, wanted, picks)
        if first is None:
            self.notes.append(f"The search {search.name!r} has no trend list yet, so nothing is searched.")
            return search
        days = searched_days(search, first, self._today)
        new = {day: self._of_day(search.name, day, wanted, first) for day in days if day not in picks}
        in_order = [new.get(day) or picks[day] for day in days]
        self.notes += notes(search, in_order, new.values(), first)
        hashtags = {each.day: each.picked.hashtags for each in in_order}
        return msgspec.structs.replace(search, dated=dated_queries(search.query, hashtags))

    def _of_day(self, name: str, day: date, wanted: TrendPick, first: date) -> DayPick:
        """The pick of a day that has none yet; where somebody else has just stored one, that one counts."""
        made = DayPick(search=name, day=day, wanted=wanted, lists_of=None, picked=NOTHING)
        for lists_day in candidates(day, self._days, first, wanted):
            if (picked := self._picked(lists_day, wanted)) is not None:
                made = msgspec.structs.replace(made, lists_of=lists_day, picked=picked)
                break
        if not self._store or (made.lists_of is None and not is_settled(day, self._today)):
            return made
        key = trend_pick_key(name, pick_name(wanted), day.isoformat())
        stored = self._objects.put_once(key, gzipped(msgspec.json.encode(made)))
        return made if stored else self._load(key)

    def _first_lists(self, search: Search, wanted: TrendPick, picks: dict[date, DayPick]) -> date | None:
        """The day of the first summary that the search takes something from."""
        known = min((each.lists_of for each in picks.values() if each.lists_of is not None), default=None)
        if known is not None and min(picks) <= min(searched_days(search, known, self._today), default=self._today):
            return known
        # Nothing was picked yet, or the study begins earlier than it did when something was.
        for day in first_candidates(self._days, search.schedule):
            picked = self._picked(day, wanted) if known is None or day < known else None
            if picked is not None and (day < self._today or self._complete(picked, wanted)):
                return day
        return known

    def _picked(self, day: date, wanted: TrendPick) -> Picked | None:
        """What the lists of a day give; None if they cannot be had."""
        summary = self._summary(day)
        if summary is None:
            return None
        picked = pick(summary, wanted, self._settings.kinds.get(TrendKind.HASHTAG, ()))
        return picked if picked.from_lists else None

    def _complete(self, picked: Picked, wanted: TrendPick) -> bool:
        """Whether all lists were had: of the present day, some may still be on their way."""
        return picked.from_lists.keys() >= {
            each.name
            for each in lists_of(self._settings).lists
            if each.kind is TrendKind.HASHTAG
            and each.country in wanted.countries
            and (each.period, each.industry) == (wanted.period, wanted.industry)
            and wanted.source in {None, each.source}
        }

    def _summary(self, day: date) -> Summary | None:
        """The summary of a day; one that cannot be read stops nothing, and is told."""
        if day not in self._read:
            key = trend_summary_key(day.isoformat())
            try:
                data = self._objects.get_bytes(key)
                self._read[day] = None if data is None else decode_summary(gunzipped(data, key=key))
            except InvocationStopped:
                raise
            except CollectorError as error:
                self._read[day] = None
                self.notes.append(f"The trend lists of {day} are not used: {error}")
        return self._read[day]

    def _stored(self, name: str, wanted: TrendPick) -> dict[date, DayPick]:
        keys = [each.key for each in self._objects.keys(trend_picks_prefix(name, pick_name(wanted)))]
        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="picks") as pool:
            return {each.day: each for each in pool.map(self._load, keys)}

    def _load(self, key: str) -> DayPick:
        data = self._objects.get_bytes(key)
        if data is None:
            raise Fatal(f"The pick {key} is missing; restore it from the bucket's versions.")
        try:
            return decoded(_PICK.decode, gunzipped(data, key=key), known=PICK_VERSION, what=f"The pick {key}")
        except msgspec.DecodeError as error:
            raise Fatal(f"The pick {key} cannot be read ({error}); delete it, and the day is picked again.") from error
