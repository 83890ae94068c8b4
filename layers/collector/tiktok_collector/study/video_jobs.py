"""All requests for videos that are due on a day, in the batches and windows that cost the least."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Final

from tiktok_collector.study.batches import balanced, batch_size
from tiktok_collector.study.collections import Cohort, Study
from tiktok_collector.study.day_plan import Purpose
from tiktok_collector.study.due_days import DueDay, DueDays
from tiktok_collector.study.jobs import Subject, VideoJob
from tiktok_collector.study.past import Followers, Past
from tiktok_collector.study.unit_history import search_key
from tiktok_collector.study.volumes import UNKNOWN_ACCOUNT, UNKNOWN_SEARCH
from tiktok_collector.study.window_choice import choose_windows, span_costs

_SPEAKS_FOR_WINDOW: Final = (Purpose.SETTLED, Purpose.FRESH, Purpose.RETRY, Purpose.CATCH_UP)
"""Which of its days' purposes a window has: the first of these."""

type Taken = Mapping[str, frozenset[int]]
"""Days by unit."""


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
        key = search_key(search.name, search.query)
        followers = past.followers([search])
        due = past.due(key, followers, taken.get(key, frozenset()))
        volume = past.candidates_a_day(key, followers, UNKNOWN_SEARCH)
        subject = Subject(followers.names, followers.rates, (volume,), search=search.name, search_query=search.query)
        yield from windows(subject, due)


def _of_cohorts(study: Study, past: Past, taken: Taken) -> Iterator[VideoJob]:
    # Accounts go together if every row of a page belongs to the same collections and the same days are due of each.
    alike: dict[tuple[tuple[str, ...], int], list[str]] = defaultdict(list)
    known: dict[int, DueDays] = {}
    followers_of: dict[tuple[str, ...], Followers] = {}
    for username, cohorts in cohorts_of_accounts(study).items():
        names = tuple(cohort.name for cohort in cohorts)
        if names not in followers_of:
            followers_of[names] = past.followers(cohorts)
        due = past.due(username, followers_of[names], taken.get(username, frozenset()))
        if due.days:
            known[id(due)] = due
            alike[names, id(due)].append(username)
    size = batch_size(study.batch_size, past.too_large)
    for (names, which), usernames in alike.items():
        followers = followers_of[names]
        for batch in _batches(usernames, past, size):
            volumes = tuple(past.candidates_a_day(name, followers, UNKNOWN_ACCOUNT) for name in batch)
            yield from windows(Subject(names, followers.rates, volumes, usernames=batch), known[which])


def _batches(usernames: Sequence[str], past: Past, size: int) -> list[tuple[str, ...]]:
    """Names that have made a query fail are asked for alone."""
    bad = [name for name in usernames if past.unit(name).bad]
    good = [name for name in usernames if not past.unit(name).bad] if bad else usernames
    return [*balanced(good, size), *batched(bad, 1, strict=True)]


def windows(subject: Subject, due: DueDays) -> Iterator[VideoJob]:
    """The windows in which a subject's due days are asked for.

    Days of different depth are not in one window, nor are days that keep failing in one with others.
    """
    kinds: dict[tuple[object, bool], list[DueDay]] = defaultdict(list)
    for day in due.days:
        kinds[day.depth, day.alone].append(day)
    for days in kinds.values():
        depth, alone = days[0].depth, days[0].alone
        mine = {each.day for each in days}
        closed = due.closed | {each.day for each in due.days if each.day not in mine}
        if alone:
            closed |= set(range(days[0].day, days[-1].day)) - mine
        a_day = subject.candidates_a_day
        costs = span_costs(a_day, subject.extra_a_day(depth))
        for span in choose_windows(sorted(mine), costs, closed):
            inside = [each for each in days if span.first <= each.day <= span.last]
            purposes = {each.purpose for each in inside}
            purpose = next(each for each in _SPEAKS_FOR_WINDOW if each in purposes)
            newest_first = tuple(each.day for each in reversed(inside))
            candidates = a_day * (span.last - span.first + 1)
            yield VideoJob(subject, purpose, span, newest_first, depth, candidates)
