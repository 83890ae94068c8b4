"""What to do when a page could not be had: wait, park, search anew, split, or record what is missing and go on."""

from datetime import datetime, timedelta
from typing import Final

from tiktok_collector.clock import Clock
from tiktok_collector.collection import recovery
from tiktok_collector.collection.batch import usernames_of
from tiktok_collector.collection.canary import Canary
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.failing_days import FailingDays
from tiktok_collector.collection.gate import QuotaGate
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.collection.paginator import Items, begin_generation, days_left, give_up_item
from tiktok_collector.collection.recovery import Decision, Move
from tiktok_collector.collection.reservations import Reservations
from tiktok_collector.collection.waiting import Waiting
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import (
    AwsBusy,
    CollectorError,
    CursorRejected,
    Fatal,
    InvalidRequest,
    InvocationStopped,
    Observation,
    QuotaExhausted,
    RateLimited,
    Retriable,
    ScopeMissing,
    TokenRejected,
    TokenUnavailable,
    Unreachable,
)
from tiktok_collector.observability import Log
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Gap, GapReason, Task, TaskKind

LONGEST_WAIT_IN_PLACE: Final = timedelta(seconds=20)
SCOPE_PAUSE: Final = timedelta(hours=1)
_INDISPENSABLE: Final = frozenset({"user_info", "video_query", "comment_list"})
_WITHOUT_REQUEST: Final = (QuotaExhausted, TokenUnavailable, AwsBusy, Unreachable)


class Parked(Exception):
    """The task has been given back; this worker is done with it."""


class Setbacks:
    """Deals with the errors of one invocation's tasks."""

    def __init__(
        self,
        *,
        tasks: TaskStore,
        reservations: Reservations,
        chain: Chain,
        health: ApiHealth,
        canary: Canary,
        gate: QuotaGate,
        clock: Clock,
        deadline: Deadline,
        log: Log,
    ) -> None:
        self._tasks = tasks
        self._reservations = reservations
        self._chain = chain
        self._health = health
        self._canary = canary
        self._gate = gate
        self._clock = clock
        self._deadline = deadline
        self._log = log
        self._failing_days = FailingDays()
        self._scope_missing: dict[str, ScopeMissing] = {}

    def overcome(self, task: Task, endpoint: Endpoint, items: Items, error: CollectorError) -> None:
        """Deals with `error`; returns if the task should go on at once.

        Raises:
            Parked: the task rests.
            LeaseLost: another worker has the task.
            InvocationStopped: TikTok has not approved this client; the task rests too.
        """
        progress = task.progress
        progress.counts.requests += not isinstance(error, _WITHOUT_REQUEST)
        self._log.warning("page not available", extra=_fields(task, endpoint, error))
        match error:
            case QuotaExhausted():
                self._gate.close(task.quota, error.resume_at)
                self.park(task, error.resume_at, Waiting.QUOTA)
            case RateLimited():
                until = self._health.throttled(error.retry_after, earlier=progress.visits)
                self._everyone_pauses(task, endpoint, until, Waiting.RATE_LIMITED)
            case Unreachable():
                self._health.unreachable()
                until = self._clock.now() + recovery.outage_pause(progress.visits)
                self._everyone_pauses(task, endpoint, until, Waiting.UNREACHABLE)
            case TokenRejected():
                until = self._clock.now() + recovery.outage_pause(progress.visits)
                self._everyone_pauses(task, endpoint, until, Waiting.TOKEN_REJECTED)
            case TokenUnavailable() | AwsBusy():
                self.rest(task, Waiting.NO_TOKEN if isinstance(error, TokenUnavailable) else Waiting.AWS_BUSY)
            case CursorRejected():
                self._health.succeeded(endpoint.name)
                progress.rejections += 1
                self._follow(task, items, recovery.after_rejection(endpoint, progress), error)
            case Retriable():
                self._server_failed(task, endpoint, items, error)
            case Observation():
                self._health.succeeded(endpoint.name)
                self._observe(task, items, error)
            case InvalidRequest() | Fatal():
                self._health.succeeded(endpoint.name)
                self._note_scope(task, endpoint, error)
                self._refuse(task, endpoint, items, error)
            case _:
                raise error

    def wait_until(self, task: Task, moment: datetime, reason: Waiting) -> None:
        """Waits in place for a moment that is near, parks until one that is not.

        Raises:
            Parked: the task rests.
        """
        wait = moment - self._clock.now()
        if wait <= LONGEST_WAIT_IN_PLACE and self._deadline.allows(wait):
            self._clock.sleep(wait.total_seconds())
        else:
            self.park(task, moment, reason)

    def rest(self, task: Task, reason: Waiting) -> None:
        """Parks the task for a minute, or longer if it has been parked on this page before."""
        rest = recovery.park_time(task.progress.visits)
        task.progress.visits += 1
        self.park(task, self._clock.now() + rest, reason)

    def park(self, task: Task, resume_at: datetime, reason: Waiting) -> None:
        """Gives the task back until `resume_at`.

        Raises:
            Parked: always.
            LeaseLost: another worker has the task.
        """
        task.progress.note = reason
        self._tasks.park(task, resume_at)
        raise Parked

    def heed(self, task: Task, endpoint: Endpoint, items: Items) -> bool:
        """Whether the endpoint is to be asked; where its scope is known to be missing, the task ends as refused.

        Raises:
            Parked: it was found down, and the task rests as long as that is believed.
        """
        if until := self._health.down_until(endpoint.name):
            task.progress.visits += 1
            self.park(task, until, Waiting.API_DOWN)
        if refusal := self._scope_missing.get(endpoint.name):
            self._refuse(task, endpoint, items, refusal)
        return refusal is None

    def _note_scope(self, task: Task, endpoint: Endpoint, error: Fatal) -> None:
        """Without the scope for profiles and videos nothing can be collected; without that of a list, only the list."""
        if not isinstance(error, ScopeMissing):
            return
        if endpoint.name not in _INDISPENSABLE:
            self._scope_missing[endpoint.name] = error
            return
        until = self._clock.now() + SCOPE_PAUSE
        self._reservations.pause(endpoint.family, until)
        task.progress.note = Waiting.SCOPE
        self._tasks.park(task, until)
        raise InvocationStopped(str(error)) from error

    def _everyone_pauses(self, task: Task, endpoint: Endpoint, until: datetime, reason: Waiting) -> None:
        self._reservations.pause(endpoint.family, until)
        self._gate.close(task.quota, until)
        task.progress.visits += 1
        self.park(task, until, reason)

    def _server_failed(self, task: Task, endpoint: Endpoint, items: Items, error: Retriable) -> None:
        progress = task.progress
        progress.failures += 1
        if task.spec.window and not progress.names_blamed:
            progress.heavy_budget -= 1
        self._health.failed(endpoint.name)
        answers = self._others_answer(task, endpoint, items)
        if answers is False:
            self._api_down(task, endpoint, items, error)
        else:
            window = days_left(task.spec, progress)
            known, failing_day = answers is True, self._failing_days.within(window)
            decision = recovery.after_failure(task.spec, progress, known=known, failing_day=failing_day)
            self._failing_days.given_up(window, decision.reason)
            self._follow(task, items, decision, error)

    def _others_answer(self, task: Task, endpoint: Endpoint, items: Items) -> bool | None:
        """Whether the API answers other requests; of a batch, also finds out whether its names are at fault."""
        progress, window = task.progress, days_left(task.spec, task.progress)
        asked = recovery.names_in_doubt(task.spec, progress) and not self._failing_days.within(window)
        if asked:
            answered = self._canary.answers_same_days(task, endpoint)
            if answered is not False:
                self._blame_names(task, blamed=answered is True)
                return answered
            progress.heavy_budget -= 1
        answered = self._canary.answers(task, endpoint, items) if self._health.suspect(endpoint.name) else True
        if asked and answered:
            self._failing_days.failed_for_others(window)
        return answered

    def _blame_names(self, task: Task, *, blamed: bool) -> None:
        if blamed:
            # What failed was not the window's fault, so it is given back.
            task.progress.names_blamed = True
            task.progress.heavy_budget += task.progress.failures

    def _names_refused(self, task: Task, endpoint: Endpoint) -> bool:
        """Whether TikTok refuses a batch for its names: it takes the same days of other accounts."""
        if not usernames_of(task.spec):
            return False
        progress = task.progress
        progress.names_blamed = progress.names_blamed or bool(self._canary.answers_same_days(task, endpoint))
        return progress.names_blamed

    def _api_down(self, task: Task, endpoint: Endpoint, items: Items, error: Retriable) -> None:
        progress = task.progress
        if task.spec.window and not progress.names_blamed:
            progress.heavy_budget += progress.failures
        progress.failures = 0
        decision = recovery.during_outage(progress, began_here=self._health.answered)
        if decision.move is Move.GAP:
            self._follow(task, items, decision, error)
            return
        until = self._health.down_until(endpoint.name) or self._clock.now() + decision.after
        if self._health.found_down(endpoint.name, until):
            self._everyone_pauses(task, endpoint, until, Waiting.API_DOWN)
        progress.visits += 1
        self.park(task, until, Waiting.API_DOWN)

    def _follow(self, task: Task, items: Items, decision: Decision, error: CollectorError) -> None:
        moves = {
            Move.AGAIN: lambda: self.wait_until(task, self._clock.now() + decision.after, Waiting.RETRY),
            Move.PARK: lambda: self.rest(task, Waiting.RETRY),
            Move.GENERATION: lambda: self._search_anew(task, items, decision.reason),
            Move.SPLIT: lambda: self._chain.split(task),
            Move.BISECT: lambda: self._chain.bisect(task),
            Move.GAP: lambda: self._give_up(task, items, _gap(task, decision.reason, error)),
        }
        moves[decision.move]()

    def _search_anew(self, task: Task, items: Items, reason: GapReason) -> None:
        task.progress = begin_generation(task.spec, task.progress, items, reason)
        # Stored at once: pages of the new search must never be looked for under the old one's keys.
        self._tasks.commit(task)

    def _give_up(self, task: Task, items: Items, gap: Gap) -> None:
        task.progress = give_up_item(task.spec, task.progress, items, gap)
        task.progress.failures = task.progress.rejections = task.progress.visits = 0
        if not task.progress.exhausted:
            self._tasks.commit(task)

    def _observe(self, task: Task, items: Items, error: Observation) -> None:
        if usernames_of(task.spec):
            # One of the names is meant.
            self._follow(task, items, recovery.after_refusal(task.spec), error)
            return
        if task.spec.kind is TaskKind.SWEEP:
            self._give_up(task, items, Gap(GapReason(f"observed_{error.kind}"), str(error)))
            return
        task.progress.observation = error.kind
        task.progress.observation_detail = str(error)
        task.progress.exhausted = True

    def _refuse(self, task: Task, endpoint: Endpoint, items: Items, error: Fatal) -> None:
        if isinstance(error, InvalidRequest) and self._names_refused(task, endpoint):
            self._follow(task, items, recovery.after_refusal(task.spec), error)
            return
        if task.spec.kind is TaskKind.SWEEP and isinstance(error, InvalidRequest):
            self._give_up(task, items, Gap(GapReason.REFUSED, str(error)))
            return
        task.progress = give_up_item(task.spec, task.progress, items, Gap(GapReason.REFUSED, str(error)))
        task.progress.failed = True
        task.progress.exhausted = True


def _gap(task: Task, reason: GapReason, error: CollectorError) -> Gap:
    if reason is GapReason.BAD_USERNAME:
        (name,) = usernames_of(task.spec)
        return Gap(reason, str(error), item=f"username={name}")
    return Gap(reason, str(error))


def _fields(task: Task, endpoint: Endpoint, error: CollectorError) -> dict[str, object]:
    return {
        "run_id": task.run_id,
        "task_id": task.task_id,
        "endpoint": endpoint.name,
        "page": task.progress.page,
        "error": type(error).__name__,
        "reason": str(error),
    }
