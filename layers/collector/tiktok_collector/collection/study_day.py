"""The use case of a study's schedule: plan the day if nobody has, and work the function's part of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from tiktok_collector.clock import iso
from tiktok_collector.collection.handler import collect
from tiktok_collector.collection.report import RunReport, report_of
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.study import Part, StudyEvent
from tiktok_collector.observability import Log
from tiktok_collector.study.day_plan import DayPlan, Estimate

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NO_STUDY = "There is no study: put config/study.yaml into the bucket (docs/study.md)."


def collect_study(
    part: Part,
    function: str,
    context: "LambdaContext",
    event: object,
    services: Callable[[], CollectionServices],
) -> dict[str, Any]:
    """One invocation of `function` for its part of the study; returns its report as a JSON object.

    Raises:
        CollectorError: as `handler.collect` does.
    """
    return collect(
        function,
        context,
        event=lambda: parse_event(StudyEvent, event),
        services=services,
        use_case=lambda built, log: StudyDay(built, log, part),
    )


class StudyReport(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A study's day. `windows` and `visits` count what is planned for both parts; `run` is the function's own part."""

    study: str | None = None
    day: str
    part: str
    windows: int = 0
    visits: int = 0
    estimate: Estimate | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    run: RunReport | None = None
    note: str | None = None


class StudyDay:
    """Works one part of the present day of the study."""

    def __init__(self, services: CollectionServices, log: Log, part: Part) -> None:
        self._services = services
        self._log = log
        self._part = part

    def run(self, event: StudyEvent, *, request_id: str, deadline: Deadline) -> StudyReport:
        """Plans and works the part; where only the plan is wanted, nothing is stored or sent.

        Raises:
            InvalidRequest: the study file is not valid, and no earlier one was.
            InvocationStopped: a resource, permission or credential is missing; what was stored is kept.
        """
        planning = self._services.study_planning()
        plan = planning.draft() if event.plan_only else planning.today()
        if plan is None:
            today, note = iso(self._services.clock.now())[:10], planning.over() or NO_STUDY
            return StudyReport(day=today, part=self._part, note=note)
        for sentence in plan.estimate.warnings:
            self._log.warning(sentence, extra={"study": plan.study})
        if plan.problems:
            # They quote names from lists, which logs need not (docs/adr/0006).
            self._log.warning("the study file has problems", extra={"study": plan.study, "count": len(plan.problems)})
        report = self._report(plan)
        run = None if event.plan_only else planning.start(plan, self._part)
        if run is None:
            return report
        engine = self._services.engine(deadline, request_id, self._log)
        progress = engine.drain([run.ref])
        report.run = report_of(run, progress[0])
        return report

    def _report(self, plan: DayPlan) -> StudyReport:
        return StudyReport(
            study=plan.study,
            day=plan.day.isoformat(),
            part=self._part,
            windows=len(plan.videos),
            visits=len(plan.visits),
            estimate=plan.estimate,
            problems=plan.problems,
            notes=plan.notes,
        )
