"""Who pays for a request: each collection that wants it, in equal parts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tiktok_collector.planner.endpoints import COMMENTS, ENDPOINT_OF_STREAM, PLAYLISTS, VIDEOS, family_of
from tiktok_collector.study.collections import Cohort, Search, Study
from tiktok_collector.study.day_plan import Cost

type Costs = Mapping[str, float]
"""Requests by endpoint."""


class Charge(NamedTuple):
    """So many requests to an endpoint, of one collection."""

    collection: str
    endpoint: str
    requests: float


class Payers:
    """Knows which collection wants what."""

    def __init__(self, study: Study) -> None:
        self._order = {each.name: place for place, each in enumerate(study.collections)}
        self._wants = {each.name: _endpoints(each) for each in study.collections}

    def charges(self, collections: Sequence[str], costs: Costs) -> list[Charge]:
        """The costs, divided among those of `collections` that want the endpoint; among all if none does any more."""
        charges = []
        for endpoint, requests in costs.items():
            those = [name for name in collections if endpoint in self._wants.get(name, ())] or collections
            charges += [Charge(name, endpoint, requests / len(those)) for name in those]
        return charges

    def lines(self, charges: Iterable[Charge]) -> tuple[Cost, ...]:
        """The sums by collection, in the order of the study, and endpoint."""
        sums: dict[tuple[str, str], float] = defaultdict(float)
        for name, endpoint, requests in charges:
            sums[name, endpoint] += requests
        ordered = sorted(sums, key=lambda key: (self._order.get(key[0], len(self._order)), key))
        return tuple(Cost(name, endpoint, family_of(endpoint), sums[name, endpoint]) for name, endpoint in ordered)


def by_family(costs: Costs) -> dict[str, float]:
    """Requests by quota."""
    sums: dict[str, float] = defaultdict(float)
    for endpoint, requests in costs.items():
        sums[family_of(endpoint)] += requests
    return dict(sums)


def _endpoints(collection: Cohort | Search) -> frozenset[str]:
    wants = set()
    if isinstance(collection, Search) or collection.videos:
        wants.add(VIDEOS)
        if collection.depth.comments:
            wants.add(COMMENTS)
        if collection.depth.playlists:
            wants.add(PLAYLISTS)
    if isinstance(collection, Cohort):
        wants |= {ENDPOINT_OF_STREAM[stream] for stream in collection.visits.streams if stream in ENDPOINT_OF_STREAM}
    return frozenset(wants)
