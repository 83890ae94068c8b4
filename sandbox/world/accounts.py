"""Accounts: what is fixed about one, and the directory of all of a world's."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from sandbox.world.hashing import Bools


@dataclass(frozen=True, slots=True)
class Account:
    """Everything about one account that does not change with time.

    `liked` is None where the likes are not public, `following` is None where the following list is not.
    """

    index: int
    username: str
    display_name: str
    bio: str
    bio_url: str | None
    region: str
    verified: bool
    followers: int
    following: int
    following_public: bool
    liked: int | None
    reposted: int
    pinned: int
    playlists: int
    private: bool
    in_scope: bool
    private_followers: float


class AccountDirectory(ABC):
    """All accounts of a world by index.

    Attributes:
        usernames: Handle by index.
        hidden: True where videos are dropped from results because the account is private.
        out_of_scope: True where the API knows nothing of the account.
    """

    usernames: list[str]
    hidden: Bools
    out_of_scope: Bools

    def index_names(self) -> None:
        """Build the index from handle to account."""
        self.by_name = {name.lower(): i for i, name in enumerate(self.usernames)}

    def __len__(self) -> int:
        return len(self.usernames)

    def find(self, username: str) -> Account | None:
        """Return the account with this handle (any case), or None."""
        index = self.by_name.get(username.lower())
        return None if index is None else self.get(index)

    @abstractmethod
    def get(self, index: int) -> Account:
        """Return the account with this index."""


def title_of(username: str) -> str:
    """Return a display name made from a handle."""
    return username.replace("\u0000", " ").replace("_", " ").replace(".", " ").title()
