"""In which order what is due is taken: by kind, then by priority, then in turn between collections."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tiktok_collector.planner.charges import by_family
from tiktok_collector.planner.jobs import VideoJob
from tiktok_collector.planner.visit_jobs import VisitJob
from tiktok_collector.study.collections import Study
from tiktok_collector.study.day_plan import Purpose

type Job = VideoJob | VisitJob

_VISITS: Final = 4
_KIND: Final = {
    Purpose.CONTROL: 0,
    Purpose.FRESH: 1,
    Purpose.SETTLED: 2,
    Purpose.RETRY: 3,
    Purpose.CATCH_UP: 5,
}
_LAST_PRIORITY: Final = 9


def in_order(jobs: Iterable[Job], study: Study, capacity: Mapping[str, int]) -> list[Job]:
    """All jobs, those to be done first first.

    Args:
        jobs: What is due.
        study: Its collections' priorities and shares.
        capacity: Requests by family, which make those of one comparable to those of the other.
    """
    priority = {each.name: each.priority for each in study.collections}
    weights = _weights(study)
    groups: dict[tuple[int, int], dict[tuple[str, ...], list[Job]]] = defaultdict(lambda: defaultdict(list))
    for job in jobs:
        kind = _VISITS if isinstance(job, VisitJob) else _KIND[job.purpose]
        first = min(priority.get(name, _LAST_PRIORITY) for name in job.collections)
        groups[kind, first][job.collections].append(job)
    ordered: list[Job] = []
    for _, lanes in sorted(groups.items()):
        ordered += _in_turn(lanes, weights, capacity)
    return ordered


def _in_turn(
    lanes: Mapping[tuple[str, ...], list[Job]], weights: Mapping[str, float], capacity: Mapping[str, int]
) -> list[Job]:
    """The next is always of that lane which has had the least for its weight."""
    waiting = {names: sorted(jobs, key=_within_lane, reverse=True) for names, jobs in sorted(lanes.items())}
    had = dict.fromkeys(waiting, 0.0)
    ordered = []
    while waiting:
        names = min(waiting, key=lambda each: had[each])
        job = waiting[names].pop()
        if not waiting[names]:
            del waiting[names]
        had[names] += _part_of_day(job, capacity) / sum(weights.get(name, 1.0) for name in names)
        ordered.append(job)
    return ordered


def _within_lane(job: Job) -> tuple[object, ...]:
    if isinstance(job, VisitJob):
        return job.last_on, job.username
    # The newest first. Of the same day, who has waited for the most days: so nobody is passed over every day.
    return -job.span.last, -len(job.due), job.subject.usernames


def _part_of_day(job: Job, capacity: Mapping[str, int]) -> float:
    return sum(requests / max(1, capacity.get(family, 0)) for family, requests in by_family(job.costs).items())


def _weights(study: Study) -> dict[str, float]:
    """The shares; collections without one divide what is left in equal parts."""
    shared = {each.name: float(each.research_share) for each in study.collections if each.research_share is not None}
    others: Sequence[str] = [each.name for each in study.collections if each.name not in shared]
    left = max(1.0, 100.0 - sum(shared.values()))
    return {name: max(1.0, share) for name, share in shared.items()} | {name: left / len(others) for name in others}
