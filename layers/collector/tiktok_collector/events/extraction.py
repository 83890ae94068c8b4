"""The event of `user_extraction`: which accounts, which period, what to include (docs/events.md has the table)."""

import hashlib
from functools import cached_property
from typing import Annotated, Any, Final, Self, override

from pydantic import Field, field_validator, model_validator

from tiktok_collector.events.collection import ExportingEvent
from tiktok_collector.study.handles import normalise_handle
from tiktok_collector.study.streams import Stream
from tiktok_collector.study.windows import Window

__all__ = ["DEFAULT_STREAMS", "MAX_ACCOUNTS", "ExtractionEvent", "Stream"]

MAX_ACCOUNTS: Final = 20_000


DEFAULT_STREAMS: Final = (Stream.PROFILE, Stream.VIDEOS, Stream.PINNED, Stream.LIKED, Stream.REPOSTED)
_LIMITED: Final = {"max_videos": Stream.VIDEOS, "max_followers": Stream.FOLLOWERS, "max_following": Stream.FOLLOWING}


class ExtractionEvent(ExportingEvent):
    """An extraction of one or many accounts."""

    username: str | None = None
    usernames: list[str] = Field(default=[], max_length=MAX_ACCOUNTS)
    include: list[Stream] = Field(default=list(DEFAULT_STREAMS), min_length=1)
    max_followers: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    max_following: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    playlists: bool = True

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

    @override
    def request(self, period: Window) -> dict[str, Any]:
        asked = super().request(period)
        asked.pop("username", None)
        return {**asked, "usernames": self.accounts}

    @override
    def summary(self, period: Window) -> dict[str, Any]:
        """The request with the number of accounts and a digest that tells one list of them from another."""
        digest = hashlib.sha256("\n".join(self.accounts).encode()).hexdigest()[:16]
        return {**self.request(period), "usernames": len(self.accounts), "usernames_digest": digest}
