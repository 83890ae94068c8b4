"""Works one list: answer after answer, to its rows in the bucket and its outcome."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tiktok_collector.clock import Clock
from tiktok_collector.errors import (
    AwsBusy,
    CollectorError,
    CredentialsMissing,
    CredentialsRejected,
    Fatal,
    InvalidRequest,
    InvocationStopped,
    QuotaExhausted,
    RateLimited,
    Retriable,
    ScopeMissing,
    SourceRetired,
)
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import GZIP, ObjectStore
from tiktok_collector.lake.trend_keys import trend_rows_key
from tiktok_collector.observability import Log
from tiktok_collector.patience import patiently
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.row_lines import deduplicated, encode_rows
from tiktok_collector.trend_lists.rows import TrendRow
from tiktok_collector.trend_lists.steps import Step, TrendAdapter, TrendPage
from tiktok_collector.trends.answers import NotStored, Received, TooLate, TrendAnswers
from tiktok_collector.trends.poll import OF_CREDENTIALS, UNLIMITED, Gap, GapReason, ListOutcome, Poll
from tiktok_collector.trends.stops import Failures, Stop, Stops

MOST_PAGES: Final = 100
"""A list that does not end is a defect of its source; none that is known has more than 25 pages."""
_MOST_REJECTIONS: Final = 5


@dataclass
class _Progress:
    pages: int = 0
    rows: list[TrendRow] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    total: int | None = None
    capped: bool = False
    enough: bool = False
    host: str = ""
    retrieved_at: str | None = None

    @property
    def seen(self) -> int:
        """How many rows came, readable or not, as often as they came."""
        return len(self.rows) + len(self.rejected)

    @property
    def is_short(self) -> bool:
        """Whether the source says that there are more, gives no more, and does not say that it withholds any."""
        return not (self.enough or self.capped) and self.seen < (self.total or 0)

    def add(self, received: Received) -> TrendPage:
        page = received.page
        self.pages += 1
        self.rows += page.rows
        self.rejected += page.rejected
        self.total = page.total if page.total is not None else self.total
        self.capped = self.capped or page.capped
        self.retrieved_at = received.retrieved_at
        return page


class ListWorker:
    """Works lists of one poll, in any number of threads."""

    def __init__(
        self, poll: Poll, answers: TrendAnswers, objects: ObjectStore, clock: Clock, log: Log, *, rows: int
    ) -> None:
        """Takes what is needed; no further answer of a list is asked for once `rows` rows of it are there."""
        self._rows = rows
        self._poll = poll
        self._answers = answers
        self._objects = objects
        self._stops = Stops()
        self._failures = Failures()
        self._clock = clock
        self._log = log

    def work(self, adapter: TrendAdapter, before: ListOutcome) -> ListOutcome:
        """Asks for a whole list; returns what there is of it, whatever goes wrong with the source.

        Args:
            adapter: Its source.
            before: What was there of it.

        Raises:
            InvocationStopped: table, bucket or a permission is missing.
            AwsBusy: AWS stays busy.
        """
        asked, progress = before.asked, _Progress()
        gap: Gap | None = None
        try:
            self._follow(adapter, asked, progress)
        except _Stopped as stopped:
            gap = stopped.gap
        except InvocationStopped:
            raise
        except NotStored as error:
            # The poll is over; why the list was not had before says more than that.
            known = before.gap is not None and before.gap.reason is not GapReason.NOT_REACHED
            gap = before.gap if known else self._gap(adapter, asked, progress.host, error)
        except CollectorError as error:
            gap = self._gap(adapter, asked, progress.host, error)
        tries = before.tries + 1
        if progress.pages < before.pages:
            # It was stopped before its stored answers were read again, or its source gives this caller less now.
            capped = before.capped or progress.capped
            return msgspec.structs.replace(before, tries=tries, capped=capped, gap=gap)
        return self._outcome(asked, progress, gap, tries)

    def _follow(self, adapter: TrendAdapter, asked: TrendList, progress: _Progress) -> None:
        step: Step | None = adapter.first(asked)
        while step is not None:
            progress.host = urlsplit(step.url).netloc
            if gap := self._stops.gap_for(asked, progress.host, adapter.family):
                raise _Stopped(gap)
            if progress.pages >= MOST_PAGES:
                raise Fatal(f"The list {asked.name} has not ended after {MOST_PAGES} answers; what came is kept.")
            received = self._answers.get(adapter, asked, step, repeating=self._failures.are_rare(asked))
            self._failures.note(asked, failed=False)
            step = progress.add(received).next
            if step is not None and progress.seen >= self._rows:
                progress.enough = True
                return

    def _gap(self, adapter: TrendAdapter, asked: TrendList, host: str, error: CollectorError) -> Gap:
        reason = _reason(error)
        gap = Gap(reason=reason, message=str(error))
        if reason in OF_CREDENTIALS:
            # Kinds of one source may need different credentials: hashtags an advertiser's id, sounds an account's.
            kind = asked.kind if isinstance(error, ScopeMissing | CredentialsMissing) else None
            stop = Stop(source=asked.source, kind=kind)
        elif reason is GapReason.RETIRED:
            stop = Stop(source=asked.source, kind=asked.kind, host=host)
        elif reason in UNLIMITED:
            stop = Stop(family=adapter.family)
        else:
            if reason is GapReason.SOURCE_FAILS:
                self._failures.note(asked, failed=True)
            return gap
        if self._stops.note(stop, gap):
            self._log.warning(gap.message, extra={"source": asked.source, "kind": asked.kind, "reason": reason})
        return gap

    def _outcome(self, asked: TrendList, progress: _Progress, gap: Gap | None, tries: int) -> ListOutcome:
        found = deduplicated(progress.rows)
        key = None
        if progress.pages:
            key = trend_rows_key(asked, self._poll.day, self._poll.name)
            data = gzipped(encode_rows(found.rows))
            patiently(lambda: self._objects.put_bytes(key, data, content_type=GZIP), self._clock)
        return ListOutcome(
            asked=asked,
            tries=tries,
            pages=progress.pages,
            rows=len(found.rows),
            repeated=found.repeated,
            total=progress.total,
            capped=progress.capped,
            enough=progress.enough,
            short=gap is None and progress.is_short,
            rejected=len(progress.rejected),
            rejections=tuple(progress.rejected[:_MOST_REJECTIONS]),
            rows_key=key,
            retrieved_at=progress.retrieved_at,
            gap=gap,
        )


class _Stopped(Exception):
    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.message)
        self.gap = gap


_REASONS: Final[tuple[tuple[type[CollectorError], GapReason], ...]] = (
    (CredentialsMissing, GapReason.CREDENTIALS_MISSING),
    (ScopeMissing, GapReason.CREDENTIALS_REJECTED),
    (CredentialsRejected, GapReason.CREDENTIALS_REJECTED),
    (SourceRetired, GapReason.RETIRED),
    (InvalidRequest, GapReason.REFUSED),
    (RateLimited, GapReason.RATE_LIMITED),
    (QuotaExhausted, GapReason.BUDGET),
    (TooLate, GapReason.DEADLINE),
    (NotStored, GapReason.NOT_REACHED),
    (AwsBusy, GapReason.AWS_BUSY),
    (Retriable, GapReason.SOURCE_FAILS),
)


def _reason(error: CollectorError) -> GapReason:
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), GapReason.NOT_UNDERSTOOD)
