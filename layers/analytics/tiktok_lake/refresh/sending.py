"""Requests of Batch Compliance within the quota: reserved, sent, settled like any other (docs/quota.md)."""

from collections.abc import Callable, Iterable

from tiktok_collector.collection.page_records import settled
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import (
    CollectorError,
    DailyQuotaRefused,
    Fatal,
    InvocationStopped,
    RateLimited,
    ScopeMissing,
    TokenRejected,
    Unreachable,
)
from tiktok_collector.http.answer import Answer
from tiktok_collector.patience import patiently
from tiktok_collector.quota.admission import used_up
from tiktok_collector.quota.entry import Outcome, UsageEntry, unanswered
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.reservation import Reservation
from tiktok_collector.research_api import compliance
from tiktok_collector.research_api.answers import Explanation, explain
from tiktok_collector.research_api.compliance import Category, NoAccess, Standing
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.tokens.access_token import AccessToken

type Send = Callable[[AccessToken, float], Answer]


class OutOfTime(CollectorError):
    """This invocation ends too soon for another request."""


class ComplianceRequests:
    """Sends the requests of one round. `sent` counts them, also those that failed.

    Every method raises:
        NoAccess: this client may not use Batch Compliance.
        QuotaExhausted: nothing may be sent before `resume_at`.
        RateLimited: everyone pauses already.
        OutOfTime: the invocation ends soon.
        InvocationStopped: the client's credentials are missing or refused.
        CollectorError: what the answer says; the request is settled.
    """

    def __init__(self, services: CollectionServices, run_id: str, deadline: Deadline) -> None:
        self._services = services
        self._clock = services.clock
        self._run_id = run_id
        self._deadline = deadline
        self.sent = 0

    def create(self, step: str, category: Category, ids: Iterable[int]) -> str:
        """Sends a file of ids; returns the id of the task."""
        form = compliance.form_of(category, ids)

        def send(token: AccessToken, timeout: float) -> Answer:
            return self._services.client.upload(compliance.CREATE, form, token.value, timeout_seconds=timeout)

        return self._ask(step, compliance.CREATE, send, compliance.read_task_id)

    def standing(self, step: str, task_id: str) -> Standing:
        """How far a task is."""
        return self._ask(step, compliance.STATUS, self._about(compliance.STATUS, task_id), compliance.read_standing)

    def valid_ids(self, step: str, task_id: str) -> frozenset[int]:
        """The ids of a completed task that are still valid."""
        return self._ask(
            step, compliance.DOWNLOAD, self._about(compliance.DOWNLOAD, task_id), compliance.read_valid_ids
        )

    def _about(self, endpoint: Endpoint, task_id: str) -> Send:
        def send(token: AccessToken, timeout: float) -> Answer:
            body = compliance.task_body(task_id)
            return self._services.client.send(endpoint, body, token.value, timeout_seconds=timeout)

        return send

    def _ask[Result](self, step: str, endpoint: Endpoint, send: Send, read: Callable[[Answer], Result]) -> Result:
        token = _token(self._services.tokens.get)
        try:
            try:
                return self._once(step, endpoint, send, read, token)
            except TokenRejected:
                renewed = _token(lambda: self._services.tokens.renew(token))
                return self._once(step, endpoint, send, read, renewed)
        except ScopeMissing as error:
            raise NoAccess(str(error)) from error

    def _once[Result](
        self, step: str, endpoint: Endpoint, send: Send, read: Callable[[Answer], Result], token: AccessToken
    ) -> Result:
        timeout = self._deadline.request_timeout()
        if timeout is None:
            raise OutOfTime("The invocation ends; the next one goes on.")
        (reservation,) = self._services.ledger.reserve(Family.RESEARCH, WorkClass.SCHEDULED)
        entry = reservation.entry(run_id=self._run_id, task_id=step, endpoint=endpoint.name)
        try:
            answer = send(token, timeout)
        except Unreachable:
            self._services.ledger.give_back([reservation])
            raise
        except CollectorError as error:
            self._settle(reservation, settled(entry, None, explain(error), unanswered(error)))
            raise
        try:
            result = read(answer)
        except CollectorError as error:
            outcome: Outcome = "refused" if isinstance(error, RateLimited | DailyQuotaRefused) else "failed"
            self._settle(reservation, settled(entry, answer, explain(answer), outcome))
            self._heed(error, reservation)
            raise
        self._settle(reservation, settled(entry, answer, Explanation(None, None, None), "ok"))
        return result

    def _heed(self, error: CollectorError, reservation: Reservation) -> None:
        if isinstance(error, RateLimited):
            self._services.ledger.pause(Family.RESEARCH, self._clock.now() + error.retry_after)
        if isinstance(error, DailyQuotaRefused):
            resume_at = self._services.ledger.close(Family.RESEARCH, reservation.day)
            raise used_up(Family.RESEARCH, reservation.day, resume_at) from error

    def _settle(self, reservation: Reservation, entry: UsageEntry) -> None:
        self.sent += 1
        patiently(lambda: self._services.ledger.settle(reservation, entry), self._clock)


def _token(get: Callable[[], AccessToken]) -> AccessToken:
    try:
        return get()
    except Fatal as error:
        # The client's credentials: nothing can be sent, whatever is asked.
        raise InvocationStopped(str(error)) from error
