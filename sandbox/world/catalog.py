"""Everything a world can serve, before paging, faults and quotas."""

from datetime import UTC, date, datetime, time
from typing import Literal

import numpy as np

from sandbox.query import Condition, Query
from sandbox.world.accounts import Account, AccountDirectory
from sandbox.world.collections import Collections
from sandbox.world.comments import CommentList, Comments
from sandbox.world.departures import Departures
from sandbox.world.follows import FollowList, follow_list
from sandbox.world.hashing import Bools, Ints
from sandbox.world.video_table import Moment, VideoTable

DAY = 86_400
type Standing = Literal["public", "private", "deleted", "out_of_scope"]


class Catalog:
    """A built world: accounts, videos, and what hangs on them.

    Attributes:
        accounts: The directory of accounts.
        videos: The table of videos.
        comments: Comments and replies.
        collections: Liked, reposted and pinned videos.
        departures: What has left since.
        end: Unix second at which the history ends.
    """

    def __init__(self, accounts: AccountDirectory, videos: VideoTable, *, end: int, seed: int) -> None:
        self.accounts = accounts
        self.videos = videos
        self.end = end
        self.seed = seed
        self.comments = Comments(videos, seed)
        self.collections = Collections(videos, end, seed)
        self.departures = Departures(seed, end)

    def candidates(self, query: Query, start: int, end: int, moment: Moment) -> Ints:
        """Return the positions of all matches created in [start, end), newest id first.

        Videos that were deleted, or whose account is private, are among them: the service counts them in its cursor.
        Those that have not reached the archive yet, and those of accounts out of scope, are not.
        """
        positions = self.videos.between(start, end, self._shortlist(query))
        for condition in sorted(query.all_of, key=_is_costly):
            positions = positions[self.videos.matches(condition, positions, moment)]
        positions = positions[self._in_archive(positions, moment)]
        if query.any_of:
            positions = positions[self._any(query.any_of, positions, moment)]
        if query.none_of:
            positions = positions[~self._any(query.none_of, positions, moment)]
        return positions[::-1]

    def _shortlist(self, query: Query) -> Ints | None:
        """Return the positions of the accounts that an `and` names, so that a big world is not searched for them."""
        for condition in query.all_of:
            if condition.field == "username":
                names = {value.lower() for value in condition.values}
                indices = [self.accounts.by_name[name] for name in names if name in self.accounts.by_name]
                parts = [self.videos.of_account(index) for index in indices]
                return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *parts]))
        return None

    def _in_archive(self, positions: Ints, moment: Moment) -> Bools:
        arrived = self.videos.published(positions, moment) <= moment.now
        return arrived & ~self.accounts.out_of_scope[self.videos.account[positions]]

    def _any(self, conditions: tuple[Condition, ...], positions: Ints, moment: Moment) -> Bools:
        found = np.zeros(len(positions), dtype=np.bool_)
        for condition in conditions:
            found |= self.videos.matches(condition, positions, moment)
        return found

    def alive(self, positions: Ints, moment: Moment) -> Ints:
        """Return those of the positions whose videos can still be seen."""
        return positions[~(self._of_hidden_accounts(positions, moment) | self.deleted(positions, moment))]

    def deleted(self, positions: Ints, moment: Moment) -> Bools:
        """Return which of the videos are no longer there, whoever may see them."""
        vanished = self.departures.videos(self.videos.ids[positions], self.videos.created[positions], moment)
        return vanished | self.videos.deleted(positions, moment)

    def _of_hidden_accounts(self, positions: Ints, moment: Moment) -> Bools:
        owners = self.videos.account[positions]
        left = self.departures.private(owners, moment) | self.departures.deleted(owners, moment)
        return left | self.accounts.hidden[owners] | self.accounts.out_of_scope[owners]

    def standing(self, account: Account, moment: Moment) -> Standing:
        """Return whether an account can be seen, and if not, why."""
        if not account.in_scope:
            return "out_of_scope"
        left = self.departures.account(account.index, moment)
        return left or ("private" if account.private else "public")

    def comments_of(self, video_id: int, moment: Moment) -> CommentList | None:
        """Return the comments below a video; None if it is unknown or can no longer be seen."""
        position = self.videos.position(video_id)
        return None if position is None or not self._is_alive(position, moment) else self.comments.of_video(position)

    def replies_of(self, comment_id: int, moment: Moment) -> CommentList | None:
        """Return the replies to a comment; None if it or its video is unknown or can no longer be seen."""
        found = self.comments.find(comment_id)
        if found is None or not self._is_alive(self.comments.position_of(comment_id), moment):
            return None
        comments, rank = found
        return self.comments.replies_to(comments, rank) if rank in self.shown(comments, moment) else None

    def shown(self, comments: CommentList, moment: Moment) -> Ints:
        """Return the ranks of a list's comments that have been written and have not vanished."""
        ranks = comments.upto(moment.now)
        return ranks[~self.departures.comments(comments.ids[ranks], comments.created[ranks], moment)]

    def _is_alive(self, position: int, moment: Moment) -> bool:
        return len(self.alive(np.array([position], dtype=np.int64), moment)) == 1

    def pinned(self, account: Account, moment: Moment) -> Ints:
        """Return the positions of the account's pinned videos, newest first; only what can be seen is pinned."""
        own = self.videos.of_account(account.index)
        own = own[self.videos.created[own] <= moment.now]
        return self.collections.pinned(account, self.alive(own, moment))

    def follows(self, account: Account, moment: Moment, *, followers: bool) -> FollowList:
        """Return an account's followers, or the accounts it follows; who has left since is omitted."""

        def left(index: int) -> bool:
            return self.departures.account(index, moment) is not None

        return follow_list(self.accounts, account, self.end, self.seed, left, followers=followers)


def _is_costly(condition: Condition) -> bool:
    """Return whether a condition needs counters, which are worked out; the others look at columns."""
    return condition.field in ("view_count", "comment_count")


def midnight(day: date) -> int:
    """Return the Unix second at which a UTC day begins."""
    return int(datetime.combine(day, time(), UTC).timestamp())
