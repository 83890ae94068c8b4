"""Which videos each collection has found of each day of creation, run by run: what later passes are compared with."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import msgspec

from tiktok_collector.errors import Fatal
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.keys import seen_key, seen_prefix
from tiktok_collector.lake.objects import GZIP, ObjectStore
from tiktok_collector.studies.found_videos import IdsByName
from tiktok_collector.versions import decoded

type CollectionDay = tuple[str, date]

_VERSION: Final = 1


class _Ids(msgspec.Struct, frozen=True):
    asked_on: date
    ids: dict[str, list[int]]
    version: int = _VERSION


_IDS: Final = msgspec.json.Decoder(_Ids)


class SeenVideos:
    """Reads and writes the ids. Each run writes objects of its own, so nobody waits for anybody."""

    def __init__(self, objects: ObjectStore, *, threads: int) -> None:
        self._objects = objects
        self._threads = threads

    def earlier(self, days: Iterable[CollectionDay], run_id: str, asked_on: date) -> dict[CollectionDay, IdsByName]:
        """The ids that other runs found that were planned for an earlier day; days without any are left out."""
        wanted = list(days)
        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="seen") as pool:
            found = pool.map(lambda day: self._earlier(day, run_id, asked_on), wanted)
            return {day: ids for day, ids in zip(wanted, found, strict=True) if ids is not None}

    def put(self, found: Mapping[CollectionDay, IdsByName], run_id: str, asked_on: date) -> None:
        """Stores the ids that the run found; the same again may be stored again."""

        def store(day: CollectionDay) -> None:
            key = seen_key(day[0], day[1].isoformat(), run_id)
            content = _Ids(asked_on, {name: sorted(ids) for name, ids in sorted(found[day].items())})
            self._objects.put_bytes(key, gzipped(msgspec.json.encode(content)), content_type=GZIP)

        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="seen") as pool:
            for _ in pool.map(store, found):
                pass

    def _earlier(self, day: CollectionDay, run_id: str, asked_on: date) -> dict[str, set[int]] | None:
        known: dict[str, set[int]] | None = None
        own = seen_key(day[0], day[1].isoformat(), run_id)
        for stored in self._objects.keys(seen_prefix(day[0], day[1].isoformat())):
            data = None if stored.key == own else self._objects.get_bytes(stored.key)
            if data is None:
                continue
            found = gunzipped(data, key=stored.key)
            try:
                seen = decoded(_IDS.decode, found, known=_VERSION, what=f"What was seen, {stored.key},")
            except msgspec.DecodeError as error:
                raise Fatal(
                    f"What was seen, {stored.key}, cannot be read ({error}); restore an earlier version."
                ) from error
            if seen.asked_on < asked_on:
                known = known or {}
                for name, ids in seen.ids.items():
                    known.setdefault(name, set()).update(ids)
        return known
