"""Works the steps of a round: sends what can be sent, reads what has come, and asks again what is in doubt."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from tiktok_collector.clock import from_iso, iso, utc_day
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import (
    CollectorError,
    Fatal,
    InvocationStopped,
    MissingResource,
    QuotaExhausted,
    RateLimited,
)
from tiktok_collector.observability import Log
from tiktok_collector.research_api.compliance import Category, NoAccess, Standing
from tiktok_lake.refresh.asking_again import MOST_AT_ONCE, AskingAgain, affordable
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.planning import SECOND_TASK_AFTER, seconds
from tiktok_lake.refresh.rounds import Answer, Round, RoundStore, Step, StepState, Way
from tiktok_lake.refresh.sending import ComplianceRequests, OutOfTime
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.state import RefreshState
from tiktok_lake.refresh.terms import Terms
from tiktok_lake.refresh.verdicts import expected, judge

MOST_TRIES: Final = 3
"""Of a task that fails; then it is reported, and videos are asked for by their ids."""
PROCESSING_FOR: Final = timedelta(hours=24)
"""A task that takes longer counts as failed."""
_GLANCE_SECONDS: Final = 20.0
_HOUR: Final = timedelta(hours=1)
_TO_ANSWER: Final = 3
"""Requests that a file mostly takes once it is sent: how far it is, twice, and its answer."""
_CATEGORIES: Final = {Kind.VIDEOS: Category.VIDEO, Kind.COMMENTS: Category.COMMENT}


class RoundWork:
    """Works the rounds of one invocation. `state` is changed: requests are counted, and refused access is noted.

    `save` stores it; `notes` has what kept something from being asked, a sentence each.
    """

    def __init__(
        self,
        services: RefreshServices,
        *,
        rounds: RoundStore,
        state: RefreshState,
        terms: Terms,
        deadline: Deadline,
        owner: str,
        log: Log,
        save: Callable[[RefreshState], None],
    ) -> None:
        self._services = services
        self._clock = services.clock
        self._rounds = rounds
        self._state = state
        self._terms = terms
        self._deadline = deadline
        self._again = AskingAgain(services.collection, owner, log)
        self._save = save
        self._stopped = False
        self._looked_at: set[tuple[str, str]] = set()
        self._tried: set[tuple[str, str, Way]] = set()
        self.notes: list[str] = []
        self.requests = 0

    def work(self, found: Round) -> bool:
        """Goes on with a round; returns whether all of it has ended.

        Raises:
            InvocationStopped: a resource, permission or credential is missing; what was stored is kept.
            AwsBusy: AWS failed; what was stored is kept.
        """
        requests = ComplianceRequests(self._services.collection, found.run_id, self._deadline)
        # What answers lead to, such as a second look, may be sent at once.
        while ready := [step for step in found.steps if self._ready(found, step)]:
            # Refused access, or a budget that is used up, may have changed what is ready.
            sent = [self._begin(found, step, requests) for step in ready if self._ready(found, step)]
            if any(sent) and self._deadline.allows(timedelta(seconds=_GLANCE_SECONDS)):
                self._clock.sleep(_GLANCE_SECONDS)
            self._look_at_all(found, requests)
        self._look_at_all(found, requests)
        return all(each.state.ended for each in found.steps)

    def _look_at_all(self, found: Round, requests: ComplianceRequests) -> None:
        for step in found.steps:
            if step.state is StepState.SENT:
                self._look(found, step, requests)
        self._count(requests)
        self._doubt(found)

    def _left(self) -> int:
        return self._terms.daily_requests - self._state.spent_today(utc_day(self._clock.now()))

    def _has_more_than(self, requests: int) -> bool:
        """Whether the day has more requests left than so many."""
        if self._left() > requests:
            return True
        self._note(f"The {self._terms.daily_requests} requests of today for checks are used; the rest waits.")
        return False

    def _ready(self, found: Round, step: Step) -> bool:
        """Whether a step can be sent that was not tried in this way by this invocation."""
        if step.state is not StepState.NEW or (step.not_before and self._clock.now() < from_iso(step.not_before)):
            return False
        if (found.run_id, step.name, step.way) in self._tried:
            return False
        # What was begun is paid for: its answer comes first.
        under_way = sum(each.state is StepState.SENT and each.way is Way.BATCH for each in found.steps)
        return self._has_more_than(_TO_ANSWER * under_way if step.way is Way.BATCH else 0) and not self._stopped

    def _begin(self, found: Round, step: Step, requests: ComplianceRequests) -> bool:
        """Sends a step; whether there is a task now that may soon be done."""
        self._tried.add((found.run_id, step.name, step.way))
        if step.way is Way.AGAIN:
            self._begin_again(found, step)
            return False
        ids = [each for each in self._rounds.in_order(found, step) if isinstance(each, int)]
        if not ids:
            # A deletion has taken them out of it.
            self._answered(found, step, Answer())
            return False
        task_id = self._sent(found, step, lambda: requests.create(step.name, _CATEGORIES[step.kind], ids))
        self._count(requests)
        if task_id is None:
            return False
        # At once: a task whose id is lost is paid for in vain.
        step.state, step.task_id, step.sent_at = StepState.SENT, task_id, iso(self._clock.now())
        self._rounds.save(found)
        if self._state.no_access_since:
            self._state.no_access_since = self._state.no_access_tried = self._state.no_access_why = ""
            self._save(self._state)
        return True

    def _begin_again(self, found: Round, step: Step) -> None:
        ids = self._rounds.in_order(found, step)
        today = self._clock.now().date()
        chosen: Sequence[int | str] = ids[: min(self._left(), MOST_AT_ONCE)]
        cost = len(chosen)
        if step.kind is not Kind.ACCOUNTS:
            chosen, cost = affordable([each for each in ids if isinstance(each, int)], self._left(), today)
        if not chosen:
            self._failed(found, step, f"none of the {step.asked} {step.kind} can be asked for")
            return
        if len(chosen) < len(ids):
            # The others are due again tomorrow, when there is quota for them.
            self._rounds.put_ids(found, step.name, chosen)
        step.asked, step.estimate = len(chosen), cost
        step.state, step.sent_at = StepState.SENT, iso(self._clock.now())
        self._state.spend(utc_day(self._clock.now()), cost)
        self._save(self._state)
        self._rounds.save(found)

    def _look(self, found: Round, step: Step, requests: ComplianceRequests) -> None:
        if step.way is Way.AGAIN:
            self._look_again(found, step)
            return
        mark = (found.run_id, step.name)
        if mark in self._looked_at or self._stopped:
            return
        self._looked_at.add(mark)
        if not self._has_more_than(requests.sent):
            return
        standing = self._standing(found, step, requests)
        if standing is Standing.COMPLETED and self._has_more_than(requests.sent):
            step.completed = False
            said = self._sent(found, step, lambda: requests.valid_ids(step.name, step.task_id))
            if said is not None:
                valid, step.unexpected = expected(self._rounds.ids(found, step), said)
                self._answered(found, step, Answer(valid=valid))
        elif standing is Standing.FAILED:
            self._again_or_never(found, step, "TikTok says that the task failed")
        too_long = self._clock.now() - from_iso(step.sent_at) > PROCESSING_FOR and not self._stopped
        if step.state is StepState.SENT and too_long and not step.completed:
            self._again_or_never(found, step, f"the task was not done after {PROCESSING_FOR // _HOUR} hours")

    def _standing(self, found: Round, step: Step, requests: ComplianceRequests) -> Standing | None:
        # Told once: the request of another day is for the answer.
        if step.completed:
            return Standing.COMPLETED
        standing = self._sent(found, step, lambda: requests.standing(step.name, step.task_id))
        if standing is Standing.COMPLETED and self._left() <= requests.sent:
            step.completed = True
            self._rounds.save(found)
        return standing

    def _look_again(self, found: Round, step: Step) -> None:
        ids = self._rounds.ids(found, step)
        numbers = [each for each in ids if isinstance(each, int)]
        names = [each for each in ids if isinstance(each, str)]
        run_id = f"{found.run_id}-{step.name}"
        if not self._stopped:
            self._count_again(step, self._again.work(run_id, numbers, names, self._deadline))
        answer = self._again.answer(run_id, ids, from_iso(step.sent_at))
        if answer is not None:
            self._answered(found, step, answer)

    def _sent[Result](self, found: Round, step: Step, send: Callable[[], Result]) -> Result | None:
        """What a request brought; None where something kept it from it, which is dealt with."""
        try:
            return send()
        except NoAccess as error:
            self._without_batches(found, error)
        except (InvocationStopped, MissingResource):
            raise
        except (QuotaExhausted, RateLimited, OutOfTime) as error:
            self._stopped = True
            self._note(str(error))
        except CollectorError as error:
            self._note(f"{step.name}: {error}")
            if isinstance(error, Fatal):
                self._again_or_never(found, step, str(error))
        return None

    def _again_or_never(self, found: Round, step: Step, why: str) -> None:
        step.tries += 1
        step.task_id, step.completed = "", False
        if step.tries < MOST_TRIES:
            step.state = StepState.NEW
            step.not_before = iso(self._clock.now() + SECOND_TASK_AFTER)
            self._rounds.save(found)
        elif step.kind is Kind.VIDEOS:
            self._by_ids(found, step)
            self._note(f"{step.name}: {why}, {MOST_TRIES} times; its videos are asked for by their ids.")
        else:
            self._failed(found, step, f"{why}, {MOST_TRIES} times; what it asked for stays due")

    def _without_batches(self, found: Round, error: NoAccess) -> None:
        """Videos are asked for by their ids from now on, and comments go with them."""
        now = iso(self._clock.now())
        self._state.no_access_since = self._state.no_access_since or now
        self._state.no_access_tried, self._state.no_access_why = now, str(error)
        self._save(self._state)
        for step in found.steps:
            if step.way is Way.BATCH and not step.state.ended:
                if step.kind is Kind.VIDEOS:
                    self._by_ids(found, step)
                else:
                    step.state, step.note = StepState.FAILED, "without Batch Compliance, comments go with their videos"
        found.notes.append(str(error))
        self._rounds.save(found)
        self._note(str(error))

    def _by_ids(self, found: Round, step: Step) -> None:
        step.way, step.state, step.task_id, step.not_before = Way.AGAIN, StepState.NEW, "", ""
        step.completed = False
        self._rounds.save(found)

    def _failed(self, found: Round, step: Step, why: str) -> None:
        step.state, step.note = StepState.FAILED, why
        self._rounds.save(found)
        self._note(f"{step.name}: {why}.")

    def _answered(self, found: Round, step: Step, answer: Answer) -> None:
        self._rounds.put_answer(found, step.name, answer)
        step.state = StepState.ANSWERED
        self._rounds.save(found)
        if step.unexpected:
            self._note(
                f"{step.name}: the answer named {step.unexpected} ids that were not asked for; they are ignored."
            )

    def _doubt(self, found: Round) -> None:
        """Adds the steps that are to confirm what is in doubt."""
        now = self._clock.now()
        new: list[Step] = []
        for step in [each for each in found.steps if not each.confirms and each.state is StepState.ANSWERED]:
            if found.confirmations(step):
                continue
            verdict = judge(found, step, partial(self._rounds.read, found), self._terms.implausible_percent)
            if verdict.open:
                new += seconds(found, step, sorted(verdict.open, key=str), self._rounds, now=now, terms=self._terms)
        if new:
            found.steps = [*found.steps, *new]
            self._rounds.save(found)

    def _count(self, requests: ComplianceRequests) -> None:
        if requests.sent:
            self._state.spend(utc_day(self._clock.now()), requests.sent)
            self.requests += requests.sent
            requests.sent = 0
            self._save(self._state)

    def _count_again(self, step: Step, sent: int) -> None:
        """Counts what a run has sent so far; its estimate was spent when it began."""
        self.requests += max(0, sent - step.sent)
        if (more := sent - max(step.sent, step.estimate)) > 0:
            self._state.spend(utc_day(self._clock.now()), more)
            self._save(self._state)
        step.sent = max(step.sent, sent)

    def _note(self, sentence: str) -> None:
        self.notes += [sentence] if sentence not in self.notes else []
