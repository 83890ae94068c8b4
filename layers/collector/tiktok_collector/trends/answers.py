"""One answer of a list: adopted where it is stored already, else asked for within the budget, stored, and settled."""

from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import Clock, iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import AlreadyCommitted, CollectorError, QuotaExhausted, RateLimited, Retriable
from tiktok_collector.http.answer import Answer
from tiktok_collector.lake.raw_pages import PageEnvelope, RawPageStore, body_sha256, encode_page
from tiktok_collector.lake.trend_keys import trend_page_key
from tiktok_collector.observability import Log
from tiktok_collector.patience import patiently
from tiktok_collector.quota.entry import Outcome, UsageEntry, unanswered
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.quota.reservation import Reservation
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.steps import Step, TrendAdapter, TrendPage
from tiktok_collector.trends.pacing import Pace
from tiktok_collector.trends.poll import Poll

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests
    from pydantic import SecretStr

    from tiktok_collector.http.client import HttpClient  # loaded with the first request

_PAUSES_SECONDS: Final = (2.0, 8.0)
_MOST_PATIENCE: Final = timedelta(seconds=90)
"""A source that asks for a longer pause is left alone until the next tick."""


class TooLate(CollectorError):
    """The invocation ends before the request could; the next tick goes on."""


class NotStored(CollectorError):
    """The answer is not stored, and nothing is to be sent."""


@dataclass(frozen=True, slots=True)
class Received:
    """A stored answer, read."""

    page: TrendPage
    retrieved_at: str


class TrendAnswers:
    """Gets answers for one poll. Safe for any number of threads, each with lists of its own."""

    def __init__(
        self,
        poll: Poll,
        *,
        ledger: QuotaLedger,
        http: "HttpClient",
        store: RawPageStore,
        pace: Pace,
        deadline: Deadline,
        clock: Clock,
        log: Log,
        resuming: bool,
        sending: bool = True,
    ) -> None:
        """Takes what is needed; `resuming`: answers may be stored already; not `sending`: nothing else is wanted."""
        self._poll = poll
        self._ledger = ledger
        self._http = http
        self._store = store
        self._pace = pace
        self._deadline = deadline
        self._clock = clock
        self._log = log
        self._resuming = resuming
        self._sending = sending
        self._sent = 0
        self._lock = Lock()

    @property
    def sent(self) -> int:
        """How many requests were reserved so far."""
        with self._lock:
            return self._sent

    def get(self, adapter: TrendAdapter, asked: TrendList, step: Step, *, repeating: bool = True) -> Received:
        """The answer to `step`, which is stored when this returns; only with `repeating` is a failure tried again.

        Raises:
            TooLate: too little time is left.
            NotStored: it is not there and nothing is sent.
            QuotaExhausted: the day's budget is used up.
            RateLimited: the source wants a longer pause than is worth waiting for.
            CollectorError: what `adapter.read` or `HttpClient.send` say, after a few tries where they may pass.
        """
        if self._resuming and (stored := self._stored(adapter, asked, step)):
            return stored
        if not self._sending:
            raise NotStored("The poll has ended before this was asked for.")
        for pause in _PAUSES_SECONDS:
            try:
                return self._ask(adapter, asked, step)
            except RateLimited as error:
                self._hold(adapter, error)
            except Retriable:
                if not repeating or not self._deadline.allows(timedelta(seconds=pause)):
                    raise
                self._clock.sleep(pause)
        return self._ask(adapter, asked, step)

    def _hold(self, adapter: TrendAdapter, error: RateLimited) -> None:
        """Lets everybody wait, other functions too; the error where that takes too long."""
        self._pace.hold(adapter.family, error.retry_after)
        self._ledger.pause(adapter.family, self._clock.now() + error.retry_after)
        if error.retry_after > _MOST_PATIENCE or not self._deadline.allows(error.retry_after):
            raise error

    def _ask(self, adapter: TrendAdapter, asked: TrendList, step: Step) -> Received:
        if (pause := self._pace.pause_left(adapter.family)) > _MOST_PATIENCE:
            seconds = round(pause.total_seconds())
            raise RateLimited(
                f"The source wants a pause, of which {seconds} s are left; a later run goes on.", retry_after=pause
            )
        if not self._pace.wait(adapter.family) or (timeout := self._deadline.request_timeout()) is None:
            raise TooLate("The invocation ends before another request could; the next tick goes on.")
        reservation = self._reserve(adapter)
        with self._lock:
            self._sent += 1
        entry = reservation.entry(run_id=self._poll.run_id, task_id=asked.name, endpoint=step.endpoint)
        try:
            answer = self._http.send(
                step.method,
                step.url,
                auth=_Headers(adapter.headers(step)),
                timeout_seconds=timeout,
                params=step.params,
                body=step.body,
            )
        except CollectorError as error:
            self._settle(reservation, entry, unanswered(error), error_message=str(error))
            raise
        entry = msgspec.structs.replace(
            entry, sent_at=answer.sent_at, http_status=answer.status, latency_ms=answer.latency_ms
        )
        retrieved_at = iso(answer.sent_at + timedelta(milliseconds=answer.latency_ms))
        try:
            page = adapter.read(asked, step, answer, retrieved_at)
        except CollectorError as error:
            outcome: Outcome = "refused" if isinstance(error, RateLimited) else "failed"
            self._settle(reservation, entry, outcome, error_code=type(error).__name__, error_message=str(error))
            raise
        key = trend_page_key(asked, self._poll.day, self._poll.name, step.page)
        envelope = self._envelope(
            asked,
            step,
            answer,
            has_more=page.next is not None,
            reservation=reservation,
            retrieved_at=retrieved_at,
        )
        data = encode_page(envelope, answer.body)
        try:
            patiently(lambda: self._store.put(key, data), self._clock)
        except AlreadyCommitted:
            self._settle(reservation, entry, "ok", records=len(page.rows))
            if stored := self._stored(adapter, asked, step):
                return stored
            raise
        self._settle(reservation, entry, "ok", records=len(page.rows), key=key)
        said = {"run_id": entry.run_id, "task_id": entry.task_id, "page": step.page, "request_id": entry.request_id}
        self._log.info("page committed", extra={**said, "endpoint": step.endpoint, "rows": len(page.rows)})
        return Received(page, retrieved_at)

    def _reserve(self, adapter: TrendAdapter) -> Reservation:
        try:
            return self._ledger.reserve(adapter.family, WorkClass(self._poll.work_class))[0]
        except QuotaExhausted as error:
            # Another thread or function was asked to wait a moment: so do we.
            if (pause := error.resume_at - self._clock.now()) > _MOST_PATIENCE:
                raise
            raise RateLimited(str(error), retry_after=pause) from error

    def _stored(self, adapter: TrendAdapter, asked: TrendList, step: Step) -> Received | None:
        found = self._store.get(trend_page_key(asked, self._poll.day, self._poll.name, step.page))
        if found is None:
            return None
        envelope, body = found
        answer = Answer(
            status=envelope.http_status,
            body=body,
            headers={},
            sent_at=self._clock.now(),
            latency_ms=0,
            retry_after=None,
            request=envelope.request,
        )
        return Received(adapter.read(asked, step, answer, envelope.retrieved_at), envelope.retrieved_at)

    def _settle(self, reservation: Reservation, entry: UsageEntry, outcome: Outcome, **said: object) -> None:
        settled = msgspec.structs.replace(entry, outcome=outcome, **said)
        patiently(lambda: self._ledger.settle(reservation, settled), self._clock)

    def _envelope(
        self,
        asked: TrendList,
        step: Step,
        answer: Answer,
        *,
        has_more: bool,
        reservation: Reservation,
        retrieved_at: str,
    ) -> PageEnvelope:
        return PageEnvelope(
            collector=__version__,
            source=asked.source,
            endpoint=step.endpoint,
            entity=asked.kind,
            url=step.url,
            request=step.body if step.body is not None else dict(step.params),
            retrieved_at=retrieved_at,
            run_id=self._poll.run_id,
            task_id=asked.name,
            generation=0,
            page=step.page,
            request_id=reservation.request_id,
            day=reservation.day,
            family=reservation.family,
            has_more=has_more,
            http_status=answer.status,
            body_sha256=body_sha256(answer.body),
            body_bytes=len(answer.body),
        )


class _Headers:
    """An adapter's headers as an auth object, so that no entry of ~/.netrc replaces any of them."""

    def __init__(self, headers: "Mapping[str, SecretStr | str]") -> None:
        self._headers = headers

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        for name, value in self._headers.items():
            request.headers[name] = value if isinstance(value, str) else value.get_secret_value()
        return request
