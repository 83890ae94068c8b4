"""Searches in progress: which candidates a search_id stands for, and when it is refused."""

import json
import secrets
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from sandbox.settings import Settings
from sandbox.world.hashing import Ints

_KEPT = 4000


@dataclass(slots=True)
class Search:
    """One search: bound to its query and dates, its candidates fixed when it began.

    Attributes:
        fingerprint: Query and dates in a canonical form.
        began: Unix second at which it began; candidates and drops are judged as of then.
        candidates: Positions, newest id first; None until worked out again after a restart.
        ids: Ids in circulation, oldest first; using one makes the older ones invalid.
        hidden: Candidates that are left out before, and `vanished` those left out from, the page `shift_page`.
    """

    fingerprint: str
    began: float
    candidates: Ints | None = None
    ids: list[tuple[str, float]] = field(default_factory=list)
    lost: bool = False
    hidden: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    hidden_until: int = 0
    vanished: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    vanished_from: int = 0

    def at_page(self, page: int) -> Ints:
        """Return the candidates as the server sees them when this page is asked for."""
        candidates = self.candidates if self.candidates is not None else self.hidden
        if page < self.hidden_until:
            candidates = candidates[~np.isin(candidates, self.hidden)]
        if self.vanished_from and page >= self.vanished_from:
            candidates = candidates[~np.isin(candidates, self.vanished)]
        return candidates


class Searches:
    """All searches by search_id."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible weather, not secrets
        self.by_id: dict[str, Search] = {}

    def begin(self, fingerprint: str, candidates: Ints, now: float) -> Search:
        """Return a new search without an id yet."""
        return Search(fingerprint, now, candidates)

    def issue(self, search: Search, now: float, settings: Settings) -> str:
        """Return the id to send with a page: the current one, now and then a new one."""
        if search.ids and self._random.random() >= settings.search_id_change_probability:
            return search.ids[-1][0]
        # The top half looks like a time some minutes before the request, as recorded ids do.
        number = (int(now) - 1440 - secrets.randbelow(3000)) << 32 | secrets.randbits(31)
        search.ids.append((str(number), now))
        self.by_id[str(number)] = search
        while len(self.by_id) > _KEPT:
            del self.by_id[next(iter(self.by_id))]
        return str(number)

    def resume(self, search_id: str, fingerprint: str, now: float, settings: Settings) -> Search | None:
        """Return the search that an id continues, or None where the service calls it invalid or expired."""
        search = self.by_id.get(search_id)
        if search is None or search.lost or search.fingerprint != fingerprint:
            return None
        issued = next(moment for number, moment in search.ids if number == search_id)
        age = max(now - issued, 0)
        if not settings.search_id_visible_after_seconds <= age < settings.search_id_lifetime_seconds:
            return None
        while search.ids[0][0] != search_id:
            retired, _ = search.ids.pop(0)
            self.by_id.pop(retired, None)
        return search


def fingerprint_of(body: dict[str, Any]) -> str:
    """Return what a search_id is bound to: the query and the dates, whatever the order of keys."""
    bound = {name: body.get(name) for name in ("query", "start_date", "end_date")}
    return json.dumps(bound, sort_keys=True, ensure_ascii=False)
