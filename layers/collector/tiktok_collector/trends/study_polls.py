"""The study's polls: the one of this hour is worked, earlier ones whose time is over are ended."""

from datetime import date, timedelta
from typing import Final, Protocol

from tiktok_collector.clock import Clock
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import NewerVersion
from tiktok_collector.events.trends import TrendEvent, TrendStudyEvent
from tiktok_collector.leases import Lease
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.studies.study_files import StudyFiles
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trends.ingestion import PollOrder, TrendIngestion
from tiktok_collector.trends.poll import poll_of, study_run_id
from tiktok_collector.trends.report import TrendReport
from tiktok_collector.trends.summaries import TrendSummaries

NO_STUDY = "There is no study: put config/study.yaml into the bucket (docs/study.md)."
NO_TRENDS = "The study asks for no trends: set trends.enabled in config/study.yaml (docs/trends.md)."
BUSY = "Another invocation is at it; it goes on, and the next tick looks again."
BUSY_AD_HOC = "Another invocation is at it, so nothing was asked for: send this event again in a few minutes."
_LOOK_BACK_DAYS: Final = 7
"""So long after its day a poll is still ended: whatever kept the function from working may have lasted for days."""


class Ingestions(Protocol):
    """Makes the use case for one invocation; the daily budget is the study's."""

    def __call__(self, settings: TrendSettings) -> TrendIngestion:
        """The use case."""
        ...


class TrendPolls:
    """Works polls, one invocation at a time, since politeness is counted by invocation."""

    def __init__(
        self, *, files: StudyFiles, summaries: TrendSummaries, ingestions: Ingestions, lease: Lease, clock: Clock
    ) -> None:
        self._files = files
        self._summaries = summaries
        self._ingestions = ingestions
        self._lease = lease
        self._clock = clock

    def run(self, event: TrendEvent | TrendStudyEvent, *, request_id: str, deadline: Deadline) -> TrendReport:
        """Works what the event asks for; returns how far it is.

        Raises:
            InvalidRequest: the study file is not valid, and no earlier one was.
            InvocationStopped: a resource or permission is missing; what was stored is kept.
            AwsBusy: AWS stays busy; the next tick goes on.
        """
        order = self._ad_hoc(event, request_id) if isinstance(event, TrendEvent) else self._of_study()
        if isinstance(order, TrendReport):
            return order
        held = self._lease.acquire(deadline.at)
        if held is None:
            note = BUSY if isinstance(event, TrendStudyEvent) else BUSY_AD_HOC
            return TrendReport(note=note, day=order.day, poll=order.name, run_id=order.run_id)
        try:
            ingestion = self._ingestions(order.settings)
            if isinstance(event, TrendStudyEvent):
                self._end_earlier(ingestion, order, deadline)
            return ingestion.run(order, deadline)
        finally:
            self._lease.release(held)

    def _ad_hoc(self, event: TrendEvent, request_id: str) -> PollOrder:
        run_id = event.run_id or request_id
        return PollOrder(
            day=self._clock.now().date().isoformat(),
            name=run_id,
            run_id=run_id,
            work_class=WorkClass.ADHOC,
            settings=event.settings(),
        )

    def _of_study(self) -> PollOrder | TrendReport:
        current = self._files.current()
        if current is None:
            return TrendReport(note=NO_STUDY)
        if over := current.over(self._clock.now().date()):
            return TrendReport(note=over)
        settings = current.read.study.trends
        if settings is None:
            return TrendReport(note=NO_TRENDS)
        day, name = poll_of(self._clock.now(), settings.polls_per_day)
        return PollOrder(
            day=day,
            name=name,
            run_id=study_run_id(day, name),
            work_class=WorkClass.SCHEDULED,
            settings=settings,
        )

    def _end_earlier(self, ingestion: TrendIngestion, order: PollOrder, deadline: Deadline) -> None:
        """Ends the study's polls of the last days and of today whose time is over."""
        today = date.fromisoformat(order.day)
        # Oldest first: a day's summary is compared with those before it.
        for day in ((today - timedelta(days=ago)).isoformat() for ago in range(_LOOK_BACK_DAYS, -1, -1)):
            try:
                polls = self._summaries.polls(day)
            except NewerVersion:
                # Theirs to end; where they are of today, the summary of today says so.
                continue
            for poll in polls:
                over = (poll.day, poll.name) != (order.day, order.name)
                if poll.finished_at is None and poll.work_class == WorkClass.SCHEDULED and over:
                    ingestion.end(poll, deadline)
