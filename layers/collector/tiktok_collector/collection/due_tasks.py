"""What the index lists as due, run by run, read some tasks at a time.

Asking for each task anew would be most of what is asked of the table, and more with every run that is open. A list
that is used up is read again after a moment; at once where nothing else of the run is due and one of its tasks has
ended since, for that may have set others going. A list that is not used up is read again after a second, for what
comes before its tasks.
"""

import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Final

from tiktok_collector.clock import Clock
from tiktok_collector.collection.gate import QuotaGate, drawn_on
from tiktok_collector.quota.families import RESEARCH_API
from tiktok_collector.tasks.items import Listed
from tiktok_collector.tasks.run import RunRef
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import NO_QUOTA, TaskRef, quota_label

_AT_A_TIME: Final = 50
_FRESH_SECONDS: Final = 1.0
_EMPTY_SECONDS: Final = 0.5


class _List:
    """A run's tasks that draw on one quota, as last read."""

    def __init__(self) -> None:
        self.tasks: deque[Listed] = deque()
        self.read_at = float("-inf")
        self.changed = True

    def leave_out(self, refs: Collection[TaskRef]) -> None:
        """Drops these from the head; those that are due later are listed again."""
        while self.tasks and self.tasks[0].ref in refs:
            self.tasks.popleft()


class DueTasks:
    """The due tasks of runs whose quotas grant something; of one dispatcher."""

    def __init__(
        self, tasks: TaskStore, gate: QuotaGate, clock: Clock, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._tasks = tasks
        self._gate = gate
        self._clock = clock
        self._timer = timer  # real time, whatever the injected clock says: it is about the table, not about work
        self._lists: dict[tuple[str, str], _List] = {}

    def first(self, run: RunRef, passed_over: Collection[TaskRef], *, anew: bool) -> Listed | None:
        """The run's first due task by priority, rank and time, whatever quota it draws on; None if there is none.

        Args:
            run: The run.
            passed_over: Tasks that are not asked for.
            anew: Whether the index is read even where it was read a moment ago.
        """
        quotas = self._open_quotas(run)
        found = [self._first(run, quota, passed_over) for quota in quotas]
        if not any(found):
            found = [self._first(run, quota, passed_over, anew=anew, at_once=True) for quota in quotas]
        return min((each for each in found if each), key=lambda each: each.order, default=None)

    def take(self, listed: Listed) -> None:
        """Takes a task that `first` gave off its list."""
        self._lists[listed.ref.run_id, listed.ref.quota].tasks.popleft()

    def changed(self, run_id: str) -> None:
        """Notes that one of the run's tasks has ended: others may have become due."""
        for (of_run, _), known in self._lists.items():
            known.changed = known.changed or of_run == run_id

    def any_listed(self, run: RunRef) -> bool:
        """Whether the index lists any task of the run, due or not."""
        return any(self._tasks.any_listed(run.run_id, quota) for quota in _quotas(run))

    def _first(
        self, run: RunRef, quota: str, passed_over: Collection[TaskRef], *, anew: bool = False, at_once: bool = False
    ) -> Listed | None:
        known = self._lists.setdefault((run.run_id, quota), _List())
        known.leave_out(passed_over)
        if self._stale(known) or (at_once and not known.tasks and (anew or known.changed)):
            known.tasks = deque(self._tasks.runnable(run.run_id, quota, _AT_A_TIME + len(passed_over)))
            known.read_at, known.changed = self._timer(), False
            known.leave_out(passed_over)
        return known.tasks[0] if known.tasks else None

    def _stale(self, known: _List) -> bool:
        return self._timer() - known.read_at > (_FRESH_SECONDS if known.tasks else _EMPTY_SECONDS)

    def _open_quotas(self, run: RunRef) -> list[str]:
        today = self._clock.now().date()
        return [quota for quota in _quotas(run) if self._gate.closed_until(drawn_on(quota, run, today)) is None]


def _quotas(run: RunRef) -> list[str]:
    return [NO_QUOTA, *(quota_label(family, run.work_class) for family in RESEARCH_API)]
