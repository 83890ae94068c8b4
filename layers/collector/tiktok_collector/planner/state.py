"""What a study knows of its past: a fold of the records of its runs, from which the next day is planned."""

from collections.abc import Iterable, Sequence

import msgspec

from tiktok_collector.planner.collection_history import CollectionHistory
from tiktok_collector.planner.coverage import day_number
from tiktok_collector.planner.unit_history import UnitHistory, search_key
from tiktok_collector.planner.visit_history import VisitHistory
from tiktok_collector.study.day_plan import Purpose
from tiktok_collector.study.record import RunRecord, VideoResult, VisitResult

EVIDENCE_DAYS = 30
"""How long it is remembered that batches of some size were too large."""
BROKEN_FOR = 2
"""A day that fails for so many batches or searches on one day fails for everybody."""
_OF_THE_DAY = frozenset({"day_fails", "window_fails"})
"""Reasons that speak against the days, not against names or the network."""


class StudyState:
    """Folds records in whatever order they come; one that is there already changes nothing.

    Attributes:
        runs: Ids of the runs that were folded in.
        started: The first day that anything was planned for; 0 if nothing was. All days are `day_number`s.
        newest: The last such day.
        units: By username or `search_key`.
        collections: By name.
        visits: By username.
        too_large: By day, the size of the smallest batch that failed though its halves did not.
        went_through: By day, the size of the largest batch that was answered as a whole.
        failing: By day of creation and day of the try, the first units of up to `BROKEN_FOR` batches or searches that
            the day failed for.
    """

    __slots__ = ("collections", "failing", "newest", "runs", "started", "too_large", "units", "visits", "went_through")

    def __init__(self) -> None:
        self.runs: set[str] = set()
        self.started = 0
        self.newest = 0
        self.units: dict[str, UnitHistory] = {}
        self.collections: dict[str, CollectionHistory] = {}
        self.visits: dict[str, VisitHistory] = {}
        self.too_large: dict[int, int] = {}
        self.went_through: dict[int, int] = {}
        self.failing: dict[int, dict[int, tuple[str, ...]]] = {}

    @classmethod
    def empty(cls) -> "StudyState":
        """The state before the first run."""
        return cls()

    @classmethod
    def decode(cls, document: bytes) -> "StudyState":
        """What `encode` gave.

        Raises:
            CollectorError: it is not such a document, or one of another version.
        """
        from tiktok_collector.planner.state_document import decode  # noqa: PLC0415 - imports this module

        return decode(document)

    def encode(self) -> bytes:
        """The state as JSON; equal states are equal bytes."""
        from tiktok_collector.planner.state_document import encode  # noqa: PLC0415 - imports this module

        return encode(self)

    def absorb(self, record: RunRecord) -> None:
        """Folds the record of one run in."""
        if record.run_id in self.runs:
            return
        self.runs.add(record.run_id)
        on = day_number(record.day)
        self.started = min(self.started or on, on)
        self.newest = max(self.newest, on)
        answered = _answered(record.videos)
        for result in record.videos:
            if result.purpose is Purpose.CONTROL:
                for name in result.collections:
                    self._collection(name).note_control(on, silent=result.silent)
            else:
                self._video_result(result, on, sure=not answered.isdisjoint(result.collections))
        for name in answered:
            self._collection(name).alive.add(on)
        for visit in record.visits:
            self._visit_result(visit, on)
        for history in self.collections.values():
            history.tidy(self.newest)
        self.too_large = self._of_late(self.too_large)
        self.went_through = self._of_late(self.went_through)

    def _video_result(self, result: VideoResult, on: int, *, sure: bool) -> None:
        keys = (search_key(result.search, result.query),) if result.search else result.usernames
        units = [self.units.setdefault(key, UnitHistory()) for key in keys]
        first, last = day_number(result.window.start), day_number(result.window.end)
        for key, unit in zip(keys, units, strict=True):
            failed = _failed_days(result, key) if result.missing else set()
            coverage = unit.sure if sure else unit.doubtful
            for start, end in _runs_without(failed, first, last):
                coverage.note(start, end, on)
            unit.note_failed(failed, on)
            if key in result.bad_usernames:
                unit.bad_on = max(unit.bad_on, on)
            elif len(failed) <= last - first:
                unit.fine_on = max(unit.fine_on, on)
        self._failing(result, keys, on)
        self._rows(result, keys)
        for unit in units:
            unit.tidy()
        self._tallies(result, on)
        if result.bisected:
            self.too_large[on] = min(result.bisected, self.too_large.get(on, result.bisected))
        elif not result.missing:
            self.went_through[on] = max(len(result.usernames), self.went_through.get(on, 0))

    def _of_late(self, sizes: dict[int, int]) -> dict[int, int]:
        return {day: size for day, size in sizes.items() if day > self.newest - EVIDENCE_DAYS}

    def _failing(self, result: VideoResult, keys: Sequence[str], on: int) -> None:
        of_the_day = tuple(missing for missing in result.missing if missing.reason in _OF_THE_DAY)
        failed = msgspec.structs.replace(result, missing=of_the_day)
        for day in {day for key in keys for day in _failed_days(failed, key)} if of_the_day else ():
            tries = self.failing.setdefault(day, {})
            # Which of them are kept must not depend on their order.
            tries[on] = tuple(sorted({*tries.get(on, ()), min(keys)})[:BROKEN_FOR])

    def _rows(self, result: VideoResult, keys: Sequence[str]) -> None:
        for day, found in result.found.items():
            by_unit = {keys[0]: found.rows} if len(keys) == 1 else found.by_username
            for key in keys:
                if rows := by_unit.get(key, 0):
                    self.units[key].note_rows(day_number(day), rows)

    def _tallies(self, result: VideoResult, on: int) -> None:
        rows = sum(found.rows for found in result.found.values())
        for name in result.collections:
            history = self._collection(name)
            history.asked_on = max(history.asked_on, on)
            tally = history.tally(on)
            tally.rows += rows
            tally.candidates += max(rows, result.candidates)
            if result.comment_requests or result.videos_with_comments:
                tally.commented_rows += rows
                tally.comment_requests += result.comment_requests

    def _visit_result(self, visit: VisitResult, on: int) -> None:
        history = self.visits.setdefault(visit.username, VisitHistory())
        history.note(visit, on)
        for name in visit.collections:
            tally = self._collection(name).tally(on)
            for endpoint, requests in visit.requests.items():
                tally.asked[endpoint] = tally.asked.get(endpoint, 0) + requests
                tally.visits[endpoint] = tally.visits.get(endpoint, 0) + 1

    def _collection(self, name: str) -> CollectionHistory:
        return self.collections.setdefault(name, CollectionHistory())


def _answered(results: Iterable[VideoResult]) -> frozenset[str]:
    """The collections that were given anything at all."""
    return frozenset(
        name
        for result in results
        if result.purpose is not Purpose.CONTROL
        and (result.candidates or any(found.rows for found in result.found.values()))
        for name in result.collections
    )


def _failed_days(result: VideoResult, key: str) -> set[int]:
    first, last = day_number(result.window.start), day_number(result.window.end)
    return {
        day
        for missing in result.missing
        if result.search or not missing.usernames or key in missing.usernames
        for day in range(max(first, day_number(missing.window.start)), min(last, day_number(missing.window.end)) + 1)
    }


def _runs_without(days: set[int], first: int, last: int) -> Iterable[tuple[int, int]]:
    """The runs of days from `first` to `last` that are not among `days`."""
    start = first
    for day in sorted(days):
        if day > start:
            yield start, day - 1
        start = day + 1
    if start <= last:
        yield start, last
