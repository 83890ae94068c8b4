"""A committed page: fetched within the quota, or adopted where an earlier worker stored it.

Reserve, send, store as received, then read. The stored object carries all that is needed to repeat the reading and to
settle the request, so a crash after the store costs no further request.
"""

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import Clock, iso, utc_day
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.paginator import PageFacts
from tiktok_collector.errors import (
    AlreadyCommitted,
    CollectorError,
    DailyQuotaRefused,
    Observation,
    QuotaExhausted,
    RateLimited,
    Retriable,
    Unreachable,
)
from tiktok_collector.http.answer import Answer
from tiktok_collector.lake.keys import SOURCE, raw_page_key
from tiktok_collector.lake.raw_pages import PageEnvelope, RawPageStore, body_sha256, encode_page
from tiktok_collector.patience import patiently
from tiktok_collector.quota.budget import is_carried
from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.ledger import QuotaLedger, Reservation
from tiktok_collector.research_api.answers import Explanation, Frame, explain, read_frame
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.research_api.rows import TypedPage, Video, read_rows
from tiktok_collector.tasks.task import Task
from tiktok_collector.tokens.access_token import AccessToken

if TYPE_CHECKING:
    from tiktok_collector.research_api.client import ResearchApiClient

NEAR_MIDNIGHT: Final = timedelta(hours=1)
"""The longest turn of the day that can be set (`LedgerSettings.turn_of_day_seconds`)."""


@dataclass(frozen=True, slots=True)
class Page:
    """A stored page, read: its rows as decoded and with types, and the entry that settles its request."""

    key: str
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

    def __init__(self, ledger: QuotaLedger, client: "ResearchApiClient", store: RawPageStore, clock: Clock) -> None:
        self._ledger = ledger
        self._client = client
        self._store = store
        self._reader = PageReader(store)
        self._clock = clock
        self._lock = threading.Lock()
        self._unsent: list[Reservation] = []

    def stored(self, task: Task, endpoint: Endpoint) -> Page | None:
        """The page that should be next, if an earlier worker stored it: no request is spent."""
        found = self._reader.find(page_key(task, endpoint))
        if found is None:
            return None
        envelope = found.envelope
        reservation = Reservation(
            request_id=envelope.request_id,
            day=envelope.day,
            family=Family(envelope.family),
            work_class=work_class_of(task),
            reserved_at=found.answer.sent_at,
            probe=False,
        )
        return _page(task, endpoint, found.answer, found.frame, reservation)

    def fetch(
        self, task: Task, endpoint: Endpoint, body: dict[str, Any], token: AccessToken, timeout_seconds: float
    ) -> Page:
        """The next page from the API, stored before it is read. Exactly one request is reserved and sent.

        Raises:
            CollectorError: what the answer or the ledger says (see `errors`); the request is settled already. After
                `RateLimited` it is the caller who lets everyone pause, for as long as is known to help.
        """
        reservation, answer, frame = self._answer(task, endpoint, body, token, timeout_seconds)
        self._put(task, endpoint, answer, frame, reservation)
        return _page(task, endpoint, answer, frame, reservation)

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
            self._ledger.pause(endpoint.family, self._clock.now() + error.retry_after)
            raise
        self.settle_request(reservation, _ok_entry(task, endpoint, reservation, answer, frame, key=None))

    def settle(self, page: Page) -> None:
        """Writes the usage-log entry of a committed page; may be repeated."""
        self.settle_request(page.reservation, page.entry)

    def settle_request(self, reservation: Reservation, entry: UsageEntry) -> None:
        """Writes an entry, patiently: without it the request would count as of unknown fate."""
        patiently(lambda: self._ledger.settle(reservation, entry), self._clock)

    def _answer(
        self, task: Task, endpoint: Endpoint, body: dict[str, Any], token: AccessToken, timeout_seconds: float
    ) -> tuple[Reservation, Answer, Frame]:
        reservation = self._reserve(task, endpoint)
        try:
            answer = self._client.send(endpoint, body, token.value, timeout_seconds=timeout_seconds)
        except Unreachable:
            with self._lock:
                self._unsent.append(reservation)
            raise
        except CollectorError as error:
            fate_known = isinstance(error, Retriable) and error.fate_known
            outcome: Outcome = "failed" if fate_known else "unknown"
            self.settle_request(reservation, _entry(task, endpoint, reservation, None, explain(error), outcome=outcome))
            raise
        try:
            frame = read_frame(endpoint, answer)
        except CollectorError as error:
            self._on_error_answer(task, endpoint, reservation, answer, error)
            raise
        return reservation, answer, frame

    def _reserve(self, task: Task, endpoint: Endpoint) -> Reservation:
        now = self._clock.now()
        # Reserved long before midnight, it could be sent while nothing may be.
        near_midnight = utc_day(now - NEAR_MIDNIGHT) != utc_day(now + NEAR_MIDNIGHT)
        with self._lock:
            for position, unsent in enumerate(self._unsent):
                fits = (unsent.day, unsent.family, unsent.work_class)
                if fits == (utc_day(now), endpoint.family, work_class_of(task)) and not near_midnight:
                    return self._unsent.pop(position)
        carried = is_carried(task.spec.work_class, task.spec.dt, now.date())
        return self._ledger.reserve(endpoint.family, work_class_of(task), carried=carried)[0]

    def _on_error_answer(
        self, task: Task, endpoint: Endpoint, reservation: Reservation, answer: Answer, error: CollectorError
    ) -> None:
        outcome: Outcome = "failed"
        if isinstance(error, Observation):
            outcome = "ok"
        elif isinstance(error, RateLimited | DailyQuotaRefused):
            outcome = "refused"
        self.settle_request(reservation, _entry(task, endpoint, reservation, answer, explain(answer), outcome=outcome))
        if isinstance(error, DailyQuotaRefused):
            resume_at = self._ledger.close(endpoint.family, reservation.day)
            raise QuotaExhausted(
                f"TikTok says that the {endpoint.family} quota of {reservation.day} is used up; it is tried again at "
                f"{iso(resume_at)}.",
                resume_at=resume_at,
            ) from error

    def _put(self, task: Task, endpoint: Endpoint, answer: Answer, frame: Frame, reservation: Reservation) -> None:
        progress = task.progress
        envelope = PageEnvelope(
            collector=__version__,
            source=SOURCE,
            endpoint=endpoint.name,
            entity=endpoint.entity,
            url=self._client.url(endpoint),
            request=dict(answer.request),
            retrieved_at=iso(answer.sent_at + timedelta(milliseconds=answer.latency_ms)),
            run_id=task.run_id,
            task_id=task.task_id,
            generation=progress.generation,
            page=progress.page,
            request_id=reservation.request_id,
            day=reservation.day,
            family=reservation.family,
            cursor_in=progress.cursor,
            cursor_out=frame.cursor,
            search_id_in=progress.search_id,
            search_id_out=frame.search_id,
            has_more=frame.has_more,
            http_status=answer.status,
            log_id=frame.log_id,
            body_sha256=body_sha256(answer.body),
            body_bytes=len(answer.body),
            collections=task.spec.collections,
        )
        key = page_key(task, endpoint)
        data = encode_page(envelope, answer.body)
        try:
            patiently(lambda: self._store.put(key, data), self._clock)
        except AlreadyCommitted:
            existing = self._store.get(key)
            if existing is None or existing[0].request_id != reservation.request_id:
                # Another worker's page stands; ours is settled as what it was, a request without a page of its own.
                self.settle_request(reservation, _ok_entry(task, endpoint, reservation, answer, frame, key=None))
                raise


def _page(task: Task, endpoint: Endpoint, answer: Answer, frame: Frame, reservation: Reservation) -> Page:
    key = page_key(task, endpoint)
    entry = _ok_entry(task, endpoint, reservation, answer, frame, key=key)
    return Page(key, frame, read_rows(endpoint, frame.rows), reservation, entry)


def _ok_entry(
    task: Task, endpoint: Endpoint, reservation: Reservation, answer: Answer, frame: Frame, *, key: str | None
) -> UsageEntry:
    said = Explanation(error_code=None, error_message=None, log_id=frame.log_id)
    entry = _entry(task, endpoint, reservation, answer, said, outcome="ok")
    return msgspec.structs.replace(entry, records=len(frame.rows), key=key)


def _entry(
    task: Task,
    endpoint: Endpoint,
    reservation: Reservation,
    answer: Answer | None,
    said: Explanation,
    *,
    outcome: Outcome,
) -> UsageEntry:
    return UsageEntry(
        request_id=reservation.request_id,
        day=reservation.day,
        family=reservation.family,
        work_class=reservation.work_class,
        run_id=task.run_id,
        task_id=task.task_id,
        endpoint=endpoint.name,
        sent_at=answer.sent_at if answer else reservation.reserved_at,
        http_status=answer.status if answer else None,
        outcome=outcome,
        error_code=said.error_code,
        error_message=said.error_message,
        log_id=said.log_id,
        latency_ms=answer.latency_ms if answer else 0,
        collections=task.spec.collections,
    )


def page_key(task: Task, endpoint: Endpoint) -> str:
    """The key of the task's next page."""
    return raw_page_key(
        entity=endpoint.entity,
        dt=task.spec.dt.isoformat(),
        run_id=task.run_id,
        task_id=task.task_id,
        generation=task.progress.generation,
        page=task.progress.page,
    )


def work_class_of(task: Task) -> WorkClass:
    """Whose share of the quota the task draws on."""
    return WorkClass(task.spec.work_class)
