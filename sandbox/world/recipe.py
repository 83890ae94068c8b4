"""What a generated world is made from."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """One account with an exact shape; the counts are exact, not means.

    Attributes:
        username: The handle.
        videos: Number of videos, spread evenly over `days`.
        days: Full UTC days before the world's end over which the videos are spread.
        followers: Number of distinct followers.
        following: Number of accounts followed.
        liked: Number of liked videos; None hides the list, which is TikTok's default.
        reposted: Number of reposted videos.
        pinned: Number of pinned videos (at most 3).
        playlists: Number of playlists; half of the videos are in one.
        private: The account is private.
        in_scope: False for an account that the API may not return.
        region: Two-letter country code.
        comments_per_video: Exactly so many top-level comments each; None draws them.
        replies_per_comment: With `comments_per_video`: replies of each comment.
        deleted_share: Share of the videos that have been deleted since.
        private_followers: Share of the followers that the lists omit.
        display_name: None makes one.
        verified: The check mark.
    """

    username: str
    videos: int = 0
    days: int = 90
    followers: int = 0
    following: int = 0
    liked: int | None = None
    reposted: int = 0
    pinned: int = 0
    playlists: int = 0
    private: bool = False
    in_scope: bool = True
    region: str = "US"
    comments_per_video: int | None = None
    replies_per_comment: int = 0
    deleted_share: float = 0.0
    private_followers: float = 0.0
    display_name: str | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """A generated world in a few numbers; the same recipe gives the same world.

    `end` is exclusive: the history is the `days` UTC days before it; `future_days` more follow as the clock goes on.
    """

    end: date
    seed: int = 1
    accounts: int = 200
    videos: int = 5000
    days: int = 365
    future_days: int = 0
    comments_per_video: int | None = None
    followers_per_account: int | None = None
    deleted_share: float = 0.12
    specs: tuple[AccountSpec, ...] = field(default=())


SAMPLE_ACCOUNTS = (
    AccountSpec(
        "sandbox_alice", videos=140, days=80, followers=1800, following=240, liked=250, reposted=40, pinned=3,
        playlists=3,
        deleted_share=0.1, private_followers=0.08, display_name="Alice of the Sandbox", verified=True, region="GB",
    ),
    AccountSpec("sandbox_bruno", videos=12, days=60, followers=85, following=30, region="DE", private_followers=0.05),
    AccountSpec("sandbox_carla", videos=30, days=90, followers=400, following=100, private=True),
    AccountSpec("sandbox_outside", videos=20, days=90, followers=900, following=10, in_scope=False, region="CA"),
    AccountSpec("sandbox_nul\u0000name", videos=3, days=30, followers=5),
)  # fmt: skip
"""The documented accounts of every generated world; `sandbox_nobody` is the one that does not exist."""
