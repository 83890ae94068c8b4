"""What a day's capacity still leaves: to all, to each collection with a share, and to those without one together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tiktok_collector.planner.charges import Charge, Costs, Payers
from tiktok_collector.planner.endpoints import FAMILIES, RESEARCH, family_of
from tiktok_collector.study.collections import Cohort, Search, Study

_SLACK: Final = 1e-6
"""Sums of fractions are off by less."""
_OTHERS: Final = ""


class Purse:
    """Pays for jobs as long as there is enough; requests by family."""

    def __init__(self, study: Study, capacity: Mapping[str, int]) -> None:
        self.payers = Payers(study)
        self.charges: list[Charge] = []
        self._capacity = capacity
        self._left = {family: float(capacity.get(family, 0)) for family in FAMILIES}
        self._shares = {
            family: {each.name: share for each in study.collections if (share := share_of(each, family)) is not None}
            for family in FAMILIES
        }
        self._left_of = {
            family: {name: capacity.get(family, 0) * share / 100 for name, share in shares.items()}
            | {_OTHERS: capacity.get(family, 0) * max(0, 100 - sum(shares.values())) / 100}
            for family, shares in self._shares.items()
        }

    def open_up(self) -> None:
        """What collections with a share have left over is there for those without one."""
        for family in FAMILIES:
            self._left_of[family][_OTHERS] = self._left[family]

    def without_share(self, collections: Iterable[str], costs: Costs) -> tuple[str, ...]:
        """Those of `collections` that take what others leave, of every quota that the costs are in."""
        families = {family_of(endpoint) for endpoint in costs}
        return tuple(name for name in collections if not any(name in self._shares[family] for family in families))

    def fits(self, collections: Sequence[str], costs: Costs) -> bool:
        """Whether these collections can pay that."""
        return self._can_pay(self.payers.charges(collections, costs))

    def pay(self, collections: Sequence[str], costs: Costs) -> bool:
        """Takes it if it fits, and says whether it did."""
        charges = self.payers.charges(collections, costs)
        if self._can_pay(charges):
            self._take(charges)
            self.charges += charges
            return True
        return False

    def set_aside(self, collections: Sequence[str], costs: Costs) -> None:
        """Takes what earlier work will still need, whether it fits or not."""
        self._take(self.payers.charges(collections, costs))

    def most(self, collections: Sequence[str], family: str) -> float:
        """What there is for these collections on a day on which nothing else is done."""
        shares = self._shares[family]
        if not collections or any(name not in shares for name in collections):
            return float(self._capacity.get(family, 0))
        # Each pays an equal part, so the smallest share is the limit of all.
        return min(shares[name] for name in collections) * len(collections) * self._capacity.get(family, 0) / 100

    def _can_pay(self, charges: Iterable[Charge]) -> bool:
        needed: dict[str, float] = defaultdict(float)
        of_each: dict[tuple[str, str], float] = defaultdict(float)
        for name, endpoint, requests in charges:
            family = family_of(endpoint)
            needed[family] += requests
            of_each[family, name if name in self._shares[family] else _OTHERS] += requests
        return all(requests <= self._left[family] + _SLACK for family, requests in needed.items()) and all(
            requests <= self._left_of[family][who] + _SLACK for (family, who), requests in of_each.items()
        )

    def _take(self, charges: Iterable[Charge]) -> None:
        for name, endpoint, requests in charges:
            family = family_of(endpoint)
            self._left[family] -= requests
            self._left_of[family][name if name in self._shares[family] else _OTHERS] -= requests


def share_of(collection: Cohort | Search, family: str) -> int | None:
    """The collection's share of that quota in per cent, if it has one."""
    return collection.research_share if family == RESEARCH else collection.followers_share
