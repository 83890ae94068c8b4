"""What a day of a study costs on average once everything is caught up, worked out by planning some such days."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import lcm
from typing import Final

from tiktok_collector.planner.batches import batch_size
from tiktok_collector.planner.calendar import Calendar
from tiktok_collector.planner.charges import Charge, Costs, Payers
from tiktok_collector.planner.coverage import Coverage
from tiktok_collector.planner.due_days import due_days
from tiktok_collector.planner.endpoints import ENDPOINT_OF_STREAM
from tiktok_collector.planner.jobs import Subject
from tiktok_collector.planner.past import Followers, Past
from tiktok_collector.planner.search_units import units_of, usual_volume
from tiktok_collector.planner.video_jobs import cohorts_of_accounts, parts, windows
from tiktok_collector.planner.visit_jobs import Visitors
from tiktok_collector.planner.volumes import UNKNOWN_ACCOUNT
from tiktok_collector.study.collections import Study
from tiktok_collector.study.windows import MAX_WINDOW_DAYS

_LONGEST_CYCLE: Final = 90
"""The average is over no more days, even where the rhythms of several collections take longer to come together."""
_BEGIN: Final = 10_000
"""Some `day_number`; the days that are planned here are nobody's."""


def usual_charges(study: Study, past: Past, visitors: Mapping[str, Visitors], payers: Payers) -> list[Charge]:
    """The requests of an average day. Collections that have ended cost nothing, those that have not begun do."""
    charges: list[Charge] = []
    for followers, volumes, most_days in _subjects(study, past):
        going_on = _going_on(followers, past.today)
        if going_on.names:
            count = 1 if len(volumes) == 1 else -(-len(volumes) // batch_size(study.batch_size, past.too_large))
            subject = Subject(going_on.names, going_on.rates, (sum(volumes) / count,), most_days=most_days)
            costs = {endpoint: requests * count for endpoint, requests in _average(subject, going_on).items()}
            charges += payers.charges(going_on.names, costs)
    charges += _visits(visitors, payers)
    return charges


def _subjects(study: Study, past: Past) -> Iterator[tuple[Followers, list[float], int]]:
    """Accounts of the same cohorts together, and each search: with the candidates a day of each unit.

    The last is how many days may share a window: of a search by trends one, since its hashtags change every day.
    """
    volumes: dict[tuple[str, ...], list[float]] = defaultdict(list)
    followers_of: dict[tuple[str, ...], Followers] = {}
    for username, cohorts in cohorts_of_accounts(study).items():
        names = tuple(cohort.name for cohort in cohorts)
        if names not in followers_of:
            followers_of[names] = past.followers(cohorts)
        volumes[names].append(past.candidates_a_day(username, followers_of[names], UNKNOWN_ACCOUNT))
    for names, followers in followers_of.items():
        yield followers, volumes[names], MAX_WINDOW_DAYS
    for search in study.searches:
        followers = past.followers([search])
        most_days = MAX_WINDOW_DAYS if search.trends is None else 1
        yield followers, [usual_volume(units_of(search), followers, past)], most_days


def _going_on(followers: Followers, today: int) -> Followers:
    """Without the collections all of whose days have been old enough already."""
    kept = [
        (name, each)
        for name, each in zip(followers.names, followers.following, strict=True)
        if each.calendar.last is None
        or today <= each.calendar.last + each.calendar.last_pass + each.calendar.every_days
    ]
    return replace(followers, names=tuple(name for name, _ in kept), following=tuple(each for _, each in kept))


def _has_ended(calendar: Calendar, today: int) -> bool:
    return calendar.last is not None and today > calendar.last + calendar.last_pass + calendar.every_days


def _average(subject: Subject, followers: Followers) -> Costs:
    """Requests a day by endpoint, from planning days of a steady state."""
    following = [each._replace(calendar=_from(_BEGIN, each.calendar)) for each in followers.following]
    rhythms = [each.calendar.every_days for each in following]
    warm = max(each.calendar.last_pass for each in following) + 2 * max(rhythms)
    cycle = min(lcm(*rhythms), _LONGEST_CYCLE)
    asked = Coverage()
    sums: dict[str, float] = defaultdict(float)
    for day in range(_BEGIN, _BEGIN + warm + cycle):
        for part in parts(due_days(following, asked, {}, (), day)):
            for job in windows(subject, part):
                asked.note(job.span.first, job.span.last, day)
                if day >= _BEGIN + warm:
                    for endpoint, requests in job.costs.items():
                        sums[endpoint] += requests / cycle
    return dict(sums)


def _from(begin: int, calendar: Calendar) -> Calendar:
    """The same rhythm, from `begin` on and without end."""
    first = begin + (calendar.began - begin) % calendar.every_days
    return Calendar(first, None, calendar.every_days, calendar.passes, first)


def _visits(visitors: Mapping[str, Visitors], payers: Payers) -> list[Charge]:
    charges = []
    for who, accounts in Counter(visitors.values()).items():
        costs = {
            ENDPOINT_OF_STREAM[stream]: accounts * requests / who.every[stream]
            for stream, requests in who.costs.items()
        }
        charges += payers.charges(who.names, costs)
    return charges
