"""Videos that an account liked, reposted or pinned."""

from dataclasses import dataclass

import numpy as np

from sandbox.world.accounts import Account
from sandbox.world.hashing import Ints, below, key_of, units
from sandbox.world.video_table import VideoTable

_MAX_PINNED = 3
_SETTLED = 6 * 86_400
_WITHIN = 5 * 86_400_000


@dataclass(frozen=True, slots=True)
class Marked:
    """Positions of videos with the millisecond in which each was liked or reposted, newest first."""

    positions: Ints
    milliseconds: Ints


class Collections:
    """Liked, reposted and pinned videos, drawn from the whole world (pinned: from the account's own)."""

    def __init__(self, videos: VideoTable, end: int, seed: int) -> None:
        self._videos = videos
        self._seed = seed
        self._pool = int(np.searchsorted(videos.ids, max(end - _SETTLED, 0) << 32))

    def liked(self, account: Account) -> Marked:
        """Return what the account liked."""
        return self._marked(account, "liked", account.liked or 0)

    def reposted(self, account: Account) -> Marked:
        """Return what the account reposted."""
        return self._marked(account, "reposted", account.reposted)

    def pinned(self, account: Account, visible: Ints) -> Ints:
        """Return the positions of what is pinned out of the account's visible videos, newest first."""
        order = np.argsort(below(key_of(self._seed, "pinned"), visible, 1 << 40))
        return np.sort(visible[order[: min(account.pinned, _MAX_PINNED)]])[::-1]

    def _marked(self, account: Account, kind: str, count: int) -> Marked:
        """Walk the pool with a stride coprime to its size, so that the videos are distinct."""
        count = min(count, self._pool)
        if not count:
            return Marked(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        key = key_of(self._seed, f"{kind}.{account.username}")
        stride = key % self._pool | 1
        while np.gcd(stride, self._pool) != 1:
            stride += 2
        positions = (key % self._pool + stride * np.arange(count, dtype=np.int64)) % self._pool
        when = self._videos.created[positions] * 1000 + 60_000 + (units(key, positions) * _WITHIN).astype(np.int64)
        order = np.argsort(-when, kind="stable")
        when = when[order]
        while (same := np.flatnonzero(np.diff(when) >= 0)).size:
            when[same + 1] = when[same] - 1
        return Marked(positions[order], when)
