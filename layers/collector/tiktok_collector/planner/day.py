"""The plan of one day of a study: pure, from the study and what is known of its past (docs/planning.md)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from tiktok_collector.planner.broken_days import waiting_days, with_one_scout
from tiktok_collector.planner.controls import control_jobs
from tiktok_collector.planner.coverage import day_number
from tiktok_collector.planner.in_flight import as_job, controls_under_way, taken_days
from tiktok_collector.planner.jobs import VideoJob
from tiktok_collector.planner.left_out import left_out
from tiktok_collector.planner.ordering import Job, in_order
from tiktok_collector.planner.outlook import Outlook
from tiktok_collector.planner.packing import pack
from tiktok_collector.planner.past import Past
from tiktok_collector.planner.purse import Purse
from tiktok_collector.planner.state import StudyState
from tiktok_collector.planner.usual import usual_charges
from tiktok_collector.planner.video_jobs import video_jobs, waiting_names
from tiktok_collector.planner.visit_jobs import VisitJob, visit_jobs, visitors_of_accounts
from tiktok_collector.study.collections import Study
from tiktok_collector.study.day_plan import DayPlan, Estimate, VideoWork


def plan_day(
    study: Study,
    state: StudyState,
    day: date,
    *,
    capacity: Mapping[str, int],
    in_flight: Sequence[VideoWork] = (),
    visits_in_flight: Collection[str] = (),
    ended: Sequence[VideoWork] = (),
    visits_ended: Collection[str] = (),
    study_digest: str,
    problems: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> DayPlan:
    """What the study asks for on `day`; the same arguments give the same plan.

    Args:
        study: What is to be collected.
        state: The fold of all runs' records.
        day: The UTC day on which it is asked for; nothing of this day or later ever is.
        capacity: Requests by family that are left to schedules on that day.
        in_flight: Works of earlier plans whose runs have not ended; they are not planned again.
        visits_in_flight: The same for accounts that are being visited.
        ended: Those of such works that are done, though their run is not: not planned again either, but paid for.
        visits_ended: The same for accounts.
        study_digest: Names the version of the study file.
        problems: What is wrong with it; passed on.
        notes: What else is to be said of the day; passed on.

    Returns:
        The plan with its estimate. What does not fit is left out: it is due again on the next day.
    """
    past = Past(state, day_number(day))
    visitors = visitors_of_accounts(study, past)
    visits = visit_jobs(visitors, past)
    under_way: list[Job] = [as_job(work, past) for work in in_flight]
    under_way += [visit for visit in visits if visit.username in visits_in_flight]
    taken, visited = [*in_flight, *ended], {*visits_in_flight, *visits_ended}
    purse = Purse(study, capacity)
    for job in under_way:
        purse.set_aside(job.collections, job.costs)
    taken_of = taken_days(taken)
    anybody = frozenset[int]().union(*taken_of.values())
    due: list[Job] = [
        *control_jobs(study, past, controls_under_way(taken)),
        *with_one_scout(video_jobs(study, past, taken_of), past.broken, anybody, purse.fits),
        *(visit for visit in visits if visit.username not in visited),
    ]
    packed = pack(in_order(due, study, capacity), purse)
    usual = usual_charges(study, past, visitors, purse.payers)
    outlook = Outlook(study, capacity, purse, usual, packed.left)
    return DayPlan(
        study=study.name,
        study_digest=study_digest,
        day=day,
        videos=tuple(job.work(rank) for rank, job in enumerate(packed.chosen) if isinstance(job, VideoJob)),
        visits=tuple(job.visit(rank) for rank, job in enumerate(packed.chosen) if isinstance(job, VisitJob)),
        estimate=Estimate(
            today=purse.payers.lines(packed.charges),
            usual=purse.payers.lines(usual),
            capacity=dict(capacity),
            backlog=outlook.backlog,
            days_to_catch_up=outlook.days_to_catch_up(),
            warnings=outlook.warnings(),
            waiting=(*waiting_days(past.broken, past.today), *waiting_names(study, past)),
        ),
        left_out=left_out(packed.left),
        problems=tuple(problems),
        notes=tuple(notes),
    )
