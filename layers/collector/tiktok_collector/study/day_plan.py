"""What a study asks for on one day, and what it is expected to cost (docs/study.md)."""

from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from tiktok_collector.study.collections import Depth
from tiktok_collector.study.windows import Window


class Purpose(StrEnum):
    """Why something is asked for today."""

    FRESH = "fresh"
    """Days that have just become old enough for the first pass."""
    SETTLED = "settled"
    """Days that have become old enough for a later pass, perhaps together with fresh ones."""
    RETRY = "retry"
    """Days that failed before."""
    CATCH_UP = "catch_up"
    """Days that should have been asked for before today."""
    CONTROL = "control"
    """A day that is known to have videos, to tell an API that is silent from a collection without anything new."""


class VideoWork(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One query over one window of at most 31 days. Whatever it finds belongs to all of `collections`.

    A batch of accounts has `usernames`, a search has `search`, its name. `expected` is the number of candidates that is
    expected. Tasks of the same stream are worked in the order of `rank`.
    """

    collections: tuple[str, ...]
    purpose: Purpose
    window: Window
    query: dict[str, Any]
    usernames: tuple[str, ...] = ()
    search: str = ""
    depth: Depth = Depth()
    expected: int = 0
    rank: int = 0


class AccountVisit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked of one account itself: `streams` are such as `profile`, `pinned`, `followers`."""

    collections: tuple[str, ...]
    username: str
    streams: tuple[str, ...]
    max_followers: int | None = None
    max_following: int | None = None
    rank: int = 0


class Cost(msgspec.Struct, frozen=True):
    """Requests of one collection to one endpoint; `family` is the quota that they draw on.

    Where several collections share a request, it is divided among them, so requests may be fractions.
    """

    collection: str
    endpoint: str
    family: str
    requests: float


class Waiting(msgspec.Struct, frozen=True, omit_defaults=True):
    """Days that are due and not asked for until `until`, since they were tried in vain; another plan may say otherwise.

    `usernames` are names that make every query fail; without any, the days fail for everybody and one unit at a time
    tries them.
    """

    window: Window
    reason: str
    until: date
    collections: tuple[str, ...] = ()
    usernames: tuple[str, ...] = ()


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a day's plan is expected to cost, before anything is sent.

    Attributes:
        today: What is planned for the day.
        usual: What a day costs on average once everything is caught up.
        capacity: Requests a day by family that are left to schedules.
        backlog: Requests by family that are due but not planned today.
        days_to_catch_up: How many days until nothing is left over; 0 if nothing is, None if that never happens.
        warnings: What does not fit, with numbers and what to change; one sentence each.
        waiting: What is due and is not part of the backlog, since it waits for another try.
    """

    today: tuple[Cost, ...] = ()
    usual: tuple[Cost, ...] = ()
    capacity: dict[str, int] = {}
    backlog: dict[str, int] = {}
    days_to_catch_up: int | None = 0
    warnings: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()


class LeftOut(msgspec.Struct, frozen=True):
    """Days of videos that are due but did not fit into the day: of so many accounts, or (0) of a search."""

    collections: tuple[str, ...]
    window: Window
    accounts: int = 0


DAY_PLAN_VERSION: Final = 1


class DayPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a study asks for on `day` (UTC); planned once and then stored, so that it can be worked again.

    `study_digest` tells the version of the study file that it was planned from.
    """

    version: int = DAY_PLAN_VERSION
    study: str
    study_digest: str
    day: date
    videos: tuple[VideoWork, ...] = ()
    visits: tuple[AccountVisit, ...] = ()
    estimate: Estimate = Estimate()
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[str, ...] = ()
    """What is wrong with the study file, with rows of its lists, or with a newer version that cannot be used."""
    notes: tuple[str, ...] = ()
    """What searches by trends took for their days and what they lack; nothing is wrong with the study file for it."""
