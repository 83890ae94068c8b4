"""What became of a day's work of a study: written once when its run ends, and read when later days are planned."""

from datetime import date
from typing import Any, Final

import msgspec

from tiktok_collector.study.day_plan import Cost, Purpose
from tiktok_collector.study.windows import Window


class Missing(msgspec.Struct, frozen=True, omit_defaults=True):
    """Days that were asked for and could not be had: `usernames` of a batch (empty: all of it), and why."""

    window: Window
    reason: str
    detail: str = ""
    usernames: tuple[str, ...] = ()


class DayFound(msgspec.Struct, frozen=True, omit_defaults=True):
    """The videos of one UTC day (of creation) that one work has found.

    `late` are those that no earlier pass over the day had found. `by_username` is there for batches.
    """

    rows: int
    late: int = 0
    by_username: dict[str, int] = {}


class VideoResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one `VideoWork`. `candidates` and `dropped` are those that the server's cursor counted.

    `bisected` is the number of usernames of the largest batch that failed as a whole though each half succeeded: 0 if
    none did.
    """

    collections: tuple[str, ...]
    purpose: Purpose
    window: Window
    query: dict[str, Any]
    usernames: tuple[str, ...] = ()
    search: str = ""
    missing: tuple[Missing, ...] = ()
    found: dict[date, DayFound] = {}
    candidates: int = 0
    dropped: int = 0
    requests: int = 0
    comment_requests: int = 0
    videos_with_comments: int = 0
    playlists_missing: int = 0
    bad_usernames: tuple[str, ...] = ()
    bisected: int = 0
    silent: bool = False
    """Of a control: the API gave nothing of a day that is known to have videos."""


class VisitResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one `AccountVisit`; `observation` says that the account is private, gone or out of scope."""

    collections: tuple[str, ...]
    username: str
    complete: bool
    observation: str | None = None
    requests: dict[str, int] = {}
    """By endpoint."""
    streams: tuple[str, ...] = ()
    """Those of the `AccountVisit`."""


RECORD_VERSION: Final = 1


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one run of a study. `day` is the UTC day that its plan was made for."""

    version: int = RECORD_VERSION
    study: str
    run_id: str
    day: date
    part: str
    """`accounts` or `searches`."""
    videos: tuple[VideoResult, ...] = ()
    visits: tuple[VisitResult, ...] = ()
    used: tuple[Cost, ...] = ()
    """Requests that were sent, to compare with the estimate."""
    gone: dict[str, dict[date, int]] = {}
    """By collection and day of creation: videos that an earlier pass had found and that this run, complete, has not."""
