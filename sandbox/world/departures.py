"""What leaves a world while it is looked at: videos and comments vanish, accounts turn private or are deleted.

Two ways out: a daily share (a setting), drawn from the seed so that the same world loses the same rows, and by hand.
"""

from typing import Literal

import numpy as np

from sandbox.query import parse_day
from sandbox.settings import Settings
from sandbox.world.hashing import Bools, Ints, key_of, units
from sandbox.world.video_table import Moment

type Leaving = Literal["private", "deleted"]
type Kind = Literal["videos", "comments", "private", "deleted"]
KINDS: tuple[Kind, ...] = ("videos", "comments", "private", "deleted")
_DAY = 86_400.0


class Departures:
    """Who and what has left a world by a moment, besides the deletions that the world was made with.

    Args:
        seed: Of the world.
        end: Unix second at which the history ends; shares count from there unless the settings name a day.

    Attributes:
        by_hand: By kind: ids (of accounts: their index) with the Unix second since which they are gone.
    """

    def __init__(self, seed: int, end: int) -> None:
        self.by_hand: dict[Kind, dict[int, float]] = {kind: {} for kind in KINDS}
        self._end = end
        self._keys = {kind: key_of(seed, f"leaving.{kind}") for kind in KINDS}

    def videos(self, ids: Ints, created: Ints, moment: Moment) -> Bools:
        """Return which of the videos have vanished."""
        return self._left("videos", ids, created, moment)

    def comments(self, ids: Ints, created: Ints, moment: Moment) -> Bools:
        """Return which of the comments have vanished."""
        return self._left("comments", ids, created, moment)

    def private(self, indices: Ints, moment: Moment) -> Bools:
        """Return which of the accounts have turned private."""
        return self._left("private", indices, np.zeros_like(indices), moment)

    def deleted(self, indices: Ints, moment: Moment) -> Bools:
        """Return which of the accounts have been deleted."""
        return self._left("deleted", indices, np.zeros_like(indices), moment)

    def account(self, index: int, moment: Moment) -> Leaving | None:
        """Return what has become of an account; None if it is as it always was."""
        one = np.array([index], dtype=np.int64)
        if self.deleted(one, moment)[0]:
            return "deleted"
        return "private" if self.private(one, moment)[0] else None

    def _left(self, kind: Kind, ids: Ints, created: Ints, moment: Moment) -> Bools:
        gone = np.zeros(len(ids), dtype=np.bool_)
        daily = _share(kind, moment.settings)
        if daily:
            days = np.maximum(moment.now - np.maximum(created, self._counted_from(moment)), 0.0) / _DAY
            gone |= units(self._keys[kind], ids) >= (1 - daily) ** days
        by_hand = [number for number, since in self.by_hand[kind].items() if since <= moment.now]
        if by_hand:
            gone |= np.isin(ids, np.array(by_hand, dtype=np.int64))
        return gone

    def _counted_from(self, moment: Moment) -> float:
        day = moment.settings.vanish_from
        return self._end if day is None else parse_day(day).timestamp()


def _share(kind: Kind, settings: Settings) -> float:
    match kind:
        case "videos":
            return settings.videos_vanish_daily
        case "comments":
            return settings.comments_vanish_daily
        case "private":
            return settings.accounts_private_daily
        case "deleted":
            return settings.accounts_deleted_daily
