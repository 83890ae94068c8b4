"""Pure: what became of the works and visits of a study's run, from its tasks and the videos that they found."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from tiktok_collector.collection.batch import usernames_of
from tiktok_collector.collection.chain import BISECTED
from tiktok_collector.collection.manifest_document import is_complete
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.rows import Row, Video
from tiktok_collector.study.day_plan import AccountVisit, Cost, Purpose, VideoWork
from tiktok_collector.study.record import DayFound, Missing, VideoResult, VisitResult
from tiktok_collector.tasks.task import Gap, GapReason, Task

_USERNAME: Final = "username="


@dataclass(slots=True)
class FoundVideos:
    """The ids that one work has found: by UTC day of creation and username."""

    days: dict[date, dict[str, set[int]]] = field(default_factory=dict)
    with_comments: set[int] = field(default_factory=set)

    def add(self, rows: Iterable[Row]) -> None:
        """Notes the videos among `rows`."""
        for row in rows:
            if isinstance(row, Video):
                created = row.create_time if row.create_time is not None else row.id >> 32
                day = datetime.fromtimestamp(created, tz=UTC).date()
                self.days.setdefault(day, {}).setdefault((row.username or "").lower(), set()).add(row.id)
                if row.comment_count != 0:
                    self.with_comments.add(row.id)

    def ids(self, day: date) -> set[int]:
        """All ids of a day."""
        return set().union(*self.days.get(day, {}).values())

    def ids_by_name(self, work: VideoWork, day: date) -> dict[str, set[int]]:
        """The ids of a day by each username that was asked for; of a search, all of them under the empty name."""
        if not work.usernames:
            return {"": self.ids(day)}
        found = self.days.get(day, {})
        return {name: found.get(name, set()) for name in work.usernames}


def video_result(
    work: VideoWork, tasks: Sequence[Task], found: FoundVideos, earlier: Mapping[date, AbstractSet[int]]
) -> VideoResult:
    """What became of one work.

    Args:
        work: The work.
        tasks: Its tasks, those that its pages led to among them.
        found: What its pages hold.
        earlier: By day of creation, what earlier passes had found for its collections; absent where there was none.
    """
    searches = [task for task in tasks if task.spec.stream == "videos"]
    missing = tuple(each for task in searches for each in _missing(task, work))
    bad = tuple(sorted({name for each in missing if each.reason == GapReason.BAD_USERNAME for name in each.usernames}))
    requests = Counter[str]()
    for task in tasks:
        requests[task.spec.endpoint] += task.progress.counts.requests
    return VideoResult(
        collections=work.collections,
        purpose=work.purpose,
        window=work.window,
        query=work.query,
        usernames=work.usernames,
        search=work.search,
        missing=missing,
        found={day: _day_found(found, day, earlier, batch=bool(work.usernames)) for day in sorted(found.days)},
        candidates=sum(task.progress.counts.requested for task in searches),
        dropped=sum(task.progress.counts.dropped for task in searches),
        requests=requests["video_query"],
        comment_requests=requests["comment_list"],
        videos_with_comments=len(found.with_comments) if work.depth.comments else 0,
        bad_usernames=bad,
        bisected=0
        if missing
        else max((len(usernames_of(each.spec)) for each in searches if each.progress.note == BISECTED), default=0),
        silent=work.purpose is Purpose.CONTROL and not missing and not found.days,
    )


def visit_result(visit: AccountVisit, tasks: Sequence[Task]) -> VisitResult:
    """What became of one visit."""
    requests = Counter[str]()
    for task in tasks:
        requests[task.spec.endpoint] += task.progress.counts.requests
    observation = next((task.progress.observation for task in tasks if task.spec.stream == "profile"), None)
    return VisitResult(
        collections=visit.collections,
        username=visit.username,
        complete=all(is_complete(task) for task in tasks),
        observation=observation,
        requests=dict(requests),
        streams=visit.streams,
    )


def costs(tasks: Iterable[Task]) -> list[Cost]:
    """The requests of `tasks` by collection and endpoint; a request for several collections is divided among them."""
    total = Counter[tuple[str, str]]()
    for task in tasks:
        for collection in task.spec.collections if task.spec.endpoint else ():
            share = task.progress.counts.requests / len(task.spec.collections)
            total[collection, task.spec.endpoint] += share  # type: ignore[assignment] # a counter of fractions
    return [
        Cost(collection, endpoint, ENDPOINTS[endpoint].family, round(requests, 2))
        for (collection, endpoint), requests in sorted(total.items())
    ]


def _day_found(found: FoundVideos, day: date, earlier: Mapping[date, AbstractSet[int]], *, batch: bool) -> DayFound:
    ids = found.ids(day)
    by_username = {name: len(each) for name, each in sorted(found.days[day].items())} if batch else {}
    return DayFound(len(ids), len(ids - earlier[day]) if day in earlier else 0, by_username)


def _largest_bisected(searches: Iterable[Task]) -> int:
    return max((len(usernames_of(task.spec)) for task in searches if task.progress.note == BISECTED), default=0)


def _missing(task: Task, work: VideoWork) -> Iterator[Missing]:
    if is_complete(task):
        return
    names = usernames_of(task.spec) if work.usernames else ()
    concerned = () if set(names) == set(work.usernames) else names
    certain = [gap for gap in task.progress.gaps if not gap.possible]
    for gap in certain or [Gap(GapReason.FAILED, f"the task {task.task_id} ended as {task.state}")]:
        item = gap.item or ""
        only = (item.removeprefix(_USERNAME),) if item.startswith(_USERNAME) else concerned
        yield Missing(gap.window or task.spec.window or work.window, gap.reason, gap.detail, only)
