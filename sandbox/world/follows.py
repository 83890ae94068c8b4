"""Followers and followings: a list in descending time, of which any stretch can be worked out alone."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.world.accounts import Account, AccountDirectory
from sandbox.world.hashing import hash_one, key_of, unit_one
from sandbox.world.vocabulary import FIRST_PARTS, SECOND_PARTS

_SPAN_SECONDS = 3 * 365 * 86_400
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EVERY_KNOWN = 25


@dataclass(frozen=True, slots=True)
class FollowList:
    """One account's followers or followings; rank 0 is the newest.

    Attributes:
        total: Length of the list.
        end: Unix second before which all of them happened.
        left: Whether the account with this index has turned private or been deleted since.
    """

    total: int
    end: int
    key: int
    omitted_share: float
    owner: str
    accounts: AccountDirectory
    left: Callable[[int], bool]

    def time(self, rank: int) -> int:
        """Return the Unix second in which the entry of this rank followed; never increases with the rank."""
        return self.end - 1 - int(_SPAN_SECONDS * (rank + unit_one(self.key, rank)) / self.total)

    def first_at(self, moment: float) -> int:
        """Return the lowest rank whose time is at or before `moment`."""
        low, high = 0, self.total
        while low < high:
            middle = (low + high) // 2
            if self.time(middle) <= moment:
                high = middle
            else:
                low = middle + 1
        return low

    def entry(self, rank: int) -> dict[str, str] | None:
        """Return the entry of this rank, or None if the list omits it (a private account)."""
        if unit_one(self.key ^ 5, rank) < self.omitted_share:
            return None
        known = self._known(rank)
        if known is not None and self.left(known.index):
            return None
        if known is not None:
            return {"username": known.username, "display_name": known.display_name}
        scrambled = (rank * 0x9E3779B1 + self.key) & 0xFFFF_FFFF
        bits = hash_one(self.key ^ 9, rank)
        first, second = FIRST_PARTS[bits % len(FIRST_PARTS)], SECOND_PARTS[(bits >> 8) % len(SECOND_PARTS)]
        return {"username": f"{first}{second}.{_base36(scrambled)}", "display_name": f"{first} {second}".title()}

    def entries(self, first: int, last: int) -> list[dict[str, str]]:
        """Return the entries of the ranks in [first, last), without the omitted ones."""
        found = (self.entry(rank) for rank in range(first, min(last, self.total)))
        return [entry for entry in found if entry is not None]

    def _known(self, rank: int) -> Account | None:
        """Return an account of this world for some ranks, so that user/info knows some of the followers."""
        turn, rest = divmod(rank, _EVERY_KNOWN)
        if rest != _EVERY_KNOWN - 1 or turn >= len(self.accounts):
            return None
        account = self.accounts.get((turn + self.key) % len(self.accounts))
        usable = account.in_scope and not account.private and account.username != self.owner
        return account if usable else None


def follow_list(
    accounts: AccountDirectory,
    account: Account,
    end: int,
    seed: int,
    left: Callable[[int], bool],
    *,
    followers: bool,
) -> FollowList:
    """Return an account's followers, or the accounts it follows."""
    return FollowList(
        total=account.followers if followers else account.following,
        end=end,
        key=key_of(seed, f"{'followers' if followers else 'following'}.{account.username}"),
        omitted_share=account.private_followers,
        owner=account.username,
        accounts=accounts,
        left=left,
    )


def _base36(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = _DIGITS[rest] + text
    return text or "0"
