"""The event of `user_extraction`: which accounts, which period, what to include (docs/events.md has the table)."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tiktok_collector.events.scheduling import RunId, ScheduledTime
from tiktok_collector.study.handles import normalise_handle
from tiktok_collector.study.windows import Window

MAX_ACCOUNTS: Final = 20_000
FIRST_DAY: Final = date(2016, 1, 1)
ARCHIVE_LAG: Final = timedelta(hours=48)
DAYS_BACK: Final = 90
_DATE: Final = re.compile(r"(?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})")


class Stream(StrEnum):
    """What can be collected of an account."""

    PROFILE = "profile"
    VIDEOS = "videos"
    PINNED = "pinned"
    LIKED = "liked"
    REPOSTED = "reposted"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    COMMENTS = "comments"
    PLAYLISTS = "playlists"


DEFAULT_STREAMS: Final = (Stream.PROFILE, Stream.VIDEOS, Stream.PINNED, Stream.LIKED, Stream.REPOSTED)
_LIMITED: Final = {"max_videos": Stream.VIDEOS, "max_followers": Stream.FOLLOWERS, "max_following": Stream.FOLLOWING}


class CommentSettings(BaseModel):
    """How deep to go into the comments of each video."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    max_per_video: Annotated[int, Field(ge=1, le=100_000)] | None = None
    replies: bool = False


def _as_date(value: Any) -> Any:
    if value is None or isinstance(value, date):
        return value
    match = _DATE.fullmatch(str(value))
    if match is None:
        raise ValueError(f"{value!r} is not a day; write it as YYYY-MM-DD or YYYYMMDD")
    return f"{match['year']}-{match['month']}-{match['day']}"


class ExtractionEvent(BaseModel):
    """An extraction of one or many accounts; unknown fields are refused, since a typo would lose data silently."""

    # `collection_worker` imports this model and seldom reads one: it is built where it is used.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    username: str | None = None
    usernames: Annotated[list[str], Field(max_length=MAX_ACCOUNTS)] = []
    max_videos: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    days_back: Annotated[int, Field(ge=1, le=5_000)] | None = None
    start_date: date | None = None
    end_date: date | None = None
    include: Annotated[list[Stream], Field(min_length=1)] = list(DEFAULT_STREAMS)
    comments: CommentSettings | None = None
    max_followers: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    max_following: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    playlists: bool = True
    run_id: RunId | None = None
    scheduled_time: ScheduledTime = None

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def _compact_dates(cls, value: Any) -> Any:
        return _as_date(value)

    @field_validator("username")
    @classmethod
    def _one_handle(cls, value: str | None) -> str | None:
        return None if value is None else normalise_handle(value)

    @field_validator("usernames")
    @classmethod
    def _handles(cls, values: list[str]) -> list[str]:
        handles = []
        for position, value in enumerate(values):
            try:
                handles.append(normalise_handle(value))
            except ValueError as error:
                raise ValueError(f"entry {position + 1}: {error}") from error
        return handles

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if bool(self.username) == bool(self.usernames):
            raise ValueError("give either username (one account) or usernames (a list), not both and not neither")
        if (self.start_date is None) != (self.end_date is None):
            raise ValueError("give start_date and end_date together, or days_back instead")
        if self.start_date and self.days_back:
            raise ValueError("give either days_back or start_date with end_date, not both")
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValueError(f"end_date {self.end_date} is before start_date {self.start_date}; swap them")
        if Stream.COMMENTS in self.streams and Stream.VIDEOS not in self.include:
            raise ValueError("comments are collected for the videos of the period: add videos to include")
        if Stream.PLAYLISTS in self.include and Stream.VIDEOS not in self.include:
            raise ValueError("playlists are those met in videos: add videos to include")
        for name, stream in _LIMITED.items():
            if getattr(self, name) is not None and stream not in self.include:
                raise ValueError(f"{name} is given, but {stream} are not asked for: add {stream} to include")
        return self

    @cached_property
    def accounts(self) -> list[str]:
        """The handles asked for, each once, in the order given."""
        return list(dict.fromkeys([self.username] if self.username else self.usernames))

    @property
    def streams(self) -> frozenset[Stream]:
        """What to collect: `include`, comments if their settings are given, playlists of videos unless switched off."""
        streams = set(self.include)
        if self.comments is not None:
            streams.add(Stream.COMMENTS)
        if self.playlists and Stream.VIDEOS in streams:
            streams.add(Stream.PLAYLISTS)
        return frozenset(streams)

    def period(self, now: datetime) -> tuple[Window, list[str]]:
        """The days to ask videos for, and warnings about days whose videos cannot be there yet.

        Without dates the period ends with the newest day that ended at least 48 hours ago, since new videos reach the
        archive up to 48 hours late (API FAQ).

        Raises:
            ValueError: the period lies in the future or before TikTok.
        """
        today = now.date()
        settled = (now - ARCHIVE_LAG).date() - timedelta(days=1)
        if self.start_date is None or self.end_date is None:
            first = settled - timedelta(days=(self.days_back or DAYS_BACK) - 1)
            return Window(max(first, FIRST_DAY), settled), []
        if self.end_date > today:
            raise ValueError(f"end_date {self.end_date} is in the future; the newest day that can be asked is {today}")
        if self.start_date < FIRST_DAY:
            raise ValueError(f"start_date {self.start_date} is before TikTok's first day, {FIRST_DAY}; start there")
        warnings = []
        if self.end_date > settled:
            warnings.append(
                f"end_date {self.end_date} is within the last 48 hours: videos of the days after {settled} may not be "
                "in the archive yet, so ask for them again in a few days."
            )
        return Window(self.start_date, self.end_date), warnings
