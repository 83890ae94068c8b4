"""What a study collects, in the form that is planned: cohorts of accounts and searches, each with its schedule.

A study file (`study_file`) is what a person writes; this is what it comes to once it has been read and checked.
"""

from datetime import date
from typing import Any

import msgspec

from tiktok_collector.study.trends import TrendPick, TrendSettings
from tiktok_collector.study.windows import Window


class Schedule(msgspec.Struct, frozen=True):
    """Which days of videos are asked for, and how old they are when they are.

    Every day from `first` to `last` (None: no end) is asked for once for each of `passes`, when it is at least so many
    days old. Asking goes on every `every_days` days, counted from `first`, for all days between together.
    """

    first: date
    last: date | None = None
    every_days: int = 1
    passes: tuple[int, ...] = (2, 10)


class Depth(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is collected along with videos; comments and playlists come with the last pass."""

    comments: bool = False
    max_comments: int | None = None
    replies: bool = False
    playlists: bool = False


class Visits(msgspec.Struct, frozen=True):
    """What is asked of each account itself, such as `profile` and `followers`, and how often; no streams: nothing."""

    streams: tuple[str, ...] = ()
    every_days: int = 30
    max_followers: int | None = None
    max_following: int | None = None


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """What cohorts and searches have in common.

    `priority` is 1 (first) to 9. The shares are per cent of what a day's quota leaves to schedules; None takes part in
    what the others leave.
    """

    name: str
    schedule: Schedule
    depth: Depth = Depth()
    priority: int = 5
    research_share: int | None = None
    followers_share: int | None = None


class Cohort(Collection, frozen=True, kw_only=True):
    """Accounts that are followed; usernames are normalised and each is there once."""

    usernames: tuple[str, ...]
    videos: bool = True
    visits: Visits = Visits()


class DatedQuery(msgspec.Struct, frozen=True):
    """The query that the days of `window` are searched with."""

    window: Window
    query: dict[str, Any]


class Search(Collection, frozen=True, kw_only=True):
    """A query that is followed; `query` is as the API takes it.

    With `trends`, `query` is what is asked besides hashtags (perhaps nothing), and the hashtags are picked day by day:
    `dated` has the whole queries, of days of their own each. Days without one are not asked for.
    """

    query: dict[str, Any]
    trends: TrendPick | None = None
    dated: tuple[DatedQuery, ...] = ()


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """All collections of a study; their names are distinct. `trends` None: no trends are collected."""

    name: str
    cohorts: tuple[Cohort, ...] = ()
    searches: tuple[Search, ...] = ()
    batch_size: int = 50
    adhoc_reserve_percent: int = 10
    trends: TrendSettings | None = None

    @property
    def collections(self) -> tuple[Cohort | Search, ...]:
        """Cohorts and searches."""
        return (*self.cohorts, *self.searches)
