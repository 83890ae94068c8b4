"""The parts of a study file: cohorts, searches, their shares of the quota."""

from typing import Annotated, Final, Self

from pydantic import Field, field_validator, model_validator

from tiktok_collector.study.comments import CommentSettings
from tiktok_collector.study.handles import normalise_handle
from tiktok_collector.study.names import ListName
from tiktok_collector.study.query import VideoQuery
from tiktok_collector.study.streams import OF_VIDEOS, Stream
from tiktok_collector.study.wrong_parts import Path, WrongParts, read_each
from tiktok_collector.study_file.part import Part
from tiktok_collector.study_file.schedule_settings import Day, EveryDays, Passes
from tiktok_collector.study_file.trend_picks import TrendPickPart

Percent = Annotated[int, Field(ge=1, le=100)]
MostRows = Annotated[int, Field(ge=1, le=100_000_000)]
_LIMITED: Final = {"max_followers": Stream.FOLLOWERS, "max_following": Stream.FOLLOWING}


class SearchShares(Part):
    """How much of a day's quota a search may use."""

    research: Percent | None = Field(
        default=None,
        description="Per cent of what the research quota leaves to schedules; without it of the rest.",
    )


class CohortShares(SearchShares):
    """How much of a day's quotas a cohort may use."""

    followers: Percent | None = Field(
        default=None, description="Per cent of what the quota of followers and following leaves to schedules."
    )


class CollectionPart(Part):
    """What cohorts and searches have in common."""

    comments: CommentSettings | None = Field(
        default=None, description="Asks for comments, as `include` does, and says how deep."
    )
    priority: int = Field(default=5, ge=1, le=9, description="1 is worked first, 9 last.")
    first_day: Day | None = Field(default=None, description="First UTC day of videos; without it the study's.")
    last_day: Day | None = Field(default=None, description="Last UTC day of videos; without it the study's.")
    every_days: EveryDays | None = Field(default=None, description="Ask every so many days; without it the study's.")
    passes: Passes | None = Field(default=None, description="How old a day is, in days, whenever it is asked for.")
    shares: SearchShares = Field(default=SearchShares(), description="How much of a day's quota it may use.")

    include: list[Stream] = Field(default=[Stream.VIDEOS], min_length=1, description="What to collect.")

    @property
    def included(self) -> frozenset[Stream]:
        """`include`, and comments if their settings are given."""
        return frozenset(self.include) | ({Stream.COMMENTS} if self.comments else set())

    def _missing_videos(self) -> list[tuple[Path, str]]:
        if Stream.VIDEOS in self.included:
            return []
        reasons = {
            Stream.COMMENTS: "comments are those of the videos: add videos to include",
            Stream.PLAYLISTS: "playlists are those met in videos: add videos to include",
        }
        return [(("include",), reason) for stream, reason in reasons.items() if stream in self.included]


class CohortPart(CollectionPart):
    """Accounts that are followed."""

    accounts: list[str] = Field(
        default=[], description="Accounts: `name`, `@name`, or the URL of a profile or of one of its videos."
    )
    file: ListName | None = Field(
        default=None, description="A list of accounts in the folder of the study file, such as accounts.csv."
    )
    include: list[Stream] = Field(
        default=[Stream.PROFILE, Stream.VIDEOS], min_length=1, description="What to collect of each account."
    )
    max_followers: MostRows | None = Field(default=None, description="The newest so many followers of each account.")
    max_following: MostRows | None = Field(
        default=None, description="The newest so many accounts that each account follows."
    )
    profile_every_days: int = Field(
        default=30, ge=1, le=366, description="The profile and the lists of an account are asked for so often."
    )
    shares: CohortShares = Field(default=CohortShares(), description="How much of a day's quotas it may use.")

    @field_validator("accounts")
    @classmethod
    def _handles(cls, values: list[str]) -> list[str]:
        return read_each(normalise_handle, values)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        wrong = self._missing_videos()
        if not self.accounts and self.file is None:
            wrong.append(((), "the cohort has no accounts; name them in accounts, or a list of them in file"))
        wrong += [
            ((name,), f"{name} is given, but {stream} are not asked for: add {stream} to include")
            for name, stream in _LIMITED.items()
            if getattr(self, name) is not None and stream not in self.include
        ]
        if self.shares.followers is not None and not self.included & set(_LIMITED.values()):
            reason = "a share is given, but neither followers nor following is asked for: add one to include"
            wrong.append((("shares", "followers"), reason))
        if wrong:
            raise WrongParts(wrong)
        return self


class SearchPart(CollectionPart):
    """A query that is followed; its hashtags may come from trend lists."""

    query: VideoQuery | None = Field(
        default=None,
        description="Which videos: `and`, `or` and `not` lists of conditions. With trends it may be left out.",
    )
    trends: TrendPickPart | None = Field(
        default=None,
        description="Hashtags from trend lists, anew for each UTC day of videos, in addition to the query.",
    )
    include: list[Stream] = Field(
        default=[Stream.VIDEOS],
        min_length=1,
        description="What to collect: videos, and on request comments and playlists.",
        json_schema_extra={"items": {"enum": [stream.value for stream in OF_VIDEOS]}},
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        wrong = self._missing_videos()
        if self.query is None and self.trends is None:
            wrong.append(((), "the search has neither query nor trends; write at least one of them"))
        known = ", ".join(OF_VIDEOS)
        for position, stream in enumerate(self.include):
            if stream not in OF_VIDEOS:
                wrong.append((("include", position), f"{stream} is not found by a search; known are {known}"))
        if wrong:
            raise WrongParts(wrong)
        return self


class QuotaPart(Part):
    """How the day's quota is used."""

    adhoc_reserve_percent: int = Field(
        default=10, ge=0, le=90, description="Per cent of each quota that is kept for ad-hoc runs until 20:00 UTC."
    )
    batch_size: int = Field(
        default=50, ge=1, le=100, description="So many accounts are asked for their videos in one query."
    )
