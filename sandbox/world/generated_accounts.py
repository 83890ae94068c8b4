"""The accounts of a generated world, as columns; one account's full shape is worked out when asked for."""

from functools import lru_cache
from typing import override

import numpy as np

from sandbox.world.accounts import Account, AccountDirectory, title_of
from sandbox.world.hashing import Bools, Floats, Ints, hash_one, hashes, key_of, unit_one, units
from sandbox.world.recipe import AccountSpec, Recipe
from sandbox.world.vocabulary import FIRST_PARTS, REGIONS, SECOND_PARTS, TOPICS

_MAX_FOLLOWERS = 80_000_000
_PRIVATE_SHARE = 0.03
_WITH_PLAYLISTS = 0.2
_WITH_BIO = 0.7
_WITH_LINK = 0.2
_FOLLOWING_PUBLIC = 0.7
_LIKES_PUBLIC = 0.12
_WITH_REPOSTS = 0.25
_WITH_PINS = 0.3
_VERIFIED_FROM = 500_000
_AMBIENT_OMITTED = 0.08


class GeneratedAccounts(AccountDirectory):
    """Columns over all accounts: the specified ones first, then the ambient ones.

    Attributes:
        region: Index into `regions`.
        popularity: Typical views of a video.
        playlists: Number of playlists.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.seed = recipe.seed
        self.specs = recipe.specs
        self._followers_exact = recipe.followers_per_account
        count = len(recipe.specs) + recipe.accounts
        index = np.arange(count, dtype=np.int64)
        self.usernames = [spec.username for spec in recipe.specs]
        self.usernames += [_handle(self.seed, i) for i in range(len(recipe.specs), count)]
        self.index_names()
        self.regions = [code for code, _ in REGIONS]
        self.region: Ints = np.searchsorted(
            np.cumsum([share for _, share in REGIONS][:-1]), units(key_of(self.seed, "region"), index)
        ).astype(np.int64)
        self.hidden: Bools = units(key_of(self.seed, "private"), index) < _PRIVATE_SHARE
        self.out_of_scope: Bools = self.region == self.regions.index("CA")
        uniform = units(key_of(self.seed, "popularity"), index)
        audience = np.minimum(12 * (1 - uniform) ** -1.25, _MAX_FOLLOWERS)
        self.popularity: Floats = 40 + 0.4 * audience
        self.follower_counts: Ints = audience.astype(np.int64)
        if recipe.followers_per_account is not None:
            self.follower_counts[:] = recipe.followers_per_account
        lucky = units(key_of(self.seed, "playlists"), index)
        self.playlists: Ints = np.where(lucky < _WITH_PLAYLISTS, 1 + (lucky * 20).astype(np.int64), 0)
        self.topic: Ints = (hashes(key_of(self.seed, "topic"), index) % np.uint64(len(TOPICS))).astype(np.int64)
        for i, spec in enumerate(recipe.specs):
            self._apply(i, spec)
        self._cached = lru_cache(maxsize=4096)(self._make)

    def _apply(self, index: int, spec: AccountSpec) -> None:
        if spec.region not in self.regions:
            self.regions.append(spec.region)
        self.region[index] = self.regions.index(spec.region)
        self.hidden[index] = spec.private
        self.out_of_scope[index] = not spec.in_scope
        self.follower_counts[index] = spec.followers
        self.popularity[index] = 40 + 0.4 * spec.followers
        self.playlists[index] = spec.playlists

    @override
    def get(self, index: int) -> Account:
        return self._cached(index)

    def _make(self, index: int) -> Account:
        if index < len(self.specs):
            return self._specified(index, self.specs[index])
        topic = list(TOPICS)[int(self.topic[index])]
        followers = int(self.follower_counts[index])
        return Account(
            index=index,
            username=self.usernames[index],
            display_name=title_of(self.usernames[index]),
            bio=f"all about {topic}" if self._unit("bio", index) < _WITH_BIO else "",
            bio_url=f"https://{topic}.example.org/{index}" if self._unit("bio_url", index) < _WITH_LINK else None,
            region=self.regions[int(self.region[index])],
            verified=followers > _VERIFIED_FROM,
            followers=followers,
            following=int(3 * (1 - self._unit("following", index)) ** -1.1) % 10_000,
            following_public=self._unit("following_public", index) < _FOLLOWING_PUBLIC,
            liked=int(20 / (0.02 + self._unit("liked", index)))
            if self._unit("likes_public", index) < _LIKES_PUBLIC
            else None,
            reposted=hash_one(key_of(self.seed, "reposted"), index) % 60
            if self._unit("reposts", index) < _WITH_REPOSTS
            else 0,
            pinned=hash_one(key_of(self.seed, "pinned"), index) % 4 if self._unit("pins", index) < _WITH_PINS else 0,
            playlists=int(self.playlists[index]),
            private=bool(self.hidden[index]),
            in_scope=not bool(self.out_of_scope[index]),
            private_followers=0.0 if self._followers_exact is not None else _AMBIENT_OMITTED,
        )

    def _specified(self, index: int, spec: AccountSpec) -> Account:
        return Account(
            index=index,
            username=spec.username,
            display_name=spec.display_name or title_of(spec.username),
            bio="a sample account of the sandbox",
            bio_url="https://sandbox.example.org" if spec.verified else None,
            region=spec.region,
            verified=spec.verified,
            followers=spec.followers,
            following=spec.following,
            following_public=True,
            liked=spec.liked,
            reposted=spec.reposted,
            pinned=spec.pinned,
            playlists=spec.playlists,
            private=spec.private,
            in_scope=spec.in_scope,
            private_followers=spec.private_followers,
        )

    def _unit(self, name: str, index: int) -> float:
        return unit_one(key_of(self.seed, name), index)


def _handle(seed: int, index: int) -> str:
    bits = hash_one(key_of(seed, "handle"), index)
    first = FIRST_PARTS[bits % len(FIRST_PARTS)]
    second = SECOND_PARTS[(bits >> 8) % len(SECOND_PARTS)]
    return f"{first}{('', '.', '_')[(bits >> 16) % 3]}{second}{index}"
