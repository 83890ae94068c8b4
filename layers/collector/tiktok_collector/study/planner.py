"""The plan of one day of a study: pure, from the study and what is known of its past (docs/planning.md)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from tiktok_collector.study.collections import Study
from tiktok_collector.study.coverage import day_number
from tiktok_collector.study.day_plan import DayPlan, Estimate, VideoWork
from tiktok_collector.study.past import Past
from tiktok_collector.study.state import StudyState
from tiktok_collector.study.video_jobs import video_jobs


def plan_day(
    study: Study,
    state: StudyState,
    day: date,
    *,
    capacity: Mapping[str, int],
    in_flight: Sequence[VideoWork] = (),
    visits_in_flight: Collection[str] = (),
    study_digest: str,
    problems: Sequence[str] = (),
) -> DayPlan:
    """What the study asks for on `day`; the same arguments give the same plan.

    Args:
        study: What is to be collected.
        state: The fold of all runs' records.
        day: The UTC day on which it is asked for; nothing of this day or later ever is.
        capacity: Requests by family that are left to schedules on that day.
        in_flight: Works of earlier plans whose runs have not ended; they are not planned again.
        visits_in_flight: The same for accounts that are being visited.
        study_digest: Names the version of the study file.
        problems: What is wrong with it; passed on.

    Returns:
        The plan with its estimate. What does not fit is left out: it is due again on the next day.
    """
    del in_flight, visits_in_flight
    past = Past(state, day_number(day))
    jobs = video_jobs(study, past, {})
    return DayPlan(
        study=study.name,
        study_digest=study_digest,
        day=day,
        videos=tuple(job.work(rank) for rank, job in enumerate(jobs)),
        estimate=Estimate(capacity=dict(capacity)),
        problems=tuple(problems),
    )
