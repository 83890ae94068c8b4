"""One row of a list of trends: a typed model per kind, whatever the source (docs/trends.md has the table of columns).

Ids are text. A value that the source does not give is None. Rows are stored as lines of JSON.
"""

from enum import StrEnum
from typing import ClassVar

import msgspec

from tiktok_collector.trend_lists.kinds import TrendKind, TrendList


class Change(StrEnum):
    """How a rank has changed, as the source says."""

    UP = "up"
    UNCHANGED = "unchanged"
    DOWN = "down"
    NEW = "new"


class RankFrom(StrEnum):
    """Who gave the rank."""

    SOURCE = "source"
    POSITION = "position"
    """The place in the answers, where the source states no rank."""


class CurvePoint(msgspec.Struct, frozen=True, gc=False):
    """One point of a trend curve; `time` is ISO 8601 in UTC or a UTC day, `value` lies between 0 and 1."""

    time: str
    value: float


class Curve(msgspec.Struct, frozen=True, gc=False):
    """A trend curve on one scale; 1 stands for `scale` in the source (1 or 100 where it is relative, else views)."""

    points: tuple[CurvePoint, ...]
    scale: float


class TrendRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of all kinds have in common.

    Attributes:
        asked: The list that the row is of.
        retrieved_at: When its page was received, ISO 8601 in UTC.
        rank: 1 is first.
        rank_from: Who says so.
        change: How the rank has changed, where the source says so.
        places: By how many places it went up (negative: down), where the source says so.
    """

    kind_of: ClassVar[TrendKind]

    asked: TrendList
    retrieved_at: str
    rank: int
    rank_from: RankFrom
    change: Change | None = None
    places: int | None = None

    @property
    def key(self) -> str:
        """What tells one trend of the kind from another, in all sources."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What a person reads."""
        return self.key


class HashtagRow(TrendRow, frozen=True, kw_only=True):
    """A hashtag; `hashtag` is normalised (`text.normalise`), `name` is as the source writes it."""

    kind_of = TrendKind.HASHTAG

    hashtag: str
    name: str
    hashtag_id: str | None = None
    posts: int | None = None
    views: int | None = None
    curve: Curve | None = None
    industries: tuple[str, ...] = ()
    promoted: bool | None = None

    @property
    def key(self) -> str:
        """The normalised hashtag."""
        return self.hashtag


class SoundRow(TrendRow, frozen=True, kw_only=True):
    """A sound; `sound_id` is the id in the address of its page, `duration` is in seconds."""

    kind_of = TrendKind.SOUND

    sound_id: str
    title: str | None = None
    author: str | None = None
    song_id: str | None = None
    duration: int | None = None
    commercial: bool | None = None
    genres: tuple[str, ...] = ()
    curve: Curve | None = None
    promoted: bool | None = None

    @property
    def key(self) -> str:
        """The sound's id."""
        return self.sound_id

    @property
    def label(self) -> str:
        """Title and author."""
        return ", ".join(part for part in (self.title, self.author) if part) or self.sound_id


class KeywordRow(TrendRow, frozen=True, kw_only=True):
    """A keyword; `keyword` is normalised, `name` is as the source writes it. Rates and changes are per cent."""

    kind_of = TrendKind.KEYWORD

    keyword: str
    name: str
    posts: int | None = None
    posts_change: float | None = None
    impressions: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    click_rate: float | None = None
    conversion_rate: float | None = None
    six_second_rate: float | None = None
    cost: int | None = None
    cost_per_action: float | None = None
    video_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The normalised keyword."""
        return self.keyword


class CreatorRow(TrendRow, frozen=True, kw_only=True):
    """A creator; `username` is the handle without `@`."""

    kind_of = TrendKind.CREATOR

    creator_id: str
    username: str | None = None
    nickname: str | None = None
    followers: int | None = None
    likes: int | None = None
    video_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The creator's id."""
        return self.creator_id

    @property
    def label(self) -> str:
        """The handle, or what else there is."""
        return f"@{self.username}" if self.username else self.nickname or self.creator_id


class VideoRow(TrendRow, frozen=True, kw_only=True):
    """A video; `duration` is in seconds, rates are shares as the source gives them, `created_at` is ISO 8601."""

    kind_of = TrendKind.VIDEO

    video_id: str
    title: str | None = None
    duration: int | None = None
    author_id: str | None = None
    username: str | None = None
    created_at: str | None = None
    views: int | None = None
    organic_views: int | None = None
    engagement_rate: float | None = None
    six_second_rate: float | None = None
    labels: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The video's id."""
        return self.video_id

    @property
    def label(self) -> str:
        """Its caption, or its id."""
        return self.title or self.video_id
