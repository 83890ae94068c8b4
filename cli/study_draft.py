"""What a study file would cost today, planned here as the functions plan: nothing is stored, nothing is sent."""

from datetime import timedelta
from typing import Any, Final, override

from cli.target import Target
from cli.unwritten import Unwritten
from local_cloud.quota_today import deployed_limits
from local_cloud.study_choice import ChosenStudy
from tiktok_collector.collection.manifest import ManifestWriter
from tiktok_collector.collection.planning import RunPlanner
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.studies.day_manifests import DayManifests
from tiktok_collector.studies.planning import StudyPlanning
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.studies.study_files import CurrentStudy, StudyFiles
from tiktok_collector.study.day_plan import DayPlan
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore

_THREADS: Final = 8
_RESERVE: Final = "ADHOC_RESERVE_PERCENT"


class _Given(StudyFiles):
    """The study file that a person has, in place of the uploaded one."""

    def __init__(self, objects: ObjectStore, study: ChosenStudy) -> None:
        super().__init__(objects)
        self._study = study

    @override
    def current(self) -> CurrentStudy:
        return CurrentStudy(self._study.read, self._study.read.warnings)


def draft(target: Target, study: ChosenStudy) -> DayPlan:
    """The plan of today from `study`, with what the stack has collected and the quota that it has left."""
    clock, stack = target.clock, target.stack
    objects = Unwritten(target.aws.s3, stack.bucket)
    tasks = TaskStore(target.aws.dynamodb, stack.tasks_table, clock)
    runs = RunStore(target.aws.dynamodb, stack.tasks_table, clock)
    records = RecordStore(objects, threads=_THREADS)
    parts = MultipartUpload(target.aws.s3, stack.bucket)
    manifests = ManifestWriter(tasks=tasks, runs=runs, objects=objects, parts=parts, clock=clock, closings={})
    reserve = int(_variables(target).get(_RESERVE, 0))
    budgets = {family: Budget(limit, reserve) for family, limit in deployed_limits(target.aws, stack).items()}
    ledger = QuotaLedger(target.aws.dynamodb, stack.usage_log_table, budgets, clock, turn_of_day=timedelta())
    planning = StudyPlanning(
        files=_Given(objects, study),
        objects=objects,
        records=records,
        manifests=DayManifests(objects=objects, records=records, runs=runs, clock=clock),
        planner=RunPlanner(tasks=tasks, runs=runs, manifests=manifests, objects=objects, threads=_THREADS),
        runs=runs,
        tasks=tasks,
        ledger=ledger,
        budgets=budgets,
        clock=clock,
        threads=_THREADS,
    )
    plan = planning.draft()
    assert plan is not None  # noqa: S101 - there is a study: it was given
    return plan


def _variables(target: Target) -> dict[str, Any]:
    configuration = target.aws.lambda_.get_function_configuration(FunctionName=target.stack.collection_worker)
    return dict(configuration["Environment"]["Variables"])
