"""A run whose every answer has hostile rows among its good ones: nothing else is lost by them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from sandbox.world import AccountSpec, World
from tests.hostile.rows import ROWS
from tests.integration.weather.support import CALM
from tiktok_collector.http.answer import Answer
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import Endpoint

if TYPE_CHECKING:
    from pydantic import SecretStr

    from tests.integration.collection.cloud import Cloud
    from tests.integration.collection.conftest import MakeCloud

SPEC = AccountSpec("target", videos=12, days=60, followers=9, following=4, comments_per_video=3, pinned=1)
EVENT = {
    "username": "target",
    "include": ["profile", "videos", "comments", "followers", "following", "pinned", "liked", "reposted"],
    "run_id": "hostile",
}
ROWS_A_PAGE = 8
PREFIXES = ("raw/source=tiktok_research_api/", "manifests/run=hostile.json", "exports/")


def with_rows(endpoint: Endpoint, body: bytes, rows: str) -> bytes:
    """The body with `rows` before the rows that it has."""
    for key in endpoint.row_keys:
        body = body.replace(b'"%s":[{' % key.encode(), b'"%s":[%s,{' % (key.encode(), rows.encode()))
    return body


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Lets each answer with rows have one more, in turn; keeps the bodies."""
    send, turns, kept = ResearchApiClient.send, cycle(ROWS.values()), list[bytes]()

    def hostile(
        self: ResearchApiClient,
        endpoint: Endpoint,
        body: Mapping[str, Any],
        token: "SecretStr",
        *,
        timeout_seconds: float,
    ) -> Answer:
        answer = send(self, endpoint, body, token, timeout_seconds=timeout_seconds)
        changed = msgspec.json.encode(msgspec.json.decode(answer.body))
        changed = with_rows(endpoint, changed, ",".join(islice(turns, ROWS_A_PAGE)))
        kept.append(changed)
        return replace(answer, body=changed)

    monkeypatch.setattr(ResearchApiClient, "send", hostile)
    return kept


@pytest.mark.parametrize("identified", [True, False])
def test_a_run_ends_and_has_every_good_row(make_cloud: "MakeCloud", received: list[bytes], identified: bool) -> None:
    cloud: Cloud = make_cloud(World.generate(seed=3, accounts=2, videos=4, days=90, specs=[SPEC]), settings=CALM)
    if cloud.extract({**EVENT, "identified": identified}).state not in {"complete", "complete_with_gaps"}:
        cloud.finish(most_ticks=20)
    manifest = cloud.manifest("hostile")
    assert manifest["status"] in {"complete", "complete_with_gaps"}
    export = cloud.export("target")
    good = {
        str(video["id"]) for video in cloud.sandbox.world.videos_of("target", date(2026, 8, 20), date(2026, 11, 17))
    }
    assert good
    assert good <= {row["id"] for row in export["videos"]}
    assert len(export["followers"]) >= 9
    assert len(export["following"]) >= 4
    assert all(key.startswith(PREFIXES) and len(key.encode()) <= 1_024 and ".." not in key for key in cloud.keys(""))
    pages = [page for key in cloud.keys("raw/") for page in cloud.pages(key)]
    assert {body for _, body in pages} <= set(received)
    for line in cloud.log.lines:
        assert b"\n" not in msgspec.json.encode(line)
    if identified:
        assert {entry["reason"] for entry in export["quarantine"]}
