"""Raw pages as proof of requests: a stored page was asked for, whatever the counter says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tiktok_collector.clock import utc_day
from tiktok_collector.lake.keys import raw_prefix
from tiktok_collector.lake.raw_pages import CorruptPage, RawPageStore
from tiktok_collector.quota.families import Family

# Pages lie under the day on which their run started, and a run is resumed for so many days.
RUN_AGE: Final = timedelta(days=10)
# A page may be stored so long after its request was counted.
_LATE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Proof:
    """Ids of the requests that pages prove for one day, and keys of damaged objects that may prove more."""

    request_ids: frozenset[str]
    damaged: tuple[str, ...]


class StoredPages:
    """Finds the raw pages of a ledger day."""

    def __init__(self, pages: RawPageStore, families: Mapping[str, Family]) -> None:
        """Takes the raw pages, and the family of each entity of the lake."""
        self._pages = pages
        self._families = families

    def stored_on(self, days: Collection[str]) -> Mapping[tuple[str, Family], list[str]]:
        """Keys of the pages that may belong to each of `days` and each family, by when they were stored.

        A page stored soon after midnight is named for both days; its envelope says which it is (`prove`).

        Raises:
            Retriable: S3 failed.
            MissingResource: the bucket is absent or may not be listed.
        """
        found: dict[tuple[str, Family], list[str]] = defaultdict(list)
        first, last = date.fromisoformat(min(days)) - RUN_AGE, date.fromisoformat(max(days))
        partitions = [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
        for entity, family in self._families.items():
            for partition in partitions:
                for page in self._pages.keys(raw_prefix(entity=entity, dt=partition)):
                    for day in {utc_day(page.last_modified), utc_day(page.last_modified - _LATE)} & set(days):
                        found[day, family].append(page.key)
        return found

    def prove(self, keys: Iterable[str], day: str, family: Family) -> Proof:
        """What the envelopes of these pages prove for one day of a family.

        Raises:
            Retriable: S3 failed.
            MissingResource: the bucket is absent or may not be read.
        """
        request_ids: set[str] = set()
        damaged: list[str] = []
        for key in keys:
            try:
                pages = self._pages.get_all(key)
            except CorruptPage:
                damaged.append(key)
                continue
            request_ids.update(each.request_id for each, _ in pages if (each.day, each.family) == (day, family))
        return Proof(frozenset(request_ids), tuple(damaged))
