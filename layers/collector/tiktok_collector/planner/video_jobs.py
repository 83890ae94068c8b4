"""All requests for videos that are due on a day, in the batches and windows that cost the least."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from tiktok_collector.planner.bad_names import asked_again_on, waiting_of
from tiktok_collector.planner.batches import balanced, batch_size
from tiktok_collector.planner.due_days import DueDay, DueDays
from tiktok_collector.planner.jobs import Subject, VideoJob
from tiktok_collector.planner.past import Followers, Past
from tiktok_collector.planner.search_units import units_of, usual_volume
from tiktok_collector.planner.volumes import UNKNOWN_ACCOUNT
from tiktok_collector.planner.window_choice import choose_windows, span_costs
from tiktok_collector.study.collections import Cohort, Study
from tiktok_collector.study.day_plan import Purpose, Waiting

_SPEAKS_FOR_WINDOW: Final = (Purpose.SETTLED, Purpose.FRESH, Purpose.RETRY, Purpose.CATCH_UP)
"""Which of its days' purposes a window has: the first of these."""

type Taken = Mapping[str, frozenset[int]]
"""Days by unit."""


class Part(NamedTuple):
    """Due days of the same collections and depth, oldest first, and the days between that no window may span."""

    collections: tuple[str, ...]
    days: tuple[DueDay, ...]
    closed: frozenset[int]


def video_jobs(study: Study, past: Past, taken: Taken) -> list[VideoJob]:
    """Everything that is due, except days that are `taken`."""
    return [*_of_cohorts(study, past, taken), *_of_searches(study, past, taken)]


def cohorts_of_accounts(study: Study) -> dict[str, tuple[Cohort, ...]]:
    """By username, the cohorts that collect its videos; usernames ascend."""
    cohorts: dict[str, list[Cohort]] = defaultdict(list)
    for cohort in study.cohorts:
        if cohort.videos:
            for username in cohort.usernames:
                cohorts[username].append(cohort)
    return {username: tuple(cohorts[username]) for username in sorted(cohorts)}


def _of_searches(study: Study, past: Past, taken: Taken) -> Iterator[VideoJob]:
    for search in study.searches:
        units, whole = units_of(search), past.followers([search])
        usual = usual_volume(units, whole, past)
        for unit in units:
            followers = unit.of(whole)
            volume = past.candidates_a_day(unit.key, followers, usual)
            subject = Subject(whole.names, whole.rates, (volume,), search=search.name, search_query=unit.query)
            for part in parts(past.due(unit.key, followers, taken.get(unit.key, frozenset()))):
                yield from windows(subject, part)


def _of_cohorts(study: Study, past: Past, taken: Taken) -> Iterator[VideoJob]:
    # Accounts go together where the same days are due of them for the same collections and at the same depth, even if
    # other days are not: so those that were left out yesterday, or have comments to come, share today's fresh pages.
    alike: dict[Part, list[str]] = defaultdict(list)
    usernames_of: dict[int, list[str]] = defaultdict(list)
    known: dict[int, DueDays] = {}
    followers_of = _followers_of_accounts(study, past)
    for username, followers in followers_of.items():
        due = past.due(username, followers, taken.get(username, frozenset()))
        if past.unit(username).bad:
            if username not in taken and past.today >= asked_again_on(past.unit(username)):
                yield from _newest_window(username, due, followers, past)
            continue
        known[id(due)] = due
        usernames_of[id(due)].append(username)
    for which, due in known.items():
        for part in parts(due):
            alike[part] += usernames_of[which]
    size = batch_size(study.batch_size, past.too_large)
    for part, usernames in alike.items():
        for batch in balanced(sorted(usernames), size):
            volumes = tuple(past.candidates_a_day(name, followers_of[name], UNKNOWN_ACCOUNT) for name in batch)
            yield from windows(Subject(part.collections, followers_of[batch[0]].rates, volumes, usernames=batch), part)


def waiting_names(study: Study, past: Past) -> Iterator[Waiting]:
    """What is due of names that make every query fail, and when each is asked for again."""
    if any(unit.bad for unit in past.state.units.values()):
        for username, followers in _followers_of_accounts(study, past).items():
            if past.unit(username).bad:
                yield from waiting_of(username, past.unit(username), past.due(username, followers), past.today)


def _followers_of_accounts(study: Study, past: Past) -> dict[str, Followers]:
    """By username; the same object for accounts of the same cohorts."""
    known: dict[tuple[str, ...], Followers] = {}
    by_username = {}
    for username, cohorts in cohorts_of_accounts(study).items():
        names = tuple(cohort.name for cohort in cohorts)
        if names not in known:
            known[names] = past.followers(cohorts)
        by_username[username] = known[names]
    return by_username


def _newest_window(username: str, due: DueDays, followers: Followers, past: Past) -> Iterator[VideoJob]:
    """One query, to see whether a name that has made queries fail still does."""
    volume = past.candidates_a_day(username, followers, UNKNOWN_ACCOUNT)
    found = [
        job
        for part in parts(due)
        for job in windows(Subject(part.collections, followers.rates, (volume,), usernames=(username,)), part)
    ]
    if found:
        yield replace(max(found, key=lambda job: job.span.last), purpose=Purpose.RETRY)


def parts(due: DueDays) -> list[Part]:
    """What is due, divided into days that may share a window.

    Days of different collections or of different depth may not, nor days that keep failing and others.
    """
    kinds: dict[tuple[object, ...], list[DueDay]] = defaultdict(list)
    for day in due.days:
        kinds[day.collections, day.depth, day.alone].append(day)
    divided = []
    for days in kinds.values():
        mine = {each.day for each in days}
        between = range(days[0].day + 1, days[-1].day)
        closed = due.closed | {each.day for each in due.days}
        if days[0].alone:
            closed = frozenset(between)
        divided.append(Part(days[0].collections, tuple(days), frozenset(closed.intersection(between) - mine)))
    return divided


def windows(subject: Subject, part: Part) -> Iterator[VideoJob]:
    """The windows in which the days of a part are asked for."""
    depth = part.days[0].depth
    a_day = subject.candidates_a_day
    costs = span_costs(a_day, subject.extra_a_day(depth))[: subject.most_days]
    for span in choose_windows([each.day for each in part.days], costs, part.closed):
        inside = [each for each in part.days if span.first <= each.day <= span.last]
        purposes = {each.purpose for each in inside}
        purpose = next(each for each in _SPEAKS_FOR_WINDOW if each in purposes)
        newest_first = tuple(each.day for each in reversed(inside))
        yield VideoJob(subject, purpose, span, newest_first, depth, a_day * (span.last - span.first + 1))
