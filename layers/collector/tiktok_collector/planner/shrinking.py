"""How a job that does not fit into what is left is made smaller, so that no part of a day is left unused."""

from collections.abc import Callable
from dataclasses import replace

from tiktok_collector.planner.charges import Costs
from tiktok_collector.planner.endpoints import FAMILIES, VIDEOS, family_of
from tiktok_collector.planner.jobs import VideoJob
from tiktok_collector.planner.ordering import Job
from tiktok_collector.planner.visit_jobs import VisitJob
from tiktok_collector.planner.window_choice import Span
from tiktok_collector.study.day_plan import Purpose

type Fits = Callable[[Costs], bool]


def part_that_fits(job: Job, fits: Fits) -> tuple[Job, list[Job]] | None:
    """The most important part that fits, and what remains; None if no part does."""
    if isinstance(job, VisitJob):
        return _streams_that_fit(job, fits)
    if job.purpose is Purpose.CONTROL or not fits({VIDEOS: 1.0}):
        return None
    return _days_that_fit(job, fits) or _accounts_that_fit(job, fits)


def smallest_part(job: Job) -> Job:
    """What it cannot be asked for in less than: one day of one account, or of a search."""
    if isinstance(job, VisitJob) or job.purpose is Purpose.CONTROL:
        return job
    day = _days(job, 0, 1)
    return _accounts(day, 0, 1) if day.subject.usernames else day


def _streams_that_fit(job: VisitJob, fits: Fits) -> tuple[Job, list[Job]] | None:
    parts = [
        replace(job, costs={each: costs for each, costs in job.costs.items() if family_of(each) == family})
        for family in FAMILIES
    ]
    parts = [part for part in parts if part.costs]
    for part in parts:
        if len(parts) > 1 and fits(part.costs):
            return part, [other for other in parts if other is not part]
    return None


def _days_that_fit(job: VideoJob, fits: Fits) -> tuple[Job, list[Job]] | None:
    """The newest days."""
    count = _most(len(job.due) - 1, lambda days: fits(_days(job, 0, days).costs))
    return (_days(job, 0, count), [_days(job, count, len(job.due))]) if count else None


def _accounts_that_fit(job: VideoJob, fits: Fits) -> tuple[Job, list[Job]] | None:
    """Some accounts, for the newest day only."""
    day, names = _days(job, 0, 1), len(job.subject.usernames)
    count = _most(names - 1, lambda accounts: fits(_accounts(day, 0, accounts).costs))
    if not count:
        return None
    rest: list[Job] = [_accounts(day, count, names)]
    if len(job.due) > 1:
        rest.append(_days(job, 1, len(job.due)))
    return _accounts(day, 0, count), rest


def _most(limit: int, fits: Callable[[int], bool]) -> int:
    """The greatest number from 1 to `limit` that fits, 0 if none does; what is more never costs less."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _days(job: VideoJob, start: int, end: int) -> VideoJob:
    """Those of its due days; its other days only as far as they lie between."""
    due = job.due[start:end]
    span = Span(due[-1], due[0])
    candidates = job.candidates * (span.last - span.first + 1) / (job.span.last - job.span.first + 1)
    return replace(job, due=due, span=span, candidates=candidates)


def _accounts(job: VideoJob, start: int, end: int) -> VideoJob:
    subject = job.subject.of(job.subject.usernames[start:end])
    days = job.span.last - job.span.first + 1
    return replace(job, subject=subject, candidates=subject.candidates_a_day * days)
