"""One invocation of `data_refresh`: what is under way goes on, and once a day a new round takes what has fallen due."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tiktok_collector.clock import from_iso, iso, utc_day
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.observability import Log
from tiktok_collector.studies.study_files import CurrentStudy, StudyFiles
from tiktok_lake.deletion.certificate import Certificate
from tiktok_lake.deletion.orders import OrderStore
from tiktok_lake.deletion.retention import Retention
from tiktok_lake.deletions_begun import deletion_under_way
from tiktok_lake.keys import certificate_key
from tiktok_lake.lease import LakeBusy
from tiktok_lake.refresh.asking_again import MOST_AT_ONCE, affordable
from tiktok_lake.refresh.checks import Checks
from tiktok_lake.refresh.deletions import finish_deletions
from tiktok_lake.refresh.ending import RoundEnding
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.planning import planned
from tiktok_lake.refresh.report import RefreshReport
from tiktok_lake.refresh.rounds import Phase, Round, RoundStore
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.state import StateStore
from tiktok_lake.refresh.status import read_status, round_status, with_deletion, write_status
from tiktok_lake.refresh.survey import MOST_IDS, Found, Survey
from tiktok_lake.refresh.terms import Terms
from tiktok_lake.refresh.working import RoundWork

_FOR_DELETION: Final = timedelta(minutes=5)
"""Kept of each invocation."""
_ACCESS_TRIED_EVERY: Final = timedelta(days=7)
_IN_ORDER: Final = (Kind.ACCOUNTS, Kind.VIDEOS, Kind.COMMENTS)

type Choose = Callable[[list[int | str]], list[int | str]]


class Tick:
    """One invocation."""

    def __init__(
        self, services: RefreshServices, event: DataRefreshEvent, *, owner: str, deadline: Deadline, log: Log
    ) -> None:
        self._services = services
        self._event = event
        self._deadline = deadline
        self._clock = services.clock
        self._rounds = RoundStore(services.files)
        self._states = StateStore(services.files)
        self._checks = Checks(services.files)
        self._state = self._states.read()
        self._status = read_status(services.files.objects)
        self._report = RefreshReport()
        self._study = self._read_study()
        self._terms = Terms.of(self._study)
        self._work = RoundWork(
            services,
            rounds=self._rounds,
            state=self._state,
            terms=self._terms,
            deadline=Deadline(self._clock, deadline.at - _FOR_DELETION),
            owner=owner,
            log=log,
            save=self._states.write,
        )
        self._ending = RoundEnding(services, self._rounds, self._checks, deadline, self._terms.implausible_percent)
        self._surveyed: dict[Kind, Found] = {}

    def run(self) -> RefreshReport:
        """Does it. Raises as `DataRefresh.run`."""
        self._rounds.sweep()
        if self._event.believe:
            self._believe(self._event.believe)
        self._end_the_study()
        self._go_on_with_deletions()
        for found in list(self._rounds.open()):
            self._go_on(found)
        if self._may_plan() and (new := self._planned()):
            self._go_on(new)
        self._tell()
        return self._report

    def _read_study(self) -> CurrentStudy | None:
        try:
            return StudyFiles(self._services.files.objects).current()
        except InvalidRequest as error:
            self._note(f"The study file is not valid, so the usual interval counts: {error}")
            return None

    def _believe(self, run_id: str) -> None:
        for found in self._rounds.open():
            if found.run_id == run_id and found.phase is Phase.HELD:
                self._ending.believe(found)
                return
        raise InvalidRequest(
            f"No check of the name {run_id!r} waits for somebody to believe it; `study status` shows those that do."
        )

    def _end_the_study(self) -> None:
        """Begins to delete what a study has brought that is over."""
        if self._study is None:
            return
        services = self._services
        retention = Retention(services.files.objects, services.collection.runs)
        order, sentence = retention.due(self._study, self._clock.now().date())
        if order is not None:
            OrderStore(services.files).begin(order, iso(self._clock.now()))
        if sentence:
            self._note(sentence)

    def _go_on_with_deletions(self) -> None:
        """What was begun by a purge, or had to wait for runs to end."""
        if not deletion_under_way(self._services.files):
            return
        try:
            for key, certificate in finish_deletions(self._services, self._deadline).items():
                self._certified(key, certificate)
        except LakeBusy as error:
            self._note(str(error))

    def _go_on(self, found: Round) -> None:
        if found.phase is Phase.HELD:
            if why := self._ending.drop_if_settled(found):
                self._note(why)
                self._report.ended += 1
            return
        if found.phase is Phase.CHECKING:
            if not self._work.work(found):
                return
            self._ending.conclude(found)
        try:
            certificate = self._ending.delete(found)
        except LakeBusy as error:
            self._note(str(error))
            return
        if certificate is None:
            self._note(f"{found.run_id}: what is gone is not all deleted yet; the next tick goes on.")
            return
        self._certified(certificate_key(certificate.began_at[:10], certificate.run_id), certificate)
        self._remember(found)
        self._ending.end(found)
        self._report.ended += 1

    def _certified(self, key: str, certificate: Certificate) -> None:
        if key in self._report.certificates:
            return
        with_deletion(self._status, key, certificate)
        write_status(self._services.files.objects, self._status)
        newest = self._status.deletions[0]
        for kind, number in newest.ids.items():
            self._report.deleted[kind] = self._report.deleted.get(kind, 0) + number
        self._report.certificates.append(key)

    def _remember(self, found: Round) -> None:
        """When the partitions were checked, and the accounts whose videos come next."""
        # A deletion may have taken names out of it meanwhile.
        self._state.urgent = {**self._states.read().urgent, **self._ending.gone_accounts(found)}
        for kind, days in found.days.items():
            for day, number in days.items():
                if note := self._state.partitions.get(kind, {}).get(day):
                    note.checked_at, note.run_id, note.checked = found.began_at, found.run_id, number
        self._states.write(self._state)

    def _may_plan(self) -> bool:
        if self._event.believe:
            return False
        by_hand = not self._event.of_a_schedule
        return by_hand or self._state.more or self._state.planned_on != utc_day(self._clock.now())

    def _planned(self) -> Round | None:
        """A new round of what is due and not under way; None where there is nothing to ask."""
        now, today = self._clock.now(), utc_day(self._clock.now())
        self._checks.forget_before(self._terms.late_before(now))
        batches, left = self._batches(now), self._terms.daily_requests - self._state.spent_today(today)
        chosen: dict[Kind, list[int | str]] = {}
        days: dict[str, dict[str, int]] = {}
        for kind in _IN_ORDER:
            if kind is Kind.COMMENTS and not batches:
                continue
            # Profiles take a request each: those of many accounts would take every day's, and no video were asked for.
            taken = min(len(chosen.get(Kind.ACCOUNTS, ())), left // 2)
            found = self._look(kind, now, self._choice(kind, left - taken, batches=batches))
            chosen[kind], days[kind] = found.chosen, found.days
        if not batches:
            _, cost = affordable([each for each in chosen[Kind.VIDEOS] if isinstance(each, int)], left, now.date())
            chosen[Kind.ACCOUNTS] = chosen[Kind.ACCOUNTS][: left - cost]
        new = Round(run_id=self._new_run_id(today), began_at=iso(now), days=days)
        new = planned(new, self._rounds, chosen, batches=batches)
        if new.steps:
            self._state.begun(today)
        self._state.planned_on = today
        self._state.more = any(len(each) == MOST_IDS for each in chosen.values())
        self._states.write(self._state)
        return new if new.steps else None

    def _new_run_id(self, today: str) -> str:
        """A name that no round has, also where a kill came before the last one was counted."""
        taken = {each.run_id for each in self._rounds.open()}
        while (name := self._state.new_run_id(today)) in taken or self._services.files.objects.exists(
            certificate_key(today, name)
        ):
            self._state.begun(today)
        return name

    def _batches(self, now: datetime) -> bool:
        """Whether Batch Compliance is to be tried; where it was refused, once a week."""
        tried = self._state.no_access_tried
        return not tried or now - from_iso(tried) >= _ACCESS_TRIED_EVERY

    def _choice(self, kind: Kind, left: int, *, batches: bool) -> Choose:
        today = self._clock.now().date()
        if kind is Kind.ACCOUNTS:
            return lambda due: due[: max(0, min(left, MOST_AT_ONCE))]
        if batches:
            return lambda due: due
        return lambda due: list(affordable([each for each in due if isinstance(each, int)], left, today)[0])

    def _look(self, kind: Kind, now: datetime, choose: Choose = lambda due: due) -> Found:
        found = Survey(self._services.source(), self._checks, self._services.limits).of(
            kind,
            self._terms,
            now,
            notes=self._state.partitions.get(kind, {}),
            under_way=self._under_way(kind),
            urgent=self._state.urgent if kind is Kind.VIDEOS else None,
            choose=choose,
        )
        self._state.partitions[kind] = found.notes
        if kind is Kind.VIDEOS and not found.urgent:
            self._state.urgent = {}
        self._surveyed[kind] = found
        return found

    def _under_way(self, kind: Kind) -> set[int | str]:
        ids: set[int | str] = set()
        for found in self._rounds.open():
            for step in found.steps:
                if step.kind is kind:
                    ids |= self._rounds.ids(found, step)
        return ids

    def _tell(self) -> None:
        """Stores the status, and fills the report."""
        now, open_rounds = self._clock.now(), list(self._rounds.open())
        # Where a round has ended unseen, since a kill came behind it, the last figures are too high.
        unseen = not self._surveyed and not open_rounds and (not self._status.at or any(self._status.due.values()))
        if self._report.ended or unseen:
            for kind in Kind:
                self._look(kind, now)
            self._states.write(self._state)
        self._tell_due(now)
        status = self._status
        status.at, status.interval_days = iso(now), self._terms.interval_days
        status.way = "asked_again" if self._state.no_access_since else "batch_compliance"
        status.no_access_since, status.no_access_why = self._state.no_access_since, self._state.no_access_why
        status.requests_today = (self._state.spent_today(utc_day(now)), self._terms.daily_requests)
        status.rounds = [round_status(each) for each in open_rounds]
        for sentence in self._work.notes:
            self._note(sentence)
        status.notes = self._report.notes
        write_status(self._services.files.objects, status)
        self._report.rounds, self._report.requests = len(open_rounds), self._work.requests
        self._report.due, self._report.late = dict(status.due), dict(status.late)

    def _tell_due(self, now: datetime) -> None:
        if not self._surveyed:
            return
        with_videos = bool(self._state.no_access_since)
        told = {kind: each for kind, each in self._surveyed.items() if not (with_videos and kind is Kind.COMMENTS)}
        self._status.due = {kind: each.due for kind, each in told.items()}
        self._status.late = {kind: each.late for kind, each in told.items()}
        nexts = [each.next_due for each in told.values() if each.next_due]
        self._status.next_due = iso(max(now, min(nexts))) if nexts else ""

    def _note(self, sentence: str) -> None:
        if sentence not in self._report.notes:
            self._report.notes.append(sentence)
