"""Pure: what became of the works and visits of a study's run, from its tasks and the videos that they found."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from tiktok_collector.collection.batch import usernames_of
from tiktok_collector.collection.chain import BISECTED
from tiktok_collector.collection.manifest_document import is_complete
from tiktok_collector.errors import ObservationKind
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.studies.found_videos import FoundVideos, IdsByName
from tiktok_collector.study.day_plan import AccountVisit, Cost, Purpose, VideoWork
from tiktok_collector.study.record import DayFound, Missing, VideoResult, VisitResult
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import Gap, GapReason, Task, TaskKind

_USERNAME: Final = "username="
_ABOUT_THE_ACCOUNT: Final = frozenset({ObservationKind.UNKNOWN, ObservationKind.PRIVATE, ObservationKind.OUT_OF_SCOPE})
_VIDEO: Final = "video_id="
_FOR_GOOD: Final = frozenset(
    {
        GapReason.REFUSED,
        GapReason.COMMENTS_CAPPED,
        GapReason.OBSERVED_UNKNOWN,
        GapReason.OBSERVED_PRIVATE,
        GapReason.OBSERVED_OUT_OF_SCOPE,
        GapReason.OBSERVED_HIDDEN,
    }
)
"""Why comments cannot be had, however often they are asked for."""


def video_result(
    work: VideoWork, tasks: Sequence[Task], found: FoundVideos, earlier: Mapping[date, IdsByName]
) -> VideoResult:
    """What became of one work.

    Args:
        work: The work.
        tasks: Its tasks, those that its pages led to among them.
        found: What its pages hold.
        earlier: By day of creation, what earlier passes had found of those that the work asks for; names that were not
            asked for before are absent.
    """
    searches = [task for task in tasks if task.spec.stream == "videos"]
    missing = (*_lost(work, tasks, found), *(each for task in searches for each in _missing(task, work)))
    missing += tuple(each for task in tasks for each in _missing_comments(task, work, found))
    bad = tuple(sorted({name for each in missing if each.reason == GapReason.BAD_USERNAME for name in each.usernames}))
    requests = _requests(tasks)
    return VideoResult(
        collections=work.collections,
        purpose=work.purpose,
        window=work.window,
        query=work.query,
        usernames=work.usernames,
        search=work.search,
        missing=missing,
        found={day: _day_found(work, found, day, earlier.get(day, {})) for day in sorted(found.days)},
        candidates=sum(task.progress.counts.requested for task in searches),
        dropped=sum(task.progress.counts.dropped for task in searches),
        requests=requests["video_query"],
        comment_requests=requests["comment_list"],
        videos_with_comments=len(found.with_comments) if work.depth.comments else 0,
        bad_usernames=bad,
        playlists_missing=sum(task.spec.stream == "playlists" and not is_complete(task) for task in tasks),
        bisected=0 if missing else _largest_bisected(searches),
        silent=work.purpose is Purpose.CONTROL and not missing and not found.days,
    )


def visit_result(visit: AccountVisit, tasks: Sequence[Task]) -> VisitResult:
    """What became of one visit."""
    requests = _requests(tasks)
    about_account = (task for task in tasks if task.progress.observation in _ABOUT_THE_ACCOUNT)
    observation = next((task.progress.observation for task in about_account), None)
    return VisitResult(
        collections=visit.collections,
        username=visit.username,
        complete=bool(tasks) and all(is_complete(task) for task in tasks),
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


def _requests(tasks: Iterable[Task]) -> Counter[str]:
    """The requests of `tasks` by endpoint."""
    requests = Counter[str]()
    for task in tasks:
        requests[task.spec.endpoint] += task.progress.counts.requests
    return requests


def _day_found(work: VideoWork, found: FoundVideos, day: date, earlier: IdsByName) -> DayFound:
    by_username = {name: len(each) for name, each in sorted(found.days[day].items())} if work.usernames else {}
    now = found.ids_by_name(work, day)
    late = sum(len(now[name] - earlier[name]) for name in now.keys() & earlier.keys())
    return DayFound(len(found.ids(day)), late, by_username)


def _largest_bisected(searches: Iterable[Task]) -> int:
    return max((len(usernames_of(task.spec)) for task in searches if task.progress.note == BISECTED), default=0)


def _lost(work: VideoWork, tasks: Sequence[Task], found: FoundVideos) -> Iterator[Missing]:
    """The whole work, where what became of it cannot be told any more."""
    if not tasks:
        yield Missing(work.window, GapReason.FAILED, "its tasks are gone from the table")
    for sentence in found.unreadable:
        yield Missing(work.window, GapReason.FAILED, sentence)


def _missing_comments(task: Task, work: VideoWork, found: FoundVideos) -> Iterator[Missing]:
    """Days whose comments are to be asked for again; comments that cannot be had are no such reason."""
    if task.spec.kind is not TaskKind.SWEEP or is_complete(task):
        return
    gaps = [gap for gap in task.progress.gaps if not gap.possible and gap.reason not in _FOR_GOOD]
    if task.progress.failed and not gaps:
        gaps = [Gap(GapReason.FAILED, f"the task {task.task_id} ended as {task.state}")]
    for gap in gaps:
        item = gap.item or ""
        day = found.day_of(int(item.removeprefix(_VIDEO))) if item.startswith(_VIDEO) else None
        window = Window(day, day) if day and day in work.window else work.window
        yield Missing(window, gap.reason, f"{task.spec.stream}: {gap.detail}")


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
