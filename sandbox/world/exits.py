"""Making something leave a world by hand, and listing what has left it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import numpy as np

from sandbox.world.catalog import Catalog
from sandbox.world.departures import KINDS
from sandbox.world.video_table import Moment

type Gone = dict[str, list[int] | list[str]]


def vanish(catalog: Catalog, leaving: Mapping[str, Iterable[int | str]], now: float) -> None:
    """Make videos and comments (ids) vanish, or accounts (handles) turn `private` or be `deleted`, from `now` on.

    Raises:
        ValueError: The kind, an id or a handle is not known; nothing has left then.
    """
    found: list[tuple[dict[int, float], int]] = []
    for name, each in leaving.items():
        kind = next((known for known in KINDS if known == name), None)
        if kind is None:
            raise ValueError(f"What leaves is one of {', '.join(KINDS)}; not {name!r}.")
        found += [(catalog.departures.by_hand[kind], _number(catalog, kind, entry)) for entry in each]
    for entries, number in found:
        entries.setdefault(number, now)


def _number(catalog: Catalog, kind: str, entry: int | str) -> int:
    if kind in ("private", "deleted"):
        index = catalog.accounts.by_name.get(str(entry).lower())
        if index is None:
            raise ValueError(f"This world has no account called {entry!r}.")
        return index
    number = int(entry)
    if kind == "videos" and catalog.videos.position(number) is None:
        raise ValueError(f"This world has no video {number}.")
    if kind == "comments" and not (catalog.comments.find(number) or catalog.comments.find_reply(number)):
        raise ValueError(f"This world has no comment {number}.")
    return number


def bring_back(catalog: Catalog) -> None:
    """Undo what was done by hand."""
    for entries in catalog.departures.by_hand.values():
        entries.clear()


def gone(catalog: Catalog, moment: Moment) -> Gone:
    """Return what is gone by a moment.

    Returns:
        `videos` that were published and have been deleted, by whatever cause; `comments` that vanished by hand;
        accounts that turned `private` or were `deleted`.
    """
    published = np.flatnonzero(catalog.videos.created <= moment.now)
    vanished = catalog.videos.ids[published[catalog.deleted(published, moment)]]
    by_hand = catalog.departures.by_hand["comments"].items()
    known = np.flatnonzero(~catalog.accounts.out_of_scope)
    deleted = catalog.departures.deleted(known, moment)
    private = catalog.departures.private(known, moment) & ~deleted & ~catalog.accounts.hidden[known]
    return {
        "videos": [int(number) for number in vanished],
        "comments": [number for number, since in by_hand if since <= moment.now],
        "private": [catalog.accounts.usernames[index] for index in known[private].tolist()],
        "deleted": [catalog.accounts.usernames[index] for index in known[deleted].tolist()],
    }


def by_hand(catalog: Catalog) -> dict[str, dict[str, float]]:
    """Return what left by hand, in a form that outlives a restart: ids and handles as text, with their second."""
    names = catalog.accounts.usernames
    return {
        kind: {
            names[number] if kind in ("private", "deleted") else str(number): since for number, since in entries.items()
        }
        for kind, entries in catalog.departures.by_hand.items()
    }


def restore(catalog: Catalog, left: Mapping[str, Mapping[str, float]]) -> None:
    """Make everything leave that `by_hand` returned, since the same moments; what another world had is passed over."""
    bring_back(catalog)
    for kind, entries in left.items():
        for entry, since in entries.items():
            with suppress(ValueError):
                vanish(catalog, {kind: [entry]}, since)
