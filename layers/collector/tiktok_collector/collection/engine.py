"""Works runs with a few threads until nothing is runnable, the quota is gone, or the deadline comes.

The dispatcher asks the index for due tasks, threads claim and work them. Until TikTok has answered once, one task at a
time goes out: an outage must not cost a request per thread.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Final, Protocol

from tiktok_collector.clock import Clock
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.completion import Completion, RunProgress
from tiktok_collector.collection.deadline import Deadline
from tiktok_collector.collection.gate import QuotaGate
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.errors import CollectorError, Fatal, InvocationStopped, LeaseLost, Retriable
from tiktok_collector.observability import Log
from tiktok_collector.quota.families import Family
from tiktok_collector.tasks.run import RunRef
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import NO_QUOTA, Gap, GapReason, Task, TaskKind, TaskRef, TaskState, quota_label

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
        self._chain = chain
        self._health = health
        self._gate = gate
        self._clock = clock
        self._deadline = deadline
        self._threads = threads
        self._owner = owner
        self._log = log
        self._in_flight: dict[Future[TaskState | None], TaskRef] = {}
        self._tried: dict[TaskRef, datetime] = {}
        self._touched: set[str] = set()

    def drain(self, runs: Iterable[RunRef]) -> list[RunProgress]:
        """Works the runs as far as it gets; returns how far each one is.

        Raises:
            InvocationStopped: nothing can be collected just now; the tasks under way were stored first.
        """
        scope = list(runs)
        idle_rounds = 0
        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="task") as pool:
            while True:
                for ref in self._due(scope):
                    self._in_flight[pool.submit(self._work, ref)] = ref
                if self._in_flight:
                    self._collect()
                    idle_rounds = 0
                    continue
                progress = self._review(scope)
                if not self._worth_waiting(progress, idle_rounds):
                    return progress
                idle_rounds += 1

    def _due(self, scope: Iterable[RunRef]) -> list[TaskRef]:
        room = (self._threads if self._health.proven else 1) - len(self._in_flight)
        if room <= 0 or self._deadline.passed:
            return []
        busy = set(self._in_flight.values())
        waiting_lists = []
        for run in scope:
            found = [ref for quota in self._open_quotas(run) for ref in self._tasks.runnable(run.run_id, quota, 50)]
            waiting_lists.append([ref for ref in found if ref not in busy and not self._just_tried(ref)])
        return _taken_in_turn(waiting_lists, room)

    def _open_quotas(self, run: RunRef) -> list[str]:
        return [quota for quota in _quotas(run) if self._gate.closed_until(quota) is None]

    def _just_tried(self, ref: TaskRef) -> bool:
        until = self._tried.get(ref)
        return until is not None and until > self._clock.now()

    def _work(self, ref: TaskRef) -> TaskState | None:
        task = self._tasks.claim(ref, self._owner)
        if task is None:
            return None
        try:
            return self._workers[task.spec.kind].work(task)
        except LeaseLost:
            return None
        except Retriable as error:
            # AWS was busy at a write that matters; the lease runs out, and the next worker finds all that was stored.
            self._log.warning("task interrupted", extra=_fields(task, error))
            return None
        except InvocationStopped:
            self._deadline.cut()
            raise
        except Fatal as error:
            self._log.warning("task failed", extra=_fields(task, error))
            return self._fail(task, error)

    def _fail(self, task: Task, error: Fatal) -> TaskState:
        task.progress.gaps = [*task.progress.gaps, Gap(GapReason.FAILED, str(error), window=task.spec.window)]
        task.progress.failed = task.progress.exhausted = True
        return self._chain.end(task)

    def _collect(self) -> None:
        done, _ = wait(self._in_flight, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            ref = self._in_flight.pop(future)
            self._touched.add(ref.run_id)
            if future.result() is None:
                self._tried[ref] = self._clock.now() + _TRIED_AGAIN_AFTER

    def _review(self, scope: Sequence[RunRef]) -> list[RunProgress]:
        """Reviews the runs that may have changed; reading a large run is not free."""
        progress = []
        for ref in scope:
            if len(scope) > 1 and ref.run_id not in self._touched and self._has_listed_tasks(ref):
                continue
            run = self._runs.get(ref.run_id)
            if run is not None:
                progress.append(self._held_back(self._completion.review(run)))
        return progress

    def _held_back(self, progress: RunProgress) -> RunProgress:
        """Counts tasks that are due, but whose quota grants nothing, among the parked ones."""
        for quota in list(progress.due):
            if until := self._gate.closed_until(quota):
                progress.parked_for["quota"] = progress.parked_for.get("quota", 0) + progress.due.pop(quota)
                progress.next_resume = min(until, progress.next_resume or until)
        return progress

    def _has_listed_tasks(self, ref: RunRef) -> bool:
        return any(self._tasks.any_listed(ref.run_id, quota) for quota in _quotas(ref))

    def _worth_waiting(self, progress: Iterable[RunProgress], idle_rounds: int) -> bool:
        """Waits for what will be due soon; False if nothing will be within reach of this invocation."""
        if self._deadline.passed:
            return False
        activated = any(each.activated for each in progress)
        due = any(self._gate.closed_until(quota) is None for each in progress for quota in each.due)
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


def _quotas(run: RunRef) -> list[str]:
    return [NO_QUOTA, *(quota_label(family, run.work_class) for family in Family)]


def _fields(task: Task, error: CollectorError) -> dict[str, object]:
    return {"run_id": task.run_id, "task_id": task.task_id, "error": type(error).__name__, "reason": str(error)}


def _taken_in_turn(lists: Iterable[list[TaskRef]], room: int) -> list[TaskRef]:
    """Up to `room` tasks, one of each run in turn, so that no run waits for another to finish."""
    queues = [each for each in lists if each]
    taken: list[TaskRef] = []
    position = 0
    while len(taken) < room and any(position < len(queue) for queue in queues):
        taken.extend(queue[position] for queue in queues if position < len(queue))
        position += 1
    return taken[:room]
