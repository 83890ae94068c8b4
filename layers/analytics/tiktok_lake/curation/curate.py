"""The use case of `lake_curation`: finish what was begun, curate what is new, merge small files, tag what may go."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tiktok_collector.clock import Clock
from tiktok_collector.deadline import Deadline
from tiktok_lake.curation.batch_work import BatchWorker, run_of
from tiktok_lake.curation.batches import Batch, BatchStore
from tiktok_lake.curation.compaction import Compactor
from tiktok_lake.curation.planning import divided, due_objects
from tiktok_lake.curation.raw_days import RawDays
from tiktok_lake.curation.report import CurationReport, Tally
from tiktok_lake.curation.run_ends import RunEnds
from tiktok_lake.curation.run_manifests import RunManifests
from tiktok_lake.curation.tagging import Tagging
from tiktok_lake.curation.trend_polls import TrendPolls
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import CURATED

_FIRST_BATCH: Final = timedelta(seconds=60)
"""What the first batch of an invocation may take."""
_AS_LONG: Final = 3
"""Times the longest batch before it another one may take, with the one that is still being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurationOrder:
    """What is to be curated.

    Attributes:
        day: Only raw pages of runs that started on this UTC day, `YYYY-MM-DD`; None: of all days, and polls of trends.
        run_id: Only those of this run.
        compact: Whether small files of past days become larger ones.
    """

    day: str | None = None
    run_id: str | None = None
    compact: bool = True

    @property
    def is_partial(self) -> bool:
        """Whether only a part of what is there is wanted."""
        return self.day is not None or self.run_id is not None


EVERYTHING: Final = CurationOrder()


class Curation:
    """Curates the raw pages of one bucket. Whoever calls it holds `lake_lease`.

    `is_open` tells of a run whether the table of tasks has it as not ended (`open_in`).
    """

    def __init__(
        self,
        files: LakeFiles,
        clock: Clock,
        limits: EngineLimits,
        is_open: Callable[[str], bool],
    ) -> None:
        self._files = files
        self._is_open = is_open
        self._clock = clock
        self._tally = Tally()
        self._batches = BatchStore(files, clock)
        self._worker = BatchWorker(files, clock, limits, self._tally)
        self._compactor = Compactor(files, clock, limits, self._tally)
        self._polls = TrendPolls(files, limits, self._tally)
        self._manifests = RunManifests(files, limits, self._tally)
        self._longest = _FIRST_BATCH / _AS_LONG
        self._left = 0

    def run(self, deadline: Deadline, order: CurationOrder = EVERYTHING) -> CurationReport:
        """Curates what is there until the deadline; may be called at any time and any number of times.

        The report is of all that this object did.

        Raises:
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed; what was begun is ended by the next call.
            Fatal: a record of curation is damaged.
        """
        batches = self._ended(deadline)
        finished = self._nothing_pending(batches, deadline)
        self._left = 0
        days: set[str] = set()
        batches += self._done(self._planned(batches, deadline, order, days))
        if not order.is_partial:
            self._polls.curate(deadline)
            self._manifests.curate(deadline)
        if order.compact and finished:
            self._compactor.compact(deadline)
        tagging = Tagging(self._files, self._batches, RunEnds(self._files.objects, self._clock, self._is_open))
        for batch in batches:
            if batch.done_at is not None and batch.dt in days:
                tagging.tag(batch, deadline)
        if order.day is None:
            self._forget(batch for batch in batches if batch.dt not in days)
        return self._tally.report(tagged=tagging.tagged, waiting=tagging.waiting, left=self._left)

    def finish_pending(self, deadline: Deadline) -> bool:
        """Ends the batches and merges that were begun; whether none is left.

        Whoever deletes or replaces rows calls it first, in the same lease, and changes nothing while it is False: a
        batch that is done again would bring the rows back.

        Raises:
            CollectorError: as `run`.
        """
        return self._nothing_pending(self._ended(deadline), deadline)

    def _ended(self, deadline: Deadline) -> list[Batch]:
        """All batches; those that were begun are done now, as far as there is time."""
        batches = list(self._batches.all())
        begun = (each for each in batches if each.done_at is None and self._has_time(deadline))
        ended = {each.id: each for each in self._done(begun, again=True)}
        return [ended.get(each.id, each) for each in batches]

    def _nothing_pending(self, batches: Iterable[Batch], deadline: Deadline) -> bool:
        return (
            all(each.done_at for each in batches)
            and self._polls.finish_pending(deadline)
            and self._compactor.finish_pending(deadline)
        )

    def _planned(
        self, batches: Iterable[Batch], deadline: Deadline, order: CurationOrder, days: set[str]
    ) -> Iterator[Batch]:
        """Plans batches of what is due, as far as there is time; adds to `days` those that have raw objects."""
        of_days: dict[str, list[Batch]] = defaultdict(list)
        for each in batches:
            of_days[each.dt].append(each)
        for dt, prefixes in RawDays(self._files).all(order.day).items():
            objects = list(RawDays(self._files).objects(prefixes))
            if objects:
                days.add(dt)
            wanted = (each for each in objects if order.run_id in {None, run_of(each.key)})
            for group in divided(due_objects(wanted, of_days[dt])):
                if self._has_time(deadline):
                    keys, again = [each.key for each in group], [each.key for each in group if each.again]
                    yield self._batches.plan(dt, keys, again)
                else:
                    self._left += len(group)

    def _done(self, batches: Iterable[Batch], *, again: bool = False) -> list[Batch]:
        """The batches as done and stored."""
        ended: list[Batch] = []
        began = self._clock.now()
        for done in self._worker.do(batches):
            if again:
                # Other code, or a page that was damaged since, makes other rows of it: those of the first try would
                # stay.
                stored = [each.key for each in self._files.objects.keys(CURATED) if f"/c-{done.id}-" in each.key]
                self._files.remove({*stored} - {*done.files})
            self._batches.store(done)
            ended.append(done)
            self._longest, began = max(self._longest, self._clock.now() - began), self._clock.now()
        return ended

    def _has_time(self, deadline: Deadline) -> bool:
        return deadline.allows(_AS_LONG * self._longest)

    def _forget(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            if batch.done_at is not None:
                self._batches.forget(batch)
