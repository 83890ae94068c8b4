"""What a day needs, in words, and what to change where that is too much."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil
from types import MappingProxyType
from typing import Final

from tiktok_collector.planner.charges import Charge
from tiktok_collector.planner.endpoints import COMMENTS, VIDEOS, family_of
from tiktok_collector.study.collections import Cohort, Search, Study

_ROWS_A_PAGE: Final = 100
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "user_info": "profiles",
        "video_query": "videos",
        "comment_list": "comments",
        "playlist_info": "playlists",
        "user_followers": "followers",
        "user_following": "following",
        "user_liked_videos": "liked videos",
        "user_pinned_videos": "pinned videos",
        "user_reposted_videos": "reposted videos",
    }
)


class Bill:
    """Requests of one family."""

    def __init__(self, study: Study, charges: Iterable[Charge], family: str) -> None:
        self._collections = {each.name: each for each in study.collections}
        self._family = family
        self._charges = [charge for charge in charges if family_of(charge.endpoint) == family]

    @property
    def total(self) -> float:
        """All of them."""
        return sum(charge.requests for charge in self._charges)

    @property
    def text(self) -> str:
        """Such as `1,840 research requests (comments 1,500, videos 307, profiles 33)`."""
        sums: dict[str, float] = defaultdict(float)
        for _, endpoint, requests in self._charges:
            sums[endpoint] += requests
        dearest_first = sorted(sums, key=lambda endpoint: (-sums[endpoint], endpoint))
        parts = ", ".join(f"{_WORDS[endpoint]} {_number(sums[endpoint])}" for endpoint in dearest_first)
        return f"{_number(self.total)} {self._family} requests ({parts})"

    def advice(self, there: float) -> str:
        """What to change in that collection that takes the most, so that no more than `there` are needed."""
        sums: dict[tuple[str, str], float] = defaultdict(float)
        for name, endpoint, requests in self._charges:
            sums[name, endpoint] += requests
        name, endpoint = min(sums, key=lambda key: (-sums[key], key))
        requests = sums[name, endpoint]
        return self._change(name, endpoint, requests, requests - (self.total - there))

    def _change(self, name: str, endpoint: str, requests: float, allowed: float) -> str:
        collection = self._collections.get(name)
        if endpoint == COMMENTS:
            # A video's comments cost a request at least, however few are wanted.
            most = collection.depth.max_comments if collection else None
            lower = "" if most is not None and most <= _ROWS_A_PAGE else f"lower max_per_video of {name!r}, or "
            return f"{lower}leave its comments out" if lower else f"leave the comments of {name!r} out"
        if isinstance(collection, Cohort) and endpoint != VIDEOS:
            every = _slower(collection.visits.every_days, requests, allowed)
            visit = f"visit the accounts of {name!r} {every}"
            return f"lower max_followers or max_following of {name!r}, or {visit}" if self._lists(endpoint) else visit
        if isinstance(collection, Cohort):
            every = _slower(collection.schedule.every_days, requests, allowed)
            return f"collect {name!r} {every}, or with fewer passes or accounts"
        if isinstance(collection, Search) and collection.trends:
            return f"lower top or at_most of {name!r}, or collect it with fewer passes"
        return f"narrow the query of {name!r}, or collect it with fewer passes"

    def _lists(self, endpoint: str) -> bool:
        return endpoint in {"user_followers", "user_following"}


def _slower(every_days: int, requests: float, allowed: float) -> str:
    """How often it may be asked for, if asking half as often takes half as much."""
    if allowed <= 0:
        return "less often"
    return f"every {ceil(every_days * requests / allowed - 1e-6)} days"


def _number(requests: float) -> str:
    return f"{ceil(requests - 1e-6):,}"
