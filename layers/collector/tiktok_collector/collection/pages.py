"""The pages of tasks: fetched within the quota, or adopted where an earlier worker stored them.

Reserve, send, store as received, then go on. The stored object carries all that is needed to repeat the reading and to
settle the requests, so a crash after the store costs no further request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from tiktok_collector.clock import Clock
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.page_records import entry_of, envelope_of, good_entry, page_key, work_class_of
from tiktok_collector.collection.paginator import PageFacts
from tiktok_collector.collection.reservations import Reservations
from tiktok_collector.errors import (
    AlreadyCommitted,
    CollectorError,
    DailyQuotaRefused,
    Observation,
    RateLimited,
    Unreachable,
)
from tiktok_collector.http.answer import Answer
from tiktok_collector.lake.raw_pages import RawPage, RawPageStore, encode_pages
from tiktok_collector.patience import patiently
from tiktok_collector.quota.admission import used_up
from tiktok_collector.quota.budget import is_carried
from tiktok_collector.quota.entry import Outcome, UsageEntry, unanswered
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.quota.reservation import Reservation
from tiktok_collector.research_api.answers import Frame, explain, read_frame
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.research_api.rows import TypedPage, Video, read_rows
from tiktok_collector.tasks.task import Progress, Task
from tiktok_collector.tokens.access_token import AccessToken

if TYPE_CHECKING:
    from tiktok_collector.research_api.client import ResearchApiClient


@dataclass(frozen=True, slots=True)
class Page:
    """A page, read: its rows as decoded and with types, and the entry that settles its request.

    `key` is of the object that holds it, or is to hold it.
    """

    key: str
    raw: RawPage
    frame: Frame
    typed: TypedPage
    reservation: Reservation
    entry: UsageEntry

    def facts(self) -> PageFacts:
        """What pagination needs to know of it."""
        return PageFacts(
            cursor=self.frame.cursor,
            search_id=self.frame.search_id,
            has_more=self.frame.has_more,
            rows=len(self.frame.rows),
            ids=[row.id for row in self.typed.rows if isinstance(row, Video)],
            broken_ids=[each.id for each in self.typed.quarantined if each.id is not None],
            quarantined=len(self.typed.quarantined),
            unknown_fields=dict(self.typed.unknown_fields),
        )


class PageSource:
    """Gets the pages of tasks: from the API within the quota, or from the bucket where they are already."""

    def __init__(
        self,
        ledger: QuotaLedger,
        reservations: Reservations,
        client: "ResearchApiClient",
        store: RawPageStore,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._reservations = reservations
        self._client = client
        self._store = store
        self._reader = PageReader(store)
        self._clock = clock

    def stored(self, task: Task, endpoint: Endpoint) -> list[Page]:
        """The pages from the one on that should be next, as far as an earlier worker stored them with it.

        No request is spent. None if it did not store that one.
        """
        pages = []
        for found in self._reader.find(page_key(task, endpoint)):
            envelope = found.envelope
            reservation = Reservation(
                request_id=envelope.request_id,
                day=envelope.day,
                family=endpoint.family,
                work_class=work_class_of(task),
                reserved_at=found.answer.sent_at,
                probe=False,
            )
            entry = good_entry(task, endpoint, reservation, found.answer, found.frame, key=found.key)
            raw = (envelope, found.answer.body)
            pages.append(Page(found.key, raw, found.frame, found.typed, reservation, entry))
        return pages

    def fetch(
        self,
        task: Task,
        endpoint: Endpoint,
        progress: Progress,
        *,
        body: dict[str, Any],
        token: AccessToken,
        timeout_seconds: float,
    ) -> Page:
        """The page at `progress` from the API, to be stored under the task's checkpoint. One request is sent.

        Raises:
            CollectorError: what the answer or the ledger says (see `errors`); the request is settled already. After
                `RateLimited` it is the caller who lets everyone pause, for as long as is known to help.
        """
        reservation, answer, frame = self._answer(task, endpoint, body, token, timeout_seconds)
        key = page_key(task, endpoint)
        url = self._client.url(endpoint)
        envelope = envelope_of(task, endpoint, progress, url=url, answer=answer, frame=frame, reservation=reservation)
        entry = good_entry(task, endpoint, reservation, answer, frame, key=key)
        return Page(key, (envelope, answer.body), frame, read_rows(endpoint, frame.rows), reservation, entry)

    def store(self, pages: Sequence[Page]) -> None:
        """Stores pages that follow one another in one object.

        Raises:
            AlreadyCommitted: another worker's pages stand there; these are settled as requests without a page.
            AwsBusy: S3 failed; nothing of them is kept.
            MissingResource: the bucket is absent or may not be written.
        """
        key, data = pages[0].key, encode_pages([page.raw for page in pages])
        try:
            patiently(lambda: self._store.put(key, data), self._clock)
        except AlreadyCommitted:
            existing = self._store.get_all(key)
            if not existing or existing[0][0].request_id != pages[0].reservation.request_id:
                # Another worker's pages stand; ours are settled as what they were, requests without a page.
                self._settle(pages, keep_key=False)
                raise

    def ask(
        self, task: Task, endpoint: Endpoint, body: dict[str, Any], token: AccessToken, timeout_seconds: float
    ) -> None:
        """Asks something whose answer is not kept; returns if it is a good one. Reserved and settled like any other.

        Raises:
            CollectorError: as `fetch`; after `RateLimited` everyone pauses already.
        """
        try:
            reservation, answer, frame = self._answer(task, endpoint, body, token, timeout_seconds)
        except RateLimited as error:
            self._reservations.pause(endpoint.family, self._clock.now() + error.retry_after)
            raise
        self._settle_one(reservation, good_entry(task, endpoint, reservation, answer, frame, key=None))

    def settle(self, pages: Sequence[Page]) -> None:
        """Writes the usage-log entries of committed pages; may be repeated."""
        self._settle(pages, keep_key=True)

    def _settle(self, pages: Sequence[Page], *, keep_key: bool) -> None:
        for _, group in groupby(pages, key=lambda page: page.entry.day):
            first, *others = group
            entries = [each.entry for each in (first, *others)]
            if not keep_key:
                entries = [msgspec.structs.replace(entry, key=None) for entry in entries]
            if others:
                self._patiently_together(entries)
            else:
                self._settle_one(first.reservation, entries[0])

    def _settle_one(self, reservation: Reservation, entry: UsageEntry) -> None:
        # Patiently: without its entry the request would count as of unknown fate.
        patiently(lambda: self._ledger.settle(reservation, entry), self._clock)

    def _patiently_together(self, entries: Sequence[UsageEntry]) -> None:
        patiently(lambda: self._ledger.settle_together(entries), self._clock)

    def _answer(
        self, task: Task, endpoint: Endpoint, body: dict[str, Any], token: AccessToken, timeout_seconds: float
    ) -> tuple[Reservation, Answer, Frame]:
        carried = is_carried(task.spec.work_class, task.spec.dt, self._clock.now().date())
        reservation = self._reservations.take(endpoint.family, work_class_of(task), carried=carried)
        try:
            answer = self._client.send(endpoint, body, token.value, timeout_seconds=timeout_seconds)
        except Unreachable:
            self._reservations.unsent(reservation)
            raise
        except CollectorError as error:
            entry = entry_of(task, endpoint, reservation, None, explain(error), outcome=unanswered(error))
            self._settle_one(reservation, entry)
            raise
        try:
            frame = read_frame(endpoint, answer)
        except CollectorError as error:
            self._on_error_answer(task, endpoint, reservation, answer, error)
            raise
        return reservation, answer, frame

    def _on_error_answer(
        self, task: Task, endpoint: Endpoint, reservation: Reservation, answer: Answer, error: CollectorError
    ) -> None:
        outcome: Outcome = "failed"
        if isinstance(error, Observation):
            outcome = "ok"
        elif isinstance(error, RateLimited | DailyQuotaRefused):
            outcome = "refused"
            self._reservations.withdraw(endpoint.family)
        self._settle_one(reservation, entry_of(task, endpoint, reservation, answer, explain(answer), outcome=outcome))
        if isinstance(error, DailyQuotaRefused):
            resume_at = self._ledger.close(endpoint.family, reservation.day)
            raise used_up(endpoint.family, reservation.day, resume_at) from error
