"""Asks for known videos and profiles again, as a run like any other: its pages are raw pages, and are curated.

The run is worked by this function until its time is up, and then by `collection_worker`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tiktok_collector.clock import iso
from tiktok_collector.collection import naming
from tiktok_collector.collection.kinds import CHECK
from tiktok_collector.collection.manifest_document import is_complete, not_returned
from tiktok_collector.collection.refresh_plan import groups_of
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import ObservationKind
from tiktok_collector.events.check import CheckEvent
from tiktok_collector.observability import Log
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.study.days import FIRST_DAY
from tiktok_collector.study.video_ids import PUBLISHED_WITHIN
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.task import Task, TaskKind
from tiktok_lake.refresh.rounds import Answer, Ids, listed

GIVEN_UP_AFTER: Final = timedelta(days=3)
"""A run that takes longer has met an outage; what it has not asked is due again."""
MOST_AT_ONCE: Final = 1_000
"""Requests that one run is begun with, whatever the budget."""
_FIRST_ID: Final = int(datetime.combine(FIRST_DAY, time(), UTC).timestamp()) << 32
_NOT_GIVEN: Final = frozenset({ObservationKind.UNKNOWN, ObservationKind.PRIVATE, ObservationKind.OUT_OF_SCOPE})


class AskingAgain:
    """Starts such runs, and reads what came of them."""

    def __init__(self, services: CollectionServices, owner: str, log: Log) -> None:
        self._services = services
        self._owner = owner
        self._log = log

    def work(self, run_id: str, videos: Iterable[int], usernames: Iterable[str], deadline: Deadline) -> int:
        """Starts the run, or goes on with it, until the deadline; returns how many requests it has sent so far.

        Raises:
            InvocationStopped: a resource, permission or credential is missing; what was stored is kept.
            CollectorError: the tables or the bucket cannot be used.
        """
        run = self._services.runs.get(run_id)
        if run is None:
            run = self._planned(run_id, videos, usernames)
        elif run.state is RunState.PLANNING:
            # Perhaps on a later day, or with fewer ids: what counts is what it was begun with.
            run = self._services.planner().plan_again(run_id)
        if run.state is RunState.DONE or deadline.passed:
            return 0
        (progress,) = self._services.engine(deadline, self._owner, self._log).drain([run.ref])
        return progress.requests

    def _planned(self, run_id: str, videos: Iterable[int], usernames: Iterable[str]) -> Run:
        now = self._services.clock.now()
        event = CheckEvent.of(sorted(videos), sorted(usernames), now.date())
        run = Run(
            run_id=run_id,
            function=CHECK.function,
            event={},
            work_class=WorkClass.SCHEDULED,
            started_at=iso(now),
        )
        return self._services.planner().plan(run, event, _period(event))

    def answer(self, run_id: str, asked: Ids, since: datetime) -> Answer | None:
        """What came of a run; None while it is under way. Whatever it could not ask in full is unknown.

        Args:
            run_id: The run.
            asked: What it asks for.
            since: When it was started.
        """
        run = self._services.runs.get(run_id)
        if run is None or (run.state is not RunState.DONE and self._services.clock.now() < since + GIVEN_UP_AFTER):
            return None
        judged: set[int | str] = set()
        missing: set[int | str] = set()
        for tasks in naming.by_subject(self._services.tasks.of_run(run_id)):
            of_pages = [each for each in tasks if each.spec.kind is TaskKind.PAGES]
            if of_pages and all(each.state.terminal and is_complete(each) for each in of_pages):
                known, lacking = _of_account(of_pages[0]) if of_pages[0].spec.username else _of_videos(of_pages)
                judged |= known
                missing |= lacking
        judged &= asked
        return Answer(valid=listed(judged - missing), unknown=listed(asked - judged))


def affordable(ids: Sequence[int], requests: int, today: date) -> tuple[list[int], int]:
    """Of videos, the one first that matters most, as many as so many requests can ask for; and how many that takes.

    A request takes a hundred of one window. Those that were made before TikTok or in days to come cannot be asked for.
    """
    last = int(datetime.combine(today, time(), UTC).timestamp() + PUBLISHED_WITHIN.total_seconds()) << 32
    rank = {each: number for number, each in enumerate(ids) if _FIRST_ID <= each < last}
    groups = [list(group) for group, _ in groups_of(sorted(rank), today)]
    chosen = sorted(groups, key=lambda group: min(rank[each] for each in group))[: max(0, min(requests, MOST_AT_ONCE))]
    return [each for group in chosen for each in group], len(chosen)


def sample(ids: Iterable[int], requests: int, today: date) -> list[int]:
    """Of videos, as many as so many requests can ask for at once."""
    groups = sorted((list(group) for group, _ in groups_of(sorted(ids), today)), key=len, reverse=True)
    return [each for group in groups[:requests] for each in group]


def _period(event: CheckEvent) -> Window:
    assert event.start_date is not None  # noqa: S101 - CheckEvent.of gives both
    assert event.end_date is not None  # noqa: S101 - the same
    return Window(event.start_date, event.end_date)


def _of_videos(tasks: Sequence[Task]) -> tuple[set[int], set[int]]:
    """What a group's tasks asked for, and what did not come; a window that was halved has several."""
    asked = {int(each) for each in _ids(tasks[0])}
    # A gap may hold some, even a possible one.
    if any(each.progress.gaps for each in tasks):
        return set(), set()
    return asked, {each for task in tasks for each in not_returned(task)}


def _ids(task: Task) -> Iterator[str]:
    for condition in task.spec.params["query"]["and"]:
        yield from condition["field_values"]


def _of_account(task: Task) -> tuple[set[str], set[str]]:
    gone = task.progress.observation in _NOT_GIVEN
    if not gone and (task.progress.gaps or task.progress.observation):
        return set(), set()
    return {task.spec.username}, {task.spec.username} if gone else set()
