"""Removes raw pages that hold what is doomed, once their rows are kept elsewhere and their run needs them no more."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import batched
from typing import Final

from tiktok_collector.clock import Clock
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import Fatal, InvocationStopped
from tiktok_collector.lake.gzipped import inflated
from tiktok_collector.lake.raw_pages import MOST_BYTES, decode_pages
from tiktok_lake.curation.batches import BatchStore
from tiktok_lake.curation.run_ends import RunEnds
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.deletion.raw_index import RawIndex, RawObject
from tiktok_lake.deletion.scrubbing import Scrubber
from tiktok_lake.files import LakeFiles

RAW_PAGES: Final = "raw pages"
_THREADS: Final = 16
_AT_ONCE: Final = 1_000


class RawDeletion:
    """Removes raw objects of one bucket, with all their versions."""

    def __init__(self, files: LakeFiles, orders: OrderStore, clock: Clock, is_open: Callable[[str], bool]) -> None:
        self._files = files
        self._orders = orders
        self._clock = clock
        self._is_open = is_open

    def delete(self, state: OrderState, index: RawIndex, deadline: Deadline) -> bool:
        """Removes what the order dooms; may be called again after a kill. False: the deadline came first.

        Objects of runs that have not ended stay, and so do those that are not curated; `state.waiting` names the runs.

        Raises:
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed; the next call goes on.
        """
        found = self._search(state, index, deadline)
        entire = None if found is None else self._entire(state, index, deadline)
        if found is None or entire is None:
            return False
        ends = RunEnds(self._files.objects, self._clock, self._is_open)
        curated = {key for batch in BatchStore(self._files, self._clock).all() if batch.done_at for key in batch.keys}
        state.waiting = []
        gone: list[str] = []
        noted = {*state.order.pages, *state.pages, *found}
        for each in index.objects:
            whole = each.key in entire
            if not whole and each.key not in noted:
                continue
            if (whole or each.key in curated) and ends.has_ended(each.first.run_id, each.dt):
                gone.append(each.key)
            elif each.first.run_id not in state.waiting:
                state.waiting.append(each.first.run_id)
        return self._remove(state, gone, deadline)

    def _remove(self, state: OrderState, keys: list[str], deadline: Deadline) -> bool:
        for group in batched(keys, _AT_ONCE, strict=False):
            if deadline.passed:
                return False
            effects = {key: Effect(kind="objects", deleted=1, removed=True) for key in group}
            state.effects.setdefault(RAW_PAGES, {}).update(effects)
            self._orders.save(state)
            self._files.remove(group)
        return True

    def _entire(self, state: OrderState, index: RawIndex, deadline: Deadline) -> set[str] | None:
        """The objects that go whatever they say; None where the deadline came first."""
        return _those(index.objects, lambda each: self._goes_whole(each, state), deadline)

    def _goes_whole(self, page: RawObject, state: OrderState) -> bool:
        """Whether everything in it is doomed, whatever it says."""
        doomed = state.all_doomed
        if page.first.run_id in doomed.runs:
            return True
        # What was fetched later under a run of an earlier day is kept.
        return (
            doomed.before is not None and page.dt < doomed.before.isoformat() and self._is_before(page, doomed.before)
        )

    def _is_before(self, page: RawObject, day: date) -> bool:
        data = self._files.objects.get_bytes(page.key)
        if data is None:
            return True
        try:
            pages = decode_pages(data, key=page.key)
        except InvocationStopped:
            raise
        except Fatal:
            return True
        return all(envelope.retrieved_at < day.isoformat() for envelope, _ in pages)

    def _search(self, state: OrderState, index: RawIndex, deadline: Deadline) -> set[str] | None:
        """The objects that name an account that goes; None where the deadline came first."""
        if not state.all_doomed.accounts:
            return set()
        scrubber = Scrubber(state.all_doomed)
        return _those(index.objects, lambda each: self._holds(each.key, scrubber), deadline)

    def _holds(self, key: str, scrubber: Scrubber) -> bool:
        data = self._files.objects.get_bytes(key)
        if data is None:
            return False
        try:
            text = inflated(data, most=MOST_BYTES)
        except ValueError:
            text = data
        return scrubber.may_touch(text) and scrubber.is_in(text)


def _those(objects: list[RawObject], wanted: Callable[[RawObject], bool], deadline: Deadline) -> set[str] | None:
    """The keys of the objects that are wanted; None where the deadline came first."""
    found: set[str] = set()
    with ThreadPoolExecutor(_THREADS) as pool:
        for group in batched(objects, _AT_ONCE, strict=False):
            if deadline.passed:
                return None
            hits = pool.map(wanted, group)
            found.update(each.key for each, hit in zip(group, hits, strict=True) if hit)
    return found


def waiting_sentence(runs: list[str]) -> Iterator[str]:
    """What is said of pages that wait."""
    if runs:
        named = ", ".join(runs)
        yield f"Raw pages of runs that have not ended, or are not curated yet ({named}): they go once they are."
