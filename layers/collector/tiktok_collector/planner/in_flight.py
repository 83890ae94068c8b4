"""Work of earlier plans whose runs have not ended: it is not planned again, and it still costs."""

from collections import defaultdict
from collections.abc import Sequence

from tiktok_collector.planner.coverage import day_number
from tiktok_collector.planner.jobs import Subject, VideoJob
from tiktok_collector.planner.past import Past
from tiktok_collector.planner.unit_history import search_key
from tiktok_collector.planner.window_choice import Span
from tiktok_collector.study.day_plan import Purpose, VideoWork


def taken_days(works: Sequence[VideoWork]) -> dict[str, frozenset[int]]:
    """By unit, the days that are being asked for. A control takes none: its day is had already."""
    taken: dict[str, set[int]] = defaultdict(set)
    for work in works:
        if work.purpose is not Purpose.CONTROL:
            keys = (search_key(work.search, work.query),) if work.search else work.usernames
            days = range(day_number(work.window.start), day_number(work.window.end) + 1)
            for key in keys:
                taken[key].update(days)
    # The same object for accounts of the same days, so that what is due of them is worked out once.
    same: dict[frozenset[int], frozenset[int]] = {}
    return {key: same.setdefault(frozen, frozen) for key, days in taken.items() for frozen in (frozenset(days),)}


def controls_under_way(works: Sequence[VideoWork]) -> frozenset[str]:
    """The collections that are being controlled."""
    return frozenset(name for work in works if work.purpose is Purpose.CONTROL for name in work.collections)


def as_job(work: VideoWork, past: Past) -> VideoJob:
    """The work with what it is expected to cost. How far it has come is not known, so all of it counts."""
    first, last = day_number(work.window.start), day_number(work.window.end)
    subject = Subject(
        work.collections,
        past.rates(work.collections),
        (work.expected / (last - first + 1),),
        usernames=work.usernames,
        search=work.search,
        search_query=work.query,
    )
    return VideoJob(subject, work.purpose, Span(first, last), (), work.depth, float(work.expected))
