"""A world and what is true in it: the answers a client would get if nothing went wrong."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from sandbox.clock import SandboxClock
from sandbox.query import parse_query
from sandbox.settings import Settings
from sandbox.world.accounts import Account
from sandbox.world.catalog import DAY, Catalog, Standing, midnight
from sandbox.world.comments import COMMENT_FIELDS, CommentList
from sandbox.world.dataset import read_dataset
from sandbox.world.dataset_videos import DatasetAccounts, DatasetVideos
from sandbox.world.exits import Gone, bring_back, gone, vanish
from sandbox.world.generated_accounts import GeneratedAccounts
from sandbox.world.generated_videos import GeneratedVideos
from sandbox.world.hashing import Ints
from sandbox.world.profiles import profile_of
from sandbox.world.recipe import SAMPLE_ACCOUNTS, AccountSpec, Recipe
from sandbox.world.validity import still_valid
from sandbox.world.video_table import VIDEO_FIELDS, Moment, Row

type Builder = Callable[[date], Catalog]


class World:
    """A world, built when the day it ends on is known.

    `at` arguments are aware datetimes; None means the clock of the server that the world is bound to. Dates are UTC and
    inclusive.
    """

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._catalog: Catalog | None = None
        self._clock = SandboxClock()
        self._settings: Callable[[], Settings] = Settings

    @classmethod
    def generate(
        cls,
        *,
        seed: int = 1,
        accounts: int = 200,
        videos: int = 5000,
        days: int = 365,
        end: date | None = None,
        future_days: int = 0,
        comments_per_video: int | None = None,
        followers_per_account: int | None = None,
        deleted_share: float = 0.12,
        samples: bool = True,
        specs: tuple[AccountSpec, ...] | list[AccountSpec] = (),
    ) -> "World":
        """Return a world made from a seed.

        Args:
            seed: Same seed and same end: same world.
            accounts: Ambient accounts, besides the specified ones.
            videos: Videos of the ambient accounts within the history.
            days: Length of the history.
            end: The history ends at 00:00 UTC of this day; None is the server clock's day.
            future_days: Ambient videos go on for so many days after the end.
            comments_per_video: Exactly so many for each ambient video; None draws them.
            followers_per_account: Exactly so many for each ambient account; None draws them.
            deleted_share: Share of ambient videos that are deleted at some time after publication.
            samples: Add the documented sample accounts.
            specs: Accounts of an exact shape.

        Raises:
            ValueError: A size is negative, or two specs have the same username.
        """
        chosen = (SAMPLE_ACCOUNTS if samples else ()) + tuple(specs)
        _check_recipe(chosen, accounts=accounts, videos=videos, days=days, future_days=future_days)

        def build(today: date) -> Catalog:
            recipe = Recipe(
                end=end or today, seed=seed, accounts=accounts, videos=videos, days=days, future_days=future_days,
                comments_per_video=comments_per_video, followers_per_account=followers_per_account,
                deleted_share=deleted_share, specs=chosen,
            )  # fmt: skip
            directory = GeneratedAccounts(recipe)
            return Catalog(directory, GeneratedVideos(recipe, directory), end=midnight(recipe.end), seed=seed)

        return cls(build)

    @classmethod
    def from_file(cls, path: Path | str, *, seed: int = 1) -> "World":
        """Return the world of a dataset file; its form is in docs/sandbox.md.

        Raises:
            WorldFileError: The file is missing, empty, or has an unusable line.
        """
        lines, users = read_dataset(Path(path))
        directory = DatasetAccounts(lines, users)
        table = DatasetVideos(lines, directory, seed)
        end = (int(table.created.max()) // DAY + 1) * DAY if lines else 1
        return cls(lambda _: Catalog(directory, table, end=end, seed=seed))

    def bind(self, clock: SandboxClock, settings: Callable[[], Settings]) -> None:
        """Use a server's clock and settings for what is true now; builds the world if it is not built yet."""
        self._clock = clock
        self._settings = settings
        _ = self.catalog

    @property
    def catalog(self) -> Catalog:
        """What can be served."""
        if self._catalog is None:
            self._catalog = self._builder(self._clock.now().date())
        return self._catalog

    def moment(self, at: datetime | None = None) -> Moment:
        """Return a time together with the settings in force."""
        return Moment(self._clock.seconds() if at is None else at.timestamp(), self._settings())

    def usernames(self, at: datetime | None = None) -> list[str]:
        """Return every handle that is in scope and public."""
        accounts, departures, moment = self.catalog.accounts, self.catalog.departures, self.moment(at)
        everybody = np.arange(len(accounts), dtype=np.int64)
        left = departures.private(everybody, moment) | departures.deleted(everybody, moment)
        shown = np.flatnonzero(~(left | accounts.hidden | accounts.out_of_scope))
        return [accounts.usernames[i] for i in shown.tolist()]

    def standing_of(self, username: str, at: datetime | None = None) -> Standing | None:
        """Return whether an account can be seen, and if not, why; None for one that never was."""
        account = self.catalog.accounts.find(username)
        return None if account is None else self.catalog.standing(account, self.moment(at))

    def valid_videos(self, ids: Iterable[int], at: datetime | None = None) -> list[int]:
        """Return those of the ids whose videos can be seen, in the order given."""
        return still_valid(self.catalog, "video", ids, self.moment(at))

    def valid_comments(self, ids: Iterable[int], at: datetime | None = None) -> list[int]:
        """Return those of the ids whose comments or replies can be seen, in the order given."""
        return still_valid(self.catalog, "comment", ids, self.moment(at))

    def vanish(self, leaving: Mapping[str, Iterable[int | str]], at: datetime | None = None) -> None:
        """Make ids of `videos` and `comments` vanish, or handles turn `private` or be `deleted`.

        Raises:
            ValueError: Something is not known; nothing has left then.
        """
        vanish(self.catalog, leaving, self.moment(at).now)

    def bring_back(self) -> None:
        """Undo what `vanish` did."""
        bring_back(self.catalog)

    def gone(self, at: datetime | None = None) -> Gone:
        """Return what is gone: `videos` of any cause, `comments` that `vanish` was told, `private`, `deleted`."""
        return gone(self.catalog, self.moment(at))

    def search(self, query: dict[str, Any], start: date, end: date, at: datetime | None = None) -> list[Row]:
        """Return the full rows that paging a video query to its end yields, newest id first."""
        return self._rows(self._candidates(query, start, end, at), self.moment(at))

    def videos_of(self, username: str, start: date, end: date, at: datetime | None = None) -> list[Row]:
        """Return the full rows of an account's videos that a query for it yields, newest id first."""
        return self.search(_by_username(username), start, end, at)

    def candidates_of(self, username: str, start: date, end: date, at: datetime | None = None) -> list[int]:
        """Return the ids that the cursor of that query counts, deleted ones included."""
        positions = self._candidates(_by_username(username), start, end, at)
        return [int(number) for number in self.catalog.videos.ids[positions]]

    def comments_of(self, video_id: int, at: datetime | None = None) -> list[Row]:
        """Return the top-level comments in served order; none for an unknown or deleted video."""
        moment = self.moment(at)
        return self._comment_rows(self.catalog.comments_of(video_id, moment), moment)

    def replies_of(self, comment_id: int, at: datetime | None = None) -> list[Row]:
        """Return the replies to a comment in served order."""
        moment = self.moment(at)
        return self._comment_rows(self.catalog.replies_of(comment_id, moment), moment)

    def followers_of(self, username: str, at: datetime | None = None) -> list[dict[str, str]]:
        """Return the followers that paging yields, newest first."""
        return self._follows(username, at, followers=True)

    def following_of(self, username: str, at: datetime | None = None) -> list[dict[str, str]]:
        """Return the accounts followed that paging yields, newest first."""
        return self._follows(username, at, followers=False)

    def liked_by(self, username: str, at: datetime | None = None) -> list[Row]:
        """Return the liked videos' rows that paging yields, latest like first."""
        moment, marked = self.moment(at), self.catalog.collections.liked(self._account(username))
        return self._rows(marked.positions[marked.milliseconds <= moment.now * 1000], moment)

    def reposted_by(self, username: str, at: datetime | None = None) -> list[Row]:
        """Return the reposted videos' rows that paging yields, latest repost first."""
        moment, marked = self.moment(at), self.catalog.collections.reposted(self._account(username))
        return self._rows(marked.positions[marked.milliseconds <= moment.now * 1000], moment)

    def pinned_by(self, username: str, at: datetime | None = None) -> list[Row]:
        """Return the pinned videos' rows."""
        moment = self.moment(at)
        return self._rows(self.catalog.pinned(self._account(username), moment), moment)

    def playlists_of(self, username: str) -> list[int]:
        """Return the ids of an account's playlists."""
        return self.catalog.videos.playlists_of(self._account(username).index)

    def playlist(self, playlist_id: int, at: datetime | None = None) -> list[int]:
        """Return the ids of a playlist's videos that paging yields, newest first."""
        positions = self.catalog.videos.playlist_positions(playlist_id)
        if positions is None:
            return []
        moment = self.moment(at)
        positions = positions[self.catalog.videos.created[positions] <= moment.now]
        return [int(n) for n in self.catalog.videos.ids[self.catalog.alive(positions, moment)]]

    def profile(self, username: str, at: datetime | None = None) -> Row:
        """Return all fields of user/info."""
        return profile_of(self.catalog, self._account(username), self.moment(at))

    def _account(self, username: str) -> Account:
        account = self.catalog.accounts.find(username)
        if account is None:
            raise KeyError(f"This world has no account called {username!r}.")
        return account

    def _candidates(self, query: dict[str, Any], start: date, end: date, at: datetime | None) -> Ints:
        return self.catalog.candidates(parse_query(query), midnight(start), midnight(end) + DAY, self.moment(at))

    def _rows(self, positions: Ints, moment: Moment) -> list[Row]:
        return self.catalog.videos.rows(self.catalog.alive(positions, moment), VIDEO_FIELDS, moment)

    def _comment_rows(self, comments: CommentList | None, moment: Moment) -> list[Row]:
        if comments is None:
            return []
        ranks = self.catalog.shown(comments, moment)[: moment.settings.comment_cap]
        return self.catalog.comments.rows(comments, ranks, COMMENT_FIELDS)

    def _follows(self, username: str, at: datetime | None, *, followers: bool) -> list[dict[str, str]]:
        moment = self.moment(at)
        follows = self.catalog.follows(self._account(username), moment, followers=followers)
        cap = moment.settings.followers_cap if followers else None
        first = follows.first_at(moment.now)
        return follows.entries(first, follows.total if cap is None else first + cap)


def _by_username(username: str) -> dict[str, Any]:
    return {"and": [{"field_name": "username", "operation": "EQ", "field_values": [username]}]}


def _check_recipe(specs: tuple[AccountSpec, ...], **sizes: int) -> None:
    for name, size in sizes.items():
        if size < 0:
            raise ValueError(f"A world cannot have {size} {name}; give zero or more.")
    if sizes["videos"] and not (sizes["accounts"] and sizes["days"]):
        raise ValueError("Videos need at least one account and one day of history.")
    names = [spec.username.lower() for spec in specs]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"Two specs have the username {min(repeated)!r}; usernames are unique.")
