"""Days of videos that fail for everybody: one unit asks for them at each retry, until they answer somebody."""

from collections.abc import Callable, Collection, Iterable, Mapping

from tiktok_collector.planner.asked_days import wait_after
from tiktok_collector.planner.charges import Costs
from tiktok_collector.planner.coverage import day_at
from tiktok_collector.planner.due_days import ALONE_AFTER_TRIES, Setback
from tiktok_collector.planner.jobs import VideoJob
from tiktok_collector.planner.state import BROKEN_FOR, StudyState
from tiktok_collector.study.day_plan import Waiting
from tiktok_collector.study.windows import Window

type Fits = Callable[[tuple[str, ...], Costs], bool]


def broken_days(state: StudyState) -> dict[int, Setback]:
    """The days that have failed for several batches or searches on one day, and that nobody has had since.

    Returns:
        By day of creation, on how many days it was tried in vain, by anybody, and when it is tried again.
    """
    broken = {}
    for day, tries in state.failing.items():
        if any(len(works) >= BROKEN_FOR for works in tries.values()):
            answered = max(
                (max(unit.sure.on(day), unit.doubtful.on(day)) for unit in state.units.values()),
                default=0,
            )
            since = {on: works for on, works in tries.items() if on > answered}
            if any(len(works) >= BROKEN_FOR for works in since.values()):
                again_on = max(since) + wait_after(len(since))
                broken[day] = Setback(max(ALONE_AFTER_TRIES, len(since)), again_on)
    return broken


def waiting_days(broken: Mapping[int, Setback], today: int) -> list[Waiting]:
    """The broken days, and when one unit tries them again."""
    return [
        Waiting(Window(day_at(day), day_at(day)), "day_fails", day_at(max(today, setback.again_on)))
        for day, setback in sorted(broken.items())
    ]


def with_one_scout(
    jobs: Iterable[VideoJob], broken: Mapping[int, Setback], taken: Collection[int], fits: Fits
) -> list[VideoJob]:
    """The jobs, but for each broken day only one: the cheapest of those that a day has room for.

    Args:
        jobs: All that are due.
        broken: The broken days.
        taken: Days that somebody is asking for already.
        fits: Whether some collections can pay that.
    """
    everything = list(jobs)
    if not broken:
        return everything
    asking = {place: broken.keys() & job.due for place, job in enumerate(everything) if broken.keys() & job.due}
    scouted, scouts = set(taken), set()
    for place in sorted(asking, key=lambda each: (_preference(everything[each], fits), each)):
        if not asking[place] <= scouted:
            scouted |= asking[place]
            scouts.add(place)
    return [job for place, job in enumerate(everything) if place not in asking or place in scouts]


def _preference(job: VideoJob, fits: Fits) -> tuple[object, ...]:
    """The least is sent. Of equally dear ones a search: it has no names that could be at fault."""
    return not fits(job.collections, job.costs), sum(job.costs.values()), bool(job.subject.usernames)
