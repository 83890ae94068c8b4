"""Plans a study's day and starts its runs. Any function may do it at any time: the first plan of a day counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from tiktok_collector.clock import Clock, iso, utc_day
from tiktok_collector.collection import naming
from tiktok_collector.collection.day_plans import day_plan, store_day_plan, stored_day_plan
from tiktok_collector.collection.planning import RunPlanner
from tiktok_collector.collection.study_plan import visits_of, works_of
from tiktok_collector.collection.study_runs import event_of, has_work, run_id_of, study_part_of
from tiktok_collector.errors import Fatal, NewerVersion, concerns_everything
from tiktok_collector.events.study import Part
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.studies.day_manifests import DayManifests
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.studies.standing import Standing
from tiktok_collector.studies.study_files import CurrentStudy, StudyFiles
from tiktok_collector.study.day_plan import DayPlan, VideoWork
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore

_DAYS_REVIEWED: Final = 3
_STUDY: Final = "study"


@dataclass(slots=True)
class _UnderWay:
    """What runs that have not ended are about: what of it is still to be done, and what is done."""

    videos: list[VideoWork] = field(default_factory=list)
    visits: set[str] = field(default_factory=set)
    ended_videos: list[VideoWork] = field(default_factory=list)
    ended_visits: set[str] = field(default_factory=set)

    def add(self, plan: DayPlan, part: Part, subjects: Mapping[str, Standing]) -> None:
        """Adds the works and visits of a run; `subjects` says how far each is that has tasks."""
        for number, work in enumerate(works_of(plan, part), start=1):
            standing = subjects.get(naming.work(number), Standing())
            if standing.ended:
                self.ended_videos.append(work)
            else:
                self.videos.append(standing.left_of(work))
        for number, visit in enumerate(visits_of(plan, part), start=1):
            ended = subjects.get(naming.account(number), Standing()).ended
            (self.ended_visits if ended else self.visits).add(visit.username)


class StudyPlanning:
    """Plans days and starts runs."""

    def __init__(
        self,
        *,
        files: StudyFiles,
        objects: ObjectStore,
        records: RecordStore,
        manifests: DayManifests,
        planner: RunPlanner,
        runs: RunStore,
        tasks: TaskStore,
        ledger: QuotaLedger,
        budgets: Mapping[Family, Budget],
        clock: Clock,
        threads: int,
    ) -> None:
        self._files = files
        self._objects = objects
        self._records = records
        self._manifests = manifests
        self._planner = planner
        self._runs = runs
        self._tasks = tasks
        self._ledger = ledger
        self._budgets = budgets
        self._clock = clock
        self._threads = threads

    def today(self) -> DayPlan | None:
        """The plan of the present UTC day, made now if there is none; None if there is no study, or it is over.

        Raises:
            InvalidRequest: the study file is not valid, and no earlier one was.
        """
        day = self._clock.now().date()
        if plan := day_plan(self._objects, day):
            if not self._manifests.exists(plan):
                self._manifests.write(plan)
            return plan
        current = self._files.current()
        if current is None or current.over(day):
            return None
        plan = store_day_plan(self._objects, self._planned(current, day, store=True))
        self._manifests.write(plan)
        for ago in range(1, _DAYS_REVIEWED + 1):
            # Where a run of theirs never started, it can be said now.
            if before := day_plan(self._objects, day - timedelta(days=ago)):
                self._manifests.write(before)
        return plan

    def draft(self) -> DayPlan | None:
        """What would be planned for today if nothing were planned yet; nothing is stored or sent. None: no study.

        Raises:
            InvalidRequest: as `today`.
        """
        current, day = self._files.current(), self._clock.now().date()
        return None if current is None or current.over(day) else self._planned(current, day, store=False)

    def over(self) -> str:
        """Why the study asks for nothing any more, in a sentence; empty where it goes on, or there is none."""
        current = self._files.current()
        return "" if current is None else current.over(self._clock.now().date())

    def start(self, plan: DayPlan, part: Part) -> Run | None:
        """The run of a part of the plan, stored now if it is not there; None if there is nothing to do."""
        if not has_work(plan, part):
            return None
        event, period = event_of(plan, part)
        run = Run(
            run_id=run_id_of(plan.day, part),
            function=_STUDY,
            event={},
            work_class=WorkClass.SCHEDULED,
            started_at=iso(self._clock.now()),
            warnings=_warnings(plan),
        )
        return self._planner.plan(run, event, period)

    def _planned(self, current: CurrentStudy, day: date, *, store: bool) -> DayPlan:
        """The plan of a day; `store` says whether what searches take from trend lists for it is kept."""
        # The planner and what it needs are loaded once a day, not with every tick.
        from tiktok_collector.planner.day import plan_day  # noqa: PLC0415 - as said
        from tiktok_collector.studies.trend_picks import with_picks  # noqa: PLC0415 - as said

        study, notes = with_picks(current.read.study, day, self._objects, threads=self._threads, store=store)
        # Before the records: a run that ends meanwhile is then in both, and not in neither.
        under_way = self._under_way()
        return plan_day(
            study,
            self._records.state(),
            day,
            capacity=self._capacity(study.adhoc_reserve_percent, self._clock.now()),
            in_flight=under_way.videos,
            visits_in_flight=under_way.visits,
            ended=under_way.ended_videos,
            visits_ended=under_way.ended_visits,
            study_digest=current.read.digest,
            problems=current.problems,
            notes=(*notes, *filter(None, (current.ends_soon(day),))),
        )

    def _capacity(self, reserve_percent: int, now: datetime) -> dict[str, int]:
        """The requests of each family that schedules may still send today.

        The stack's reserve for ad-hoc work is open to schedules from 20:00 UTC on, so it is planned for; until then the
        ledger keeps it free. A larger reserve of the study's own is kept free all day.
        """
        capacity = {}
        for family, budget in self._budgets.items():
            usage = self._ledger.usage(utc_day(now), family)
            reserve = reserve_percent if reserve_percent > budget.adhoc_reserve_percent else 0
            share = budget.limit * (100 - reserve) // 100
            left = min(usage.remaining, share - usage.used_by_class[WorkClass.SCHEDULED])
            capacity[family.value] = max(0, left)
        return capacity

    def _under_way(self) -> _UnderWay:
        found = _UnderWay()
        for ref in self._runs.open():
            day_and_part = study_part_of(ref.run_id)
            if day_and_part and self._is_of_a_study(ref.run_id):
                day, part = day_and_part
                groups = naming.by_subject(self._tasks.of_run(ref.run_id))
                subjects = {naming.subject_of(group[0].task_id): Standing.of(group) for group in groups}
                found.add(stored_day_plan(self._objects, day), part, subjects)
        return found

    def _is_of_a_study(self, run_id: str) -> bool:
        """Whether the run is what its id says: a person may have called another one so."""
        try:
            run = self._runs.get(run_id)
        except NewerVersion:
            raise
        except Fatal as error:
            if concerns_everything(error):
                raise
            # It cannot be read, and may be mended: what it asks for is not asked for once more meanwhile.
            return True
        return run is not None and run.function == _STUDY


def _warnings(plan: DayPlan) -> list[str]:
    """That there are problems; a list may have thousands, and the day's manifest has them all."""
    if not (count := len(plan.problems)):
        return []
    return [f"The study file has {count} problem{'s' * (count > 1)}; the manifest of the day says which."]
