"""The /v2/research/user/… endpoints. API pages "Query user info" and "Query user followers" to "… reposted videos"."""

import numpy as np

from sandbox.api.answers import BAD_CURSOR, ApiError, Page, invalid
from sandbox.api.calls import Call
from sandbox.world.accounts import Account
from sandbox.world.catalog import Catalog
from sandbox.world.hashing import Ints
from sandbox.world.profiles import USER_FIELDS, profile_of
from sandbox.world.video_table import VIDEO_FIELDS, Row

_NOT_LISTED = ("effect_ids", "playlist_id", "voice_to_text")
LISTED_FIELDS = (*(field for field in VIDEO_FIELDS if field not in _NOT_LISTED), "favourites_count")
_OLDEST_MILLISECONDS = 100_000_000_000


def user_info(catalog: Catalog, call: Call) -> Page:
    """Return an account's profile, live."""
    fields = call.asked_fields(USER_FIELDS)
    profile = profile_of(catalog, _account(catalog, call), call.moment)
    return Page({field: profile[field] for field in fields if field in profile})


def followers(catalog: Catalog, call: Call) -> Page:
    """Return one page of followers, newest first."""
    account = _account(catalog, call)
    return _follows(catalog, call, account, followers=True)


def following(catalog: Catalog, call: Call) -> Page:
    """Return one page of the accounts followed, newest first; none where the list is not public."""
    account = _account(catalog, call)
    if not account.following_public:
        return Page({"cursor": int(call.cursor() or call.now), "has_more": False}, "user_following", "ok")
    return _follows(catalog, call, account, followers=False)


def _follows(catalog: Catalog, call: Call, account: Account, *, followers: bool) -> Page:
    """Page by Unix second: a page begins with those who followed at or before the cursor, so pages overlap."""
    key = "user_followers" if followers else "user_following"
    count, cursor = call.count(20), call.cursor()
    follows = catalog.follows(account, call.moment, followers=followers)
    cap = call.settings.followers_cap if followers else None
    newest = follows.first_at(call.now)
    limit = follows.total if cap is None else min(newest + cap, follows.total)
    first = follows.first_at(min(cursor or call.now, call.now))
    last = min(first + count, limit)
    if first >= last:
        return Page({"cursor": int(cursor or call.now), "has_more": False}, key, "ok")
    data: Row = {"cursor": follows.time(last - 1), "has_more": last < limit}
    rows = follows.entries(first, last)
    if rows:
        data[key] = rows
    return Page(data, key, "ok")


def liked_videos(catalog: Catalog, call: Call) -> Page:
    """Return one page of liked videos, latest like first; the cursor is in milliseconds, as in TikTok's samples."""
    fields = _listed_fields(call)
    account = _account(catalog, call)
    count, cursor = call.count(20), call.cursor()
    if account.liked is None:
        raise ApiError(
            call.settings.likes_hidden_status,
            "invalid_params",
            "The user's liked videos information cannot be returned",
        )
    if cursor and cursor < _OLDEST_MILLISECONDS:
        cursor *= 1000
    marked = catalog.collections.liked(account)
    before = cursor or int(call.now * 1000) + 1
    waiting = np.flatnonzero(marked.milliseconds < min(before, int(call.now * 1000) + 1))
    chosen = waiting[:count]
    if not len(chosen):
        return Page({"cursor": before, "has_more": False}, "user_liked_videos", "ok")
    return Page(
        {
            "user_liked_videos": _listed_rows(catalog, call, marked.positions[chosen], fields),
            "cursor": int(marked.milliseconds[chosen[-1]]),
            "has_more": len(chosen) < len(waiting),
        },
        "user_liked_videos",
        "ok",
    )


def reposted_videos(catalog: Catalog, call: Call) -> Page:
    """Return one page of reposted videos, latest repost first; the cursor is an index."""
    fields = _listed_fields(call)
    account = _account(catalog, call)
    count, cursor = call.count(20), call.cursor()
    marked = catalog.collections.reposted(account)
    positions = marked.positions[marked.milliseconds <= call.now * 1000]
    total = len(positions)
    if not total:
        return Page({"cursor": 0, "has_more": False}, "reposted_videos", "ok")
    if cursor > total:
        raise invalid(BAD_CURSOR)
    reached = min(cursor + count, total)
    rows = _listed_rows(catalog, call, positions[cursor:reached], fields)
    return Page({"reposted_videos": rows, "cursor": reached, "has_more": reached < total}, "reposted_videos", "ok")


def pinned_videos(catalog: Catalog, call: Call) -> Page:
    """Return the pinned videos; what comes without any is a setting."""
    fields = _listed_fields(call)
    account = _account(catalog, call)
    rows = _listed_rows(catalog, call, catalog.pinned(account, call.moment), fields)
    if rows or call.settings.no_pinned == "empty":
        return Page({"pinned_videos_list": rows}, "pinned_videos_list", "ok")
    if call.settings.no_pinned == "error":
        raise invalid("The user has no pinned videos")
    return Page({}, "pinned_videos_list", "ok")


def _account(catalog: Catalog, call: Call) -> Account:
    username = call.body.get("username")
    if not isinstance(username, str) or not username:
        raise invalid("Invalid parameters: username is required")
    account = catalog.accounts.find(username)
    standing = None if account is None else catalog.standing(account, call.moment)
    if account is None or standing == "deleted":
        raise invalid(f"`username: {username}` is invalid: cannot find the user")
    if standing == "out_of_scope":
        raise invalid("API cannot return this user's information")
    if standing == "private":
        raise invalid(f"`username: {username}` is private")
    return account


def _listed_fields(call: Call) -> tuple[str, ...]:
    return call.asked_fields(LISTED_FIELDS)


def _listed_rows(catalog: Catalog, call: Call, positions: Ints, fields: tuple[str, ...]) -> list[Row]:
    """Return a list's rows; here the old spelling is known too, and the keys of `video_tag` have other names."""
    known = tuple(dict.fromkeys("favorites_count" if field == "favourites_count" else field for field in fields))
    rows = catalog.videos.rows(catalog.alive(positions, call.moment), known, call.moment)
    for row in rows:
        if "video_tag" in row:
            tag = row["video_tag"]
            row["video_tag"] = {"video_tag_type": tag["type"], "video_tag_number": tag["number"]}
    return rows
