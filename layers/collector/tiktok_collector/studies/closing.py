"""The end of a study's run: its record, the ids it has seen, and the manifest of the study's day.

Everything is worked out from the run's tasks and raw pages, so it may be done again after a crash.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from tiktok_collector.collection import naming
from tiktok_collector.collection.day_plans import stored_day_plan
from tiktok_collector.collection.export_document import page_keys
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_plan import visits_of, works_of
from tiktok_collector.events.study import Part
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.studies.day_manifests import DayManifests
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.studies.results import FoundVideos, costs, video_result, visit_result
from tiktok_collector.studies.seen import CollectionDay, IdsByName, SeenVideos
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
            Fatal: the day's plan or a raw page is missing or damaged.
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
        self._seen.put(_ids(worked), run.run_id, day)
        still_ours()
        self._manifests.write(plan)

    def _read(self, works: Iterable[tuple[VideoWork, list[Task]]]) -> list[_Worked]:
        def read(pair: tuple[VideoWork, list[Task]]) -> _Worked:
            found = FoundVideos()
            for task in pair[1]:
                for key in page_keys(task) if task.spec.stream == "videos" else ():
                    found.add(self._reader.read(key).typed.rows)
            return _Worked(*pair, found)

        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="closing") as pool:
            return list(pool.map(read, works))


def _subjects[Subject: VideoWork | AccountVisit](
    planned: Sequence[Subject], tasks: dict[str, list[Task]], name: Callable[[int], str]
) -> list[tuple[Subject, list[Task]]]:
    return [(each, tasks.get(name(number), [])) for number, each in enumerate(planned, start=1)]


def _result(worked: _Worked, earlier: dict[CollectionDay, IdsByName]) -> VideoResult:
    known: dict[date, set[int]] = {}
    for name, day in _collection_days(worked.work):
        if (name, day) in earlier:
            ids = _of_names(earlier[name, day], _names(worked.work))
            known[day] = known.get(day, set()) | ids
    return video_result(worked.work, worked.tasks, worked.found, known)


def _days_asked(worked: Iterable[_Worked]) -> set[CollectionDay]:
    return {pair for each in worked for pair in _collection_days(each.work)}


def _collection_days(work: VideoWork) -> Iterator[CollectionDay]:
    """The days that a work has asked for, for each of its collections; a control asks for nothing."""
    if work.purpose is not Purpose.CONTROL:
        for number in range(work.window.days):
            for name in work.collections:
                yield name, work.window.start + timedelta(days=number)


def _ids(worked: Iterable[_Worked]) -> dict[CollectionDay, IdsByName]:
    """The ids found of each day asked for, by username; empty where there were none."""
    ids: dict[CollectionDay, IdsByName] = {}
    for each in worked:
        for name, day in _collection_days(each.work):
            ids.setdefault((name, day), {}).update(each.found.ids_by_name(each.work, day))
    return ids


def _gone(
    worked: Iterable[_Worked], results: Iterable[VideoResult], earlier: dict[CollectionDay, IdsByName]
) -> GoneByDay:
    """Videos of earlier passes that are not there any more, of works of which nothing is missing."""
    gone: GoneByDay = {}
    for each, result in zip(worked, results, strict=True):
        for name, day in () if result.missing else _collection_days(each.work):
            before = _of_names(earlier.get((name, day), {}), _names(each.work))
            if count := len(before - each.found.ids(day)):
                days = gone.setdefault(name, {})
                days[day] = days.get(day, 0) + count
    return gone


def _names(work: VideoWork) -> tuple[str, ...]:
    return work.usernames or ("",)


def _of_names(ids: IdsByName, names: Iterable[str]) -> set[int]:
    return set().union(*(ids.get(name, set()) for name in names))
