"""Playlists: half of the videos of an account that has any are in one of them."""

from typing import TYPE_CHECKING

import numpy as np

from sandbox.world.generated_accounts import GeneratedAccounts
from sandbox.world.hashing import Ints, below, key_of

if TYPE_CHECKING:
    from sandbox.world.generated_videos import GeneratedVideos

_PER_ACCOUNT = 64
_ODD = 0x9E3779B1
_INVERSE = pow(_ODD, -1, 1 << 31)
_LOW_BITS = (1 << 31) - 1


class Playlists:
    """Membership by hash; a playlist's id encodes its account and number, so nothing is stored."""

    def __init__(self, accounts: GeneratedAccounts, videos: "GeneratedVideos", seed: int) -> None:
        self._accounts = accounts
        self._videos = videos
        self._key = key_of(seed, "playlist")
        self._seconds = videos.start - 5 * 86_400

    def numbers(self, positions: Ints) -> Ints:
        """Return the number of the playlist within the account for each video, -1 where it is in none."""
        counts = self._accounts.playlists[self._videos.account[positions]]
        drawn = below(self._key, self._videos.serial[positions], 1 << 40) % np.maximum(2 * counts, 1)
        return np.where(drawn < counts, drawn, -1)

    def id_of(self, account: int, number: int) -> int:
        """Return the id of an account's playlist."""
        low = ((account * _PER_ACCOUNT + number) * _ODD) & _LOW_BITS
        return ((self._seconds - account % 86_400) << 32) | low

    def of_account(self, index: int) -> list[int]:
        """Return the ids of all playlists of an account."""
        return [self.id_of(index, number) for number in range(int(self._accounts.playlists[index]))]

    def positions(self, playlist_id: int) -> Ints | None:
        """Return the positions of the playlist's videos, newest first; None if there is no such playlist."""
        low = ((playlist_id & _LOW_BITS) * _INVERSE) & _LOW_BITS
        account, number = divmod(low, _PER_ACCOUNT)
        if account >= len(self._accounts) or playlist_id not in self.of_account(account):
            return None
        own = self._videos.of_account(account)
        return np.asarray(own[self.numbers(own) == number][::-1])
