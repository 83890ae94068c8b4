"""What is collected in a storm: a world, an event, and what the server has of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from benchmarks.chaos.case import Size
from sandbox.testing import SandboxServer
from sandbox.world import AccountSpec, World

type RowKey = tuple[str | int, ...]
"""What tells a row from others: its entity, and its account where the row does not say it, and its id."""

MORNING: Final = datetime(2026, 11, 20, 9, tzinfo=UTC)
RUN: Final = "storm"
FIRST, LAST = date(2026, 9, 10), date(2026, 11, 9)
"""Two windows, long enough ago that nothing in them changes while it is collected."""
_WORLD_END: Final = date(2026, 11, 10)
_CALM: Final[Mapping[str, Any]] = {
    "archive_lag_scale": 0,
    "search_id_change_probability": 0,
    "token_ttl_seconds": 10**9,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Accounts to collect: one that is large, and some small ones.

    Attributes:
        accounts: How many.
        videos: Of the large account, each with comments of its own.
        followers: Likewise; they are stored in blocks of ten pages.
    """

    accounts: int
    videos: int
    followers: int

    @property
    def usernames(self) -> list[str]:
        """The accounts, the large one first."""
        return [spec.username for spec in self._specs()]

    def sandbox(self, *, now: datetime = MORNING, **settings: Any) -> SandboxServer:
        """A server with these accounts, in no weather but what `settings` make."""
        return SandboxServer(world(self), now=now, settings={**_CALM, **settings})

    def event(self, **more: Any) -> dict[str, Any]:
        """All that the accounts have, in an export that names people."""
        return {
            "usernames": self.usernames,
            "include": ["profile", "videos", "comments", "followers", "following", "pinned", "reposted"],
            "start_date": FIRST.isoformat(),
            "end_date": LAST.isoformat(),
            "identified": True,
            "run_id": RUN,
            **more,
        }

    def truth(self, sandbox: SandboxServer) -> set[RowKey]:
        """The rows that the server has for the event."""
        return {key for name in self.usernames for key in self.truth_of(sandbox, name)}

    def truth_of(self, sandbox: SandboxServer, username: str) -> set[RowKey]:
        """Those of one account."""
        return set(_rows_of(sandbox.world, username))

    def _specs(self) -> list[AccountSpec]:
        large = AccountSpec(
            "large", videos=self.videos, days=62, followers=self.followers, comments_per_video=1, reposted=3, pinned=1
        )
        small = [
            AccountSpec(
                f"small{number}", videos=3 + number, days=62, followers=130 * number, following=20, playlists=1,
                comments_per_video=1,
            )
            for number in range(1, self.accounts)
        ]  # fmt: skip
        return [large, *small]


SCENES: Final = {
    Size.REDUCED: Scene(accounts=3, videos=20, followers=1_250),
    Size.FULL: Scene(accounts=6, videos=120, followers=2_350),
}


@cache
def world(scene: Scene) -> World:
    """The scene's world; servers one after another may have the same."""
    return World.generate(
        seed=7,
        accounts=2,
        videos=4,
        days=70,
        end=_WORLD_END,
        samples=False,
        specs=scene._specs(),  # noqa: SLF001
    )


def _rows_of(world: World, name: str) -> Iterator[RowKey]:
    yield "users", name
    for video in world.videos_of(name, FIRST, LAST):
        yield "videos", video["id"]
        yield from (("comments", comment["id"]) for comment in world.comments_of(video["id"]))
    yield from (("followers", name, each["username"]) for each in world.followers_of(name))
    yield from (("following", name, each["username"]) for each in world.following_of(name))
    yield from (("pinned_videos", name, each["id"]) for each in world.pinned_by(name))
    yield from (("reposted_videos", name, each["id"]) for each in world.reposted_by(name))
