"""The use case of `trend_ingestion`: work a poll as far as this invocation gets, and renew the day's summary."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from tiktok_collector.clock import Clock, iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import CollectorError, Fatal, InvocationStopped
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.observability import Log
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.asking import Refused, lists_of
from tiktok_collector.trend_lists.kinds import UNOFFICIAL, TrendSource
from tiktok_collector.trend_lists.steps import TrendAdapter
from tiktok_collector.trend_lists.summary import Summary
from tiktok_collector.trends.answers import TrendAnswers
from tiktok_collector.trends.lists import ListWorker
from tiktok_collector.trends.pacing import Pace
from tiktok_collector.trends.poll import (
    OF_CREDENTIALS,
    TRIED_AGAIN,
    UNLIMITED,
    Gap,
    GapReason,
    ListOutcome,
    Poll,
    Refusal,
    not_reached,
)
from tiktok_collector.trends.report import TrendReport, report_of
from tiktok_collector.trends.summaries import TrendSummaries

if TYPE_CHECKING:
    from tiktok_collector.http.client import HttpClient  # loaded with the first request


@dataclass(frozen=True, kw_only=True)
class PollOrder:
    """Which poll is to be worked: its place in the bucket, whose work it is, and what it asks for."""

    day: str
    name: str
    run_id: str
    work_class: WorkClass
    settings: TrendSettings


class TrendIngestion:
    """Works polls; one invocation at a time per poll."""

    def __init__(
        self,
        *,
        adapters: Mapping[TrendSource, TrendAdapter],
        credentials: str | None,
        ledger: QuotaLedger,
        http: "HttpClient",
        pages: RawPageStore,
        objects: ObjectStore,
        summaries: TrendSummaries,
        clock: Clock,
        threads: int,
        spacing: timedelta,
        log: Log,
    ) -> None:
        """Takes what is needed; `credentials` names the version of the secret that the adapters have."""
        self._adapters = adapters
        self._credentials = credentials
        self._ledger = ledger
        self._http = http
        self._pages = pages
        self._objects = objects
        self._summaries = summaries
        self._clock = clock
        self._threads = threads
        self._spacing = spacing
        self._log = log

    def run(self, order: PollOrder, deadline: Deadline) -> TrendReport:
        """Asks for what the poll still lacks; what is complete, or hopeless until something changes, is left alone.

        Raises:
            InvocationStopped: table, bucket or a permission is missing; what was stored is kept.
            AwsBusy: AWS stays busy; the next tick goes on.
        """
        known, resuming = self._known(order)
        asked = lists_of(order.settings)
        poll = known or self._new(order)
        new_credentials = poll.credentials != self._credentials
        poll = poll.with_outcomes(not_reached(each) for each in asked.lists if each not in poll.asked())
        may_come = {each.asked: each for each in poll.open_lists(new_credentials=new_credentials)}
        left = [may_come[each] for each in asked.lists if each in may_come]
        refused = _refusals(asked.refused, order.settings)
        if known and known.finished_at and not left and known.refused == refused:
            return report_of(poll, None, requests=0)
        # Killed with the new credentials noted and these lists as they were, it would never ask for them again.
        left = [_asked_anew(each) for each in left]
        poll = poll.with_outcomes(left)
        poll = msgspec.structs.replace(poll, credentials=self._credentials, refused=refused)
        requests = poll.requests
        poll = self._worked(poll, left, deadline, resuming=resuming, sending=True)
        return report_of(poll, self._closed(poll), requests=poll.requests - requests)

    def end(self, poll: Poll, deadline: Deadline) -> None:
        """Ends a poll whose time is over: what is stored becomes rows, what is not there is said to be missing.

        Raises:
            InvocationStopped: as `run`.
            AwsBusy: as `run`.
        """
        # Whatever a list lacked before, a killed invocation may have stored more answers of it.
        may_be_stored = UNLIMITED | TRIED_AGAIN
        left = [each for each in poll.lists if each.gap is not None and each.gap.reason in may_be_stored]
        self._closed(self._worked(poll, left, deadline, resuming=True, sending=False), over=True)

    def _known(self, order: PollOrder) -> tuple[Poll | None, bool]:
        """The poll so far, and whether answers of it may be stored; one that cannot be read begins again with those."""
        try:
            known = self._summaries.poll(order.day, order.name)
        except InvocationStopped:
            raise
        except Fatal as error:
            self._log.warning("a poll begins again", extra={"reason": str(error)})
            return None, True
        return known, known is not None

    def _new(self, order: PollOrder) -> Poll:
        now = iso(self._clock.now())
        return Poll(
            day=order.day,
            name=order.name,
            run_id=order.run_id,
            work_class=order.work_class,
            started_at=now,
            updated_at=now,
            credentials=self._credentials,
            rows=order.settings.rows,
        )

    def _worked(
        self, poll: Poll, left: Sequence[ListOutcome], deadline: Deadline, *, resuming: bool, sending: bool
    ) -> Poll:
        """The poll after `left` was asked for; stored before, so that a killed one is known, and after."""
        poll = msgspec.structs.replace(poll, finished_at=None)
        self._summaries.store_poll(poll)
        answers = TrendAnswers(
            poll,
            ledger=self._ledger,
            http=self._http,
            store=self._pages,
            pace=Pace(self._clock, deadline, self._spacing),
            deadline=deadline,
            clock=self._clock,
            log=self._log,
            resuming=resuming,
            sending=sending,
        )
        worker = ListWorker(poll, answers, self._objects, self._clock, self._log, rows=poll.rows)
        done: list[ListOutcome] = []
        failures: list[CollectorError] = []
        with ThreadPoolExecutor(self._threads) as pool:
            futures = [pool.submit(worker.work, self._adapters[each.asked.source], each) for each in left]
            for future in as_completed(futures):
                try:
                    done.append(future.result())
                except CancelledError:
                    continue
                except CollectorError as error:
                    failures.append(error)
                    pool.shutdown(wait=False, cancel_futures=True)
        poll = poll.with_outcomes(done)
        poll = msgspec.structs.replace(poll, updated_at=iso(self._clock.now()), requests=poll.requests + answers.sent)
        self._summaries.store_poll(poll)
        if failures:
            raise failures[0]
        return poll

    def _closed(self, poll: Poll, *, over: bool = False) -> Summary:
        """The day's summary with the poll, which is finished now if nothing more can come of it."""
        summary = self._summaries.write(poll.day)
        if over or not poll.open_lists():
            self._summaries.store_poll(msgspec.structs.replace(poll, finished_at=iso(self._clock.now())))
        return summary


def _asked_anew(outcome: ListOutcome) -> ListOutcome:
    """The outcome of a list that lacked credentials, now that there are others."""
    if outcome.gap is None or outcome.gap.reason not in OF_CREDENTIALS:
        return outcome
    return msgspec.structs.replace(outcome, gap=not_reached(outcome.asked).gap)


def _refusals(refused: Iterable[Refused], settings: TrendSettings) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(source=each.source, kind=each.kind, gap=Gap(reason=_refused_for(each, settings), message=each.why))
        for each in refused
    )


def _refused_for(refused: Refused, settings: TrendSettings) -> GapReason:
    unread = refused.source in UNOFFICIAL and not settings.acknowledge_unofficial_terms
    return GapReason.NOT_ACKNOWLEDGED if unread else GapReason.NOT_OFFERED
