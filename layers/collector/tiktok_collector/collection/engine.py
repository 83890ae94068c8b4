"""Works runs with a few threads until nothing is runnable, the quota is gone, or the deadline comes.

The dispatcher asks the index for due tasks (`due_tasks`), threads claim and work them. Until TikTok has answered once,
one task at a time goes out: an outage must not cost a request per thread.

Whose task is next: while both have work, today's runs and ad-hoc ones have half of the threads and scheduled runs of
earlier days the other half; within each, the run with the fewest tasks in flight for its weight (`turns` says it in
full). Within a run, priority, then rank, then time.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Final, Protocol

from tiktok_collector.clock import Clock
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.completion import Completion, Reading, RunProgress
from tiktok_collector.collection.due_tasks import DueTasks
from tiktok_collector.collection.failing import Failing
from tiktok_collector.collection.gate import QuotaGate, drawn_on
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.collection.reservations import Reservations
from tiktok_collector.collection.turns import Standing, whose_turn
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import CollectorError, Fatal, InvocationStopped, LeaseLost, NewerVersion, Retriable
from tiktok_collector.observability import Log
from tiktok_collector.tasks.run import RunRef
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskKind, TaskRef, TaskState

LONGEST_WAIT: Final = timedelta(seconds=65)
_POLL_SECONDS: Final = 0.5
_TRIED_AGAIN_AFTER: Final = timedelta(seconds=2)
_INDEX_LAG_ROUNDS: Final = 20


class Worker(Protocol):
    """Works claimed tasks of one kind."""

    def work(self, task: Task) -> TaskState:
        """Works the task; returns the state it was left in."""
        ...


class Engine:
    """One invocation's dispatcher."""

    def __init__(
        self,
        *,
        tasks: TaskStore,
        runs: RunStore,
        workers: Mapping[TaskKind, Worker],
        completion: Completion,
        chain: Chain,
        health: ApiHealth,
        gate: QuotaGate,
        reservations: Reservations,
        clock: Clock,
        deadline: Deadline,
        threads: int,
        owner: str,
        log: Log,
    ) -> None:
        self._tasks = tasks
        self._runs = runs
        self._workers = workers
        self._completion = completion
        self._failing = Failing(tasks, chain, clock, log)
        self._health = health
        self._gate = gate
        self._reservations = reservations
        self._clock = clock
        self._deadline = deadline
        self._threads = threads
        self._owner = owner
        self._log = log
        self._in_flight: dict[Future[TaskState | None], TaskRef] = {}
        self._tried: dict[TaskRef, datetime] = {}
        self._turns: Counter[str] = Counter()
        self._touched: set[str] = set()
        self._due = DueTasks(tasks, gate, clock)

    def drain(self, runs: Iterable[RunRef]) -> list[RunProgress]:
        """Works the runs as far as it gets; returns how far each one is.

        Raises:
            InvocationStopped: nothing can be collected just now; the tasks under way were stored first.
        """
        try:
            return self._drain({run.run_id: run for run in runs})
        finally:
            self._reservations.give_back()

    def _drain(self, scope: Mapping[str, RunRef]) -> list[RunProgress]:
        idle_rounds = 0
        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="task") as pool:
            while True:
                self._fill(pool, scope)
                if self._in_flight:
                    self._collect()
                    idle_rounds = 0
                    continue
                progress = self._review(scope)
                if not self._worth_waiting(progress, idle_rounds):
                    return progress
                idle_rounds += 1

    def _fill(self, pool: ThreadPoolExecutor, scope: Mapping[str, RunRef]) -> None:
        """Gives tasks to the free threads."""
        idle, now = not self._in_flight, self._clock.now()
        self._tried = {ref: until for ref, until in self._tried.items() if until > now}
        while len(self._in_flight) < (self._threads if self._health.proven else 1) and not self._deadline.passed:
            passed_over = {*self._in_flight.values(), *self._tried}
            firsts = {run: self._due.first(run, passed_over, anew=idle) for run in scope.values()}
            in_flight = Counter(ref.run_id for ref in self._in_flight.values())
            standings = [
                Standing(run, first is not None, in_flight[run.run_id], self._turns[run.run_id])
                for run, first in firsts.items()
            ]
            chosen = whose_turn(standings, now.date())
            listed = firsts[chosen] if chosen else None
            if chosen is None or listed is None:
                return
            self._due.take(listed)
            self._turns[chosen.run_id] += 1
            self._in_flight[pool.submit(self._work, listed.ref, chosen)] = listed.ref
            idle = False

    def _work(self, ref: TaskRef, run: RunRef) -> TaskState | None:
        try:
            task = self._claimed(ref)
            return None if task is None else self._worked(task, run)
        except InvocationStopped:
            self._deadline.cut()
            raise

    def _claimed(self, ref: TaskRef) -> Task | None:
        try:
            return self._tasks.claim(ref, self._owner)
        except NewerVersion as error:
            self._log.warning("task left to newer code", extra={"task_id": ref.task_id, "reason": str(error)})
            return None
        except InvocationStopped:
            raise
        except Fatal as error:
            # Its item is not one that can be claimed; the review counts it as failed.
            self._log.warning("task cannot be claimed", extra={"task_id": ref.task_id, "reason": str(error)})
            return None

    def _worked(self, task: Task, run: RunRef) -> TaskState | None:
        # What a refusal is remembered for: one that met a run of an earlier day says nothing about those of today.
        task.quota = drawn_on(task.quota, run, self._clock.now().date())
        try:
            if task.damage:
                return self._failing.fail(task, Fatal(task.damage))
            return self._workers[task.spec.kind].work(task)
        except LeaseLost:
            return None
        except (Retriable, NewerVersion) as error:
            # AWS was busy at a write that matters, or newer code wrote what the task builds on; the lease runs out, and
            # the next worker finds all that was stored.
            self._log.warning("task interrupted", extra=_fields(task, error))
            return None
        except InvocationStopped:
            raise
        except Fatal as error:
            self._log.warning("task failed", extra=_fields(task, error))
            return self._failing.fail(task, error)
        except CollectorError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect, or a task that nobody wrote like this; others go on
            return self._failing.set_aside(task, error)

    def _collect(self) -> None:
        done, _ = wait(self._in_flight, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            ref = self._in_flight.pop(future)
            self._touched.add(ref.run_id)
            self._due.changed(ref.run_id)
            if future.result() is None:
                self._tried[ref] = self._clock.now() + _TRIED_AGAIN_AFTER

    def _review(self, scope: Mapping[str, RunRef]) -> list[RunProgress]:
        """Reviews the runs that may have changed; reading a large run is not free, so time bounds it."""
        progress = []
        reading = Reading(self._deadline)
        for ref in scope.values():
            if len(scope) > 1 and ref.run_id not in self._touched and self._due.any_listed(ref):
                continue
            if reviewed := self._reviewed(ref, reading):
                progress.append(reviewed)
        return progress

    def _reviewed(self, ref: RunRef, reading: Reading) -> RunProgress | None:
        try:
            run = self._runs.get(ref.run_id)
            return self._held_back(self._completion.review(run, reading), ref) if run else None
        except NewerVersion as error:
            self._log.warning("run left to newer code", extra={"run_id": ref.run_id, "reason": str(error)})
            return RunProgress(ref.run_id, problems={"newer version": str(error)}, partial=True)
        except InvocationStopped:
            raise
        except Fatal as error:
            self._log.warning("run cannot be reviewed", extra={"run_id": ref.run_id, "reason": str(error)})
            return RunProgress(ref.run_id, problems={"review": str(error)}, partial=True)

    def _held_back(self, progress: RunProgress, run: RunRef) -> RunProgress:
        """Counts tasks that are due, but whose quota grants nothing, among the parked ones."""
        for quota in list(progress.due):
            if until := self._gate.closed_until(drawn_on(quota, run, self._clock.now().date())):
                progress.parked_for["quota"] = progress.parked_for.get("quota", 0) + progress.due.pop(quota)
                progress.next_resume = min(until, progress.next_resume or until)
        return progress

    def _worth_waiting(self, progress: Sequence[RunProgress], idle_rounds: int) -> bool:
        """Waits for what will be due soon; False if nothing will be within reach of this invocation."""
        if self._deadline.passed:
            return False
        activated = any(each.activated for each in progress)
        due = any(each.due for each in progress)
        if activated or (due and idle_rounds < _INDEX_LAG_ROUNDS):
            # The index follows the table within moments; real time passes, whatever the injected clock says.
            time.sleep(min(0.05 * (idle_rounds + 1), 0.5))
            return True
        resumes = [each.next_resume for each in progress if each.next_resume]
        if not resumes:
            return False
        pause = min(resumes) - self._clock.now()
        if pause > LONGEST_WAIT or not self._deadline.allows(pause):
            return False
        self._clock.sleep(max(0.0, pause.total_seconds()))
        return True


def _fields(task: Task, error: CollectorError) -> dict[str, object]:
    return {"run_id": task.run_id, "task_id": task.task_id, "error": type(error).__name__, "reason": str(error)}
