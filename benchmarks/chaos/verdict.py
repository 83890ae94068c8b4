"""What a storm has left, held against the server's truth and its own request log."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.chaos.play import has_ended
from benchmarks.chaos.scene import RUN, RowKey, Scene
from sandbox.testing import SandboxServer
from tests.integration.collection.cloud import Cloud
from tiktok_collector.collection.page_reader import PageReader, StoredPage
from tiktok_collector.lake.keys import raw_prefix
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.research_api.endpoints import ENDPOINTS, CursorKind
from tiktok_collector.research_api.rows import Playlist, Relation, UserInfo

_SECTIONS = ("videos", "comments", "followers", "following")
"""Of an export: those whose rows are looked for there, too; the first two by their ids."""


class Verdict:
    """Reads bucket, ledger and request log in calm weather.

    Args:
        scene: What was asked.
        sandbox: The server.
        calm: A collector over the same tables and bucket, out of the storm.
        runs: The runs that should be complete.
        pseudonymous: Whether exports hide who is who, so that only what has an id can be looked for in them.
    """

    def __init__(
        self,
        scene: Scene,
        sandbox: SandboxServer,
        calm: Cloud,
        runs: tuple[str, ...] = (RUN,),
        *,
        pseudonymous: bool = False,
    ) -> None:
        self._scene = scene
        self._sandbox = sandbox
        self._calm = calm
        self._runs = runs
        self._sections = _SECTIONS[:2] if pseudonymous else _SECTIONS
        self._pages = list(_stored(calm))

    @property
    def truth(self) -> set[RowKey]:
        """The rows that the server has."""
        return self._scene.truth(self._sandbox)

    def lost(self, but_for: set[RowKey] | None = None) -> int:
        """Rows that are in no raw page, or in no export though a section is for them; but for those that gaps name."""
        truth = self.truth - (but_for or set())
        stored = {key for page in self._pages for key in _keys(page)}
        shown = {key for run in self._runs for key in self._exported(run)}
        return len(truth - stored) + len({key for key in truth if key[0] in self._sections} - shown)

    def duplicates(self) -> int:
        """Pages that a fetch has twice, rows that it has twice, and rows that a section of an export has twice.

        A list whose cursor is a moment may give a row twice at its pages' seam, so only its pages are looked at.
        """
        found: dict[tuple[str, str, int], Counter[RowKey | str]] = {}
        for page in self._pages:
            each = page.envelope
            fetch = found.setdefault((each.run_id, each.task_id, each.generation), Counter())
            fetch[_request(each.endpoint, each.request)] += 1
            if ENDPOINTS[each.endpoint].cursor is not CursorKind.TIME:
                fetch.update(_keys(page))
        exports = [Counter(self._exported(run)) for run in self._runs]
        twice = sum(count.total() - len(count) for count in found.values())
        return twice + sum(count.total() - len(count) for count in exports)

    def not_stored(self) -> int:
        """Good answers of the server that are in no raw page, and were not asked for again by one that is."""
        stored = {_request(page.envelope.endpoint, page.envelope.request) for page in self._pages}
        answered = {
            _request(record.endpoint.replace("/", "_"), record.body)
            for record in self._sandbox.requests()
            if record.family in set(Family) and record.status == 200
        }
        return len(answered - stored)

    def over_quota(self, ledger: QuotaLedger, limits: Mapping[Family, int]) -> int:
        """Requests beyond a day's limit by the server's count, and those that the ledger does not count."""
        days = {record.day for record in self._sandbox.requests()}
        over = 0
        for day in days:
            for family, limit in limits.items():
                served, used = self._sandbox.served(day, family=family), ledger.usage(day, family).used
                over += max(0, served.charged - limit) + max(0, used - limit) + max(0, served.received - used)
        return over

    def received(self) -> int:
        """Requests that the server received, of both families."""
        return sum(self._sandbox.served(family=family).received for family in Family)

    def answered(self) -> int:
        """Pages that the server answered."""
        return sum(self._sandbox.served(family=family).by_status.get("200", 0) for family in Family)

    def gaps(self) -> list[dict[str, Any]]:
        """The gaps of the runs' manifests, possible ones left out."""
        return [
            gap
            for run in self._runs
            for account in self._calm.manifest(run).get("accounts", ())
            for stream in account["streams"]
            for gap in stream.get("gaps", [])
            if not gap.get("possible", False)
        ]

    def unfinished(self) -> int:
        """Runs whose manifest does not say that they are over."""
        return sum(not has_ended(self._calm, run) for run in self._runs)

    def _exported(self, run: str) -> Iterator[RowKey]:
        for key in self._calm.keys("exports/"):
            document = self._calm.json(key)
            if document["run_id"] != run:
                continue
            for section in self._sections:
                for row in document.get(section, ()):
                    if "id" in row:
                        yield section, int(row["id"])
                    else:
                        yield section, document["username"], row["username"]


def _stored(cloud: Cloud) -> Iterator[StoredPage]:
    reader = PageReader(cloud.services().pages)
    for key in cloud.keys(raw_prefix()):
        yield from reader.find(key)


def _keys(page: StoredPage) -> Iterator[RowKey]:
    name = page.envelope.request.get("username", "")
    for row in page.typed.rows:
        match row:
            case UserInfo():
                yield page.envelope.entity, name
            case Relation():
                yield page.envelope.entity, name, row.username
            case Playlist():
                yield from ((page.envelope.entity, row.playlist_id, each) for each in row.playlist_video_ids or ())
            case _ if page.envelope.entity in {"videos", "comments"}:
                yield page.envelope.entity, row.id
            case _:
                yield page.envelope.entity, name, row.id


def _request(endpoint: str, body: dict[str, Any]) -> str:
    return f"{endpoint} {json.dumps(body, sort_keys=True)}"
