"""Days of videos that are due and did not fit into a day, collection by collection."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tiktok_collector.planner.coverage import day_at
from tiktok_collector.planner.jobs import VideoJob
from tiktok_collector.planner.ordering import Job
from tiktok_collector.study.day_plan import LeftOut
from tiktok_collector.study.windows import Window


def left_out(jobs: Iterable[Job]) -> tuple[LeftOut, ...]:
    """What of the days of videos is left over, with the number of accounts concerned; in a fixed order."""
    accounts = Counter[tuple[tuple[str, ...], Window]]()
    for job in jobs:
        if isinstance(job, VideoJob):
            for window in _in_a_row(job.due):
                accounts[job.collections, window] += len(job.subject.usernames)
    ordered = sorted(accounts, key=lambda key: (key[0], key[1].start, key[1].end))
    return tuple(LeftOut(collections, window, accounts[collections, window]) for collections, window in ordered)


def _in_a_row(due: Iterable[int]) -> Iterator[Window]:
    """The windows that the days make up, without any other day in them."""
    first = last = None
    for day in sorted(due):
        if first is None or last is None:
            first = last = day
        elif day == last + 1:
            last = day
        else:
            yield Window(day_at(first), day_at(last))
            first = last = day
    if first is not None and last is not None:
        yield Window(day_at(first), day_at(last))
