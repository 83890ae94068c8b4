"""Visits of accounts that are due on a day, spread so that not all accounts are visited on the same one."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from tiktok_collector.planner.asked_days import wait_after
from tiktok_collector.planner.coverage import day_at
from tiktok_collector.planner.endpoints import ENDPOINT_OF_STREAM
from tiktok_collector.planner.past import Past
from tiktok_collector.planner.visit_history import VisitHistory
from tiktok_collector.planner.volumes import Rates
from tiktok_collector.study.collections import Cohort, Study
from tiktok_collector.study.day_plan import AccountVisit

MOST_LISTED: Final = 5_000
"""The API lists no more followers of one account."""
_PAGE: Final = 100
_LISTS: Final = ("followers", "following")
_SINGLE: Final = ("profile", "pinned")
"""One request each, whatever the account."""


@dataclass(frozen=True, slots=True)
class VisitJob:
    """A visit that might be planned; `costs` are by endpoint. `last_on` is when its longest waiting stream was had."""

    collections: tuple[str, ...]
    username: str
    costs: dict[str, float]
    max_followers: int | None = None
    max_following: int | None = None
    last_on: int = 0

    @property
    def streams(self) -> tuple[str, ...]:
        """What is asked for."""
        return tuple(stream for stream, endpoint in ENDPOINT_OF_STREAM.items() if endpoint in self.costs)

    def visit(self, rank: int) -> AccountVisit:
        """What is handed out."""
        return AccountVisit(
            collections=self.collections,
            username=self.username,
            streams=self.streams,
            max_followers=self.max_followers,
            max_following=self.max_following,
            rank=rank,
        )


class Visitors:
    """The cohorts that visit the same accounts: what they want of them, how often, and what it costs."""

    def __init__(self, cohorts: Sequence[Cohort], rates: Rates) -> None:
        self.names = tuple(cohort.name for cohort in cohorts)
        self._cohorts = cohorts
        self.every = {
            stream: min(cohort.visits.every_days for cohort in cohorts if stream in cohort.visits.streams)
            for stream in ENDPOINT_OF_STREAM
            if any(stream in cohort.visits.streams for cohort in cohorts)
        }
        """Days between visits, by stream."""
        self.costs = {stream: self._cost(stream, rates) for stream in self.every}
        """Expected requests, by stream."""

    def job(self, username: str, streams: Iterable[str], history: VisitHistory) -> VisitJob:
        """A visit for these streams."""
        wanted = tuple(streams)
        return VisitJob(
            tuple(each.name for each in self._cohorts if not set(wanted).isdisjoint(each.visits.streams)),
            username,
            {ENDPOINT_OF_STREAM[stream]: self.costs[stream] for stream in wanted},
            max_followers=self._limit("followers") if "followers" in wanted else None,
            max_following=self._limit("following") if "following" in wanted else None,
            last_on=min(history.done.get(stream, 0) for stream in wanted),
        )

    def _limit(self, stream: str) -> int | None:
        """The most rows of a list that any of them wants; None for all."""
        limits = [
            cohort.visits.max_followers if stream == "followers" else cohort.visits.max_following
            for cohort in self._cohorts
            if stream in cohort.visits.streams
        ]
        known = [limit for limit in limits if limit is not None]
        return max(known) if len(known) == len(limits) else None

    def _cost(self, stream: str, rates: Rates) -> float:
        if stream in _SINGLE:
            return 1.0
        measured = rates.per_visit(ENDPOINT_OF_STREAM[stream])
        if stream not in _LISTS:
            return max(1.0, measured or 1.0)
        limit = self._limit(stream)
        most = max(1.0, ceil(min(MOST_LISTED if limit is None else limit, MOST_LISTED) / _PAGE))
        return most if measured is None else min(most, max(1.0, measured))


def visitors_of_accounts(study: Study, past: Past) -> dict[str, Visitors]:
    """By username, who visits it; usernames ascend."""
    cohorts: dict[str, list[Cohort]] = defaultdict(list)
    for cohort in study.cohorts:
        if any(stream in ENDPOINT_OF_STREAM for stream in cohort.visits.streams):
            for username in cohort.usernames:
                cohorts[username].append(cohort)
    visitors: dict[tuple[str, ...], Visitors] = {}
    by_username = {}
    for username in sorted(cohorts):
        names = tuple(cohort.name for cohort in cohorts[username])
        if names not in visitors:
            visitors[names] = Visitors(cohorts[username], past.rates(names))
        by_username[username] = visitors[names]
    return by_username


def visit_jobs(visitors: Mapping[str, Visitors], past: Past) -> list[VisitJob]:
    """All visits that are due."""
    jobs = []
    for username, who in visitors.items():
        history = past.state.visits.get(username) or VisitHistory()
        streams = [stream for stream, every in who.every.items() if _due(username, stream, every, history, past)]
        if streams:
            jobs.append(who.job(username, streams, history))
    return jobs


def _due(username: str, stream: str, every_days: int, history: VisitHistory, past: Past) -> bool:
    tries = history.failed.get(stream)
    if tries and past.today < max(tries) + wait_after(len(tries)):
        return False
    last = history.done.get(stream, 0)
    if last:
        return past.today - last >= every_days
    # Each account has its day in the cycle. One whose day was passed over since the study began is due at once.
    began = past.state.started or past.today
    turn = began + (_stable_number(username) - day_at(began).toordinal()) % every_days
    return past.today >= turn


def _stable_number(username: str) -> int:
    return int.from_bytes(hashlib.sha256(username.encode()).digest()[:8])
