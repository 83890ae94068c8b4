"""user/info: live data of one account."""

import numpy as np

from sandbox.world.accounts import Account
from sandbox.world.catalog import Catalog
from sandbox.world.dataset_videos import DatasetAccounts
from sandbox.world.hashing import hash_one, key_of
from sandbox.world.video_table import Moment, Row

USER_FIELDS = (
    "display_name", "bio_description", "avatar_url", "is_verified", "follower_count", "following_count", "likes_count",
    "video_count", "bio_url",
)  # fmt: skip
_COUNTED = 5000


def profile_of(catalog: Catalog, account: Account, moment: Moment) -> Row:
    """Return the fields of user/info; the ones without a value are absent."""
    given = catalog.accounts.lines[account.index] if isinstance(catalog.accounts, DatasetAccounts) else None
    own = catalog.videos.of_account(account.index)
    own = own[catalog.videos.created[own] <= moment.now]
    alive = own[~catalog.deleted(own, moment)]
    profile: Row = {
        "display_name": account.display_name,
        "bio_description": account.bio,
        "avatar_url": _avatar(catalog.seed, account, moment.now),
        "is_verified": account.verified,
        "follower_count": account.followers,
        "following_count": account.following,
        "likes_count": int(np.nansum(catalog.videos.counter("like_count", alive[-_COUNTED:], moment))),
        "video_count": len(alive),
        "bio_url": account.bio_url,
    }
    if isinstance(catalog.accounts, DatasetAccounts):
        profile |= {"follower_count": None, "following_count": None}
        if given is not None:
            stated = {field: getattr(given, field) for field in USER_FIELDS}
            profile |= {field: value for field, value in stated.items() if value is not None}
    return {field: value for field, value in profile.items() if value is not None}


def _avatar(seed: int, account: Account, now: float) -> str:
    name = hash_one(key_of(seed, "avatar"), account.index)
    expires = (int(now) // 86_400 + 3) * 86_400
    return f"https://p16-sign.cdn.example.org/avatar/{name:016x}.jpeg?x-expires={expires}&x-signature={name % 10**12:x}"
