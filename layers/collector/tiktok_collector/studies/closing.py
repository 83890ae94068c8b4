"""The end of a study's run: its record, the ids it has seen, and the manifest of the study's day.

Everything is worked out from the run's tasks and raw pages, so it may be done again after a crash.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from tiktok_collector.collection import naming
from tiktok_collector.collection.day_plans import stored_day_plan
from tiktok_collector.collection.export_document import page_keys
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_plan import visits_of, works_of
from tiktok_collector.errors import Fatal, InvocationStopped
from tiktok_collector.events.study import Part
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.studies.day_manifests import DayManifests
from tiktok_collector.studies.found_videos import FoundVideos, IdsByName, names_of
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.studies.results import costs, video_result, visit_result
from tiktok_collector.studies.seen import CollectionDay, SeenVideos
from tiktok_collector.study.day_plan import AccountVisit, Purpose, VideoWork
from tiktok_collector.study.record import RunRecord, VideoResult
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.task import Task

type GoneByDay = dict[str, dict[date, int]]


@dataclass(frozen=True, slots=True)
class _Worked:
    """One work with its tasks and what they found."""

    work: VideoWork
    tasks: Sequence[Task]
    found: FoundVideos


class StudyClosing:
    """Closes runs of studies."""

    def __init__(
        self,
        *,
        objects: ObjectStore,
        reader: PageReader,
        records: RecordStore,
        seen: SeenVideos,
        manifests: DayManifests,
        threads: int,
    ) -> None:
        self._objects = objects
        self._reader = reader
        self._records = records
        self._seen = seen
        self._manifests = manifests
        self._threads = threads

    def close(self, run: Run, tasks: Iterable[Task], still_ours: Callable[[], None]) -> None:
        """Writes what became of `run`, whose `tasks` have all ended.

        Args:
            run: A run of a study.
            tasks: All of its tasks, in the order of their ids.
            still_ours: Renews the lease; raises LeaseLost where another worker has taken over.

        Raises:
            Fatal: the day's plan is missing or damaged.
        """
        part, day = Part(run.event["part"]), date.fromisoformat(run.event["day"])
        plan = stored_day_plan(self._objects, day)
        subjects = {naming.subject_of(group[0].task_id): group for group in naming.by_subject(tasks)}
        visits = _subjects(visits_of(plan, part), subjects, naming.account)
        worked = self._read(_subjects(works_of(plan, part), subjects, naming.work))
        still_ours()
        earlier = self._seen.earlier(_days_asked(worked), run.run_id, day)
        results = [_result(each, earlier) for each in worked]
        self._records.put(
            RunRecord(
                study=plan.study,
                run_id=run.run_id,
                day=day,
                part=part,
                videos=tuple(results),
                visits=tuple(visit_result(visit, group) for visit, group in visits),
                used=tuple(costs(task for group in subjects.values() for task in group)),
                gone=_gone(worked, results, earlier),
            )
        )
        self._seen.put(_ids(worked, results), run.run_id, day)
        still_ours()
        self._manifests.write(plan)

    def _read(self, works: Iterable[tuple[VideoWork, list[Task]]]) -> list[_Worked]:
        def read(pair: tuple[VideoWork, list[Task]]) -> _Worked:
            found = FoundVideos()
            for task in pair[1]:
                for key in page_keys(task) if task.spec.stream == "videos" else ():
                    self._add(key, found)
            return _Worked(*pair, found)

        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="closing") as pool:
            return list(pool.map(read, works))

    def _add(self, key: str, found: FoundVideos) -> None:
        """A page that cannot be read is missing like one that never came; the run ends all the same."""
        try:
            found.add(self._reader.read(key).typed.rows)
        except InvocationStopped:
            raise
        except Fatal as error:
            found.unreadable.append(str(error))


def _subjects[Subject: VideoWork | AccountVisit](
    planned: Sequence[Subject], tasks: dict[str, list[Task]], name: Callable[[int], str]
) -> list[tuple[Subject, list[Task]]]:
    return [(each, tasks.get(name(number), [])) for number, each in enumerate(planned, start=1)]


def _result(worked: _Worked, earlier: dict[CollectionDay, IdsByName]) -> VideoResult:
    known: dict[date, dict[str, set[int]]] = {}
    for name, day in _collection_days(worked.work):
        ids = earlier.get((name, day), {})
        for asked in names_of(worked.work):
            if asked in ids:
                known.setdefault(day, {}).setdefault(asked, set()).update(ids[asked])
    return video_result(worked.work, worked.tasks, worked.found, known)


def _days_asked(worked: Iterable[_Worked]) -> set[CollectionDay]:
    return {pair for each in worked for pair in _collection_days(each.work)}


def _collection_days(work: VideoWork) -> Iterator[CollectionDay]:
    """The days that a work has asked for, for each of its collections; a control asks for nothing."""
    if work.purpose is not Purpose.CONTROL:
        for day in work.window.each_day():
            for name in work.collections:
                yield name, day


def _ids(worked: Iterable[_Worked], results: Iterable[VideoResult]) -> dict[CollectionDay, IdsByName]:
    """The ids found of each day and name asked for, none where there were none; what is missing is left out."""
    ids: dict[CollectionDay, dict[str, set[int]]] = {}
    for each, result in zip(worked, results, strict=True):
        for name, day in _collection_days(each.work):
            found = each.found.ids_by_name(each.work, day)
            lost = [gap for gap in result.missing if day in gap.window]
            for asked in found if all(gap.usernames for gap in lost) else ():
                if not any(asked in gap.usernames for gap in lost):
                    ids.setdefault((name, day), {})[asked] = found[asked]
    return dict(ids)


def _gone(
    worked: Iterable[_Worked], results: Iterable[VideoResult], earlier: dict[CollectionDay, IdsByName]
) -> GoneByDay:
    """Videos of earlier passes that are not there any more, of works of which nothing is missing."""
    gone: GoneByDay = {}
    for each, result in zip(worked, results, strict=True):
        for name, day in () if result.missing else _collection_days(each.work):
            before = earlier.get((name, day), {})
            known = set().union(*(before.get(asked, set()) for asked in names_of(each.work)))
            if count := len(known - each.found.ids(day)):
                days = gone.setdefault(name, {})
                days[day] = days.get(day, 0) + count
    return gone
