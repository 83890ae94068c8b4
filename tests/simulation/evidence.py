"""What a simulated month has left: the server's request log, the bucket's pages and manifests, the study's view."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.journal import RequestRecord
from tests.simulation.truth import Studied
from tiktok_collector.collection.day_plans import stored_day_plan
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_view import StudyView, video_pages
from tiktok_collector.lake.keys import raw_prefix
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.research_api.rows import Comment, Video
from tiktok_collector.study.day_plan import Purpose, VideoWork

type UnitDay = tuple[str, date]
"""An account or search by name, and a UTC day of creation."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A day of a collection that a day's manifest calls missing; `usernames` is empty if all of it is."""

    asked_on: date
    collection: str
    day: date
    reason: str
    usernames: frozenset[str]


@dataclass
class Fetch:
    """One search of the API, paged from its first page on; `videos` are its rows, as they came."""

    planned_for: date
    run: str
    task: str
    units: tuple[str, ...]
    start: date
    end: date
    videos: list[int] = field(default_factory=list)
    ended: bool = False
    """Whether its last page came."""

    @property
    def days(self) -> list[date]:
        """The days that it asked for."""
        return [self.start + timedelta(days=number) for number in range((self.end - self.start).days + 1)]


class Evidence:
    """Reads what there is after a month."""

    def __init__(
        self, studied: Studied, requests: list[RequestRecord], objects: ObjectStore, pages: RawPageStore
    ) -> None:
        self.studied = studied
        self._requests = requests
        self._objects = objects
        self._pages = pages
        self._reader = PageReader(pages)

    def last_answers(self) -> dict[UnitDay, datetime]:
        """When the server last answered a request for videos that asks for this unit and day."""
        found: dict[UnitDay, datetime] = {}
        for record in self._of_videos(answered=True):
            at = datetime.fromisoformat(record.time)
            for pair in self._asked(record.body):
                found[pair] = max(at, found.get(pair, at))
        return found

    def failures(self) -> set[tuple[date, str, date]]:
        """The units and days of videos whose requests failed, with the day on which that happened."""
        return {
            (date.fromisoformat(record.day), *pair)
            for record in self._of_videos(answered=False)
            for pair in self._asked(record.body)
        }

    def view(self) -> dict[int, frozenset[str]]:
        """The collections of each video of the deduplicated view, which has each one once."""
        view = StudyView.of(self._reader, video_pages(self._pages))
        found: dict[int, frozenset[str]] = {}
        for row in view.rows():
            video = int(row["id"])
            assert video not in found, f"The view has video {video} twice."
            found[video] = frozenset(row["_collections"])
        assert len(found) == view.videos
        assert view.ad_hoc_pages == view.quarantined == 0
        return found

    def fetches(self) -> list[Fetch]:
        """The searches for videos that got a first page."""
        found: dict[tuple[str, str, int], Fetch] = {}
        for key in video_pages(self._pages):
            page = self._reader.read(key)
            envelope = page.envelope
            fetch = found.get((envelope.run_id, envelope.task_id, envelope.generation))
            if fetch is None:
                planned_for = date.fromisoformat(key.partition("/dt=")[2][:10])
                start, end = (_day(envelope.request[name]) for name in ("start_date", "end_date"))
                units = self._units(envelope.request["query"])
                fetch = Fetch(planned_for, envelope.run_id, envelope.task_id, units, start, end)
                found[envelope.run_id, envelope.task_id, envelope.generation] = fetch
            fetch.videos += [row.id for row in page.typed.rows if isinstance(row, Video)]
            fetch.ended = fetch.ended or not envelope.has_more
        return list(found.values())

    def works(self) -> dict[date, list[VideoWork]]:
        """What was planned day by day, except controls, which ask for days that are there."""
        found = {}
        for number in range((self.studied.last_asked - self.studied.begin).days + 1):
            day = self.studied.begin + timedelta(days=number)
            plan = stored_day_plan(self._objects, day)
            found[day] = [work for work in plan.videos if work.purpose is not Purpose.CONTROL]
        return found

    def comments(self) -> set[int]:
        """The ids of all stored comments."""
        keys = (each.key for each in self._pages.keys(raw_prefix(entity="comments")))
        return {row.id for key in keys for row in self._reader.read(key).typed.rows if isinstance(row, Comment)}

    def gaps(self) -> list[Gap]:
        """What the day's manifests call missing."""
        return [
            Gap(asked_on, name, date.fromisoformat(day["day"]), each["reason"], frozenset(each.get("usernames", ())))
            for asked_on, manifest in self.manifests().items()
            for name, collection in manifest["collections"].items()
            for day in collection["days"]
            for each in day.get("missing", ())
        ]

    def waiting(self) -> set[UnitDay]:
        """Names, or the empty name for everybody, and days that the day's manifests say are not asked for now."""
        return {
            (unit, date.fromisoformat(each["window"]["start"]) + timedelta(days=number))
            for manifest in self.manifests().values()
            for each in manifest["estimate"]["waiting"]
            for unit in each.get("usernames", ("",))
            for number in range(_days(each["window"]))
        }

    def manifests(self) -> dict[date, Any]:
        """The manifests of the study's days."""
        found = {}
        for stored in self._objects.keys("manifests/study="):
            data = self._objects.get_bytes(stored.key)
            assert data is not None
            found[date.fromisoformat(stored.key[-15:-5])] = json.loads(data)
        return found

    def _of_videos(self, *, answered: bool) -> Iterator[RequestRecord]:
        for record in self._requests:
            if record.endpoint == "video/query" and (record.status == 200) is answered:
                yield record

    def _asked(self, body: Mapping[str, Any]) -> Iterator[UnitDay]:
        start, end = _day(body["start_date"]), _day(body["end_date"])
        for number in range((end - start).days + 1):
            for unit in self._units(body["query"]):
                yield unit, start + timedelta(days=number)

    def _units(self, query: Mapping[str, Any]) -> tuple[str, ...]:
        for name, own in self.studied.searches.items():
            if own == query:
                return (name,)
        (condition,) = query["and"]
        assert condition["field_name"] == "username", query
        return tuple(condition["field_values"])


def _days(window: Mapping[str, str]) -> int:
    return (date.fromisoformat(window["end"]) - date.fromisoformat(window["start"])).days + 1


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day of the API, which is of UTC
