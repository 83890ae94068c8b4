"""Three functions over the same tables, with slow and failing answers, a small quota, and leases that run out."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud, SharedClock
from tests.integration.weather.support import (
    CALM,
    END,
    START,
    assert_ledger_is_right,
    data_requests,
    event,
    ids,
    received,
)
from tests.integration.weather.test_two_at_once import at_once
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.http.answer import Answer
from tiktok_collector.quota.families import Family
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.tasks.store import LEASE

if TYPE_CHECKING:
    from pydantic import SecretStr

    from tests.integration.collection.conftest import MakeCloud

ACCOUNTS = 8
THREADS = 3
FUNCTIONS = 3
LIMIT = 30
NEEDED = ACCOUNTS * (1 + 2 + 1 + 1)
"""For each account its profile, two pages of videos, one each of pinned and of reposted videos."""
LONG = 10.0**6
WEATHER: list[dict[str, Any]] = [
    {"kind": "internal_error", "probability": 0.05},
    {"kind": "delay", "probability": 0.3, "seconds": 0.05},
    {"kind": "delay", "probability": 0.1, "seconds": 0.2},
]


class Hanging(ResearchApiClient):
    """Hangs at some requests until the leases of all tasks that are worked have run out."""

    def __init__(self, url: str, clock: SharedClock, hang_at: set[int]) -> None:
        super().__init__(url, clock)
        self._shared = clock
        self._lock = threading.Lock()
        self._sent = 0
        self._hang_at = hang_at

    def send(
        self, endpoint: Endpoint, body: Mapping[str, Any], token: "SecretStr", *, timeout_seconds: float
    ) -> Answer:
        with self._lock:
            self._sent += 1
            hangs = self._sent in self._hang_at
        if hangs:
            self._shared.sleep(LEASE.total_seconds() + 1)
        return super().send(endpoint, body, token, timeout_seconds=timeout_seconds)


def shared_world() -> World:
    specs = [AccountSpec(f"account{number}", videos=250, days=60, reposted=5, pinned=1) for number in range(ACCOUNTS)]
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs)


def asked() -> dict[str, Any]:
    names = [f"account{number}" for number in range(ACCOUNTS)]
    return event(username=None, usernames=names, include=["profile", "videos", "pinned", "reposted"])


def function(cloud: Cloud, hang_at: set[int]) -> CollectionServices:
    return replace(cloud.services(), client=Hanging(cloud.sandbox.url, cloud.clock, hang_at))


@pytest.mark.parametrize("hangs", [set(), {4, 9}], ids=["no lease runs out", "leases run out"])
def test_three_functions_at_once_share_tasks_and_quota(make_cloud: "MakeCloud", hangs: set[int]) -> None:
    settings = {**CALM, "research_quota": LIMIT}
    cloud = make_cloud(shared_world(), settings=settings, faults=WEATHER, research_limit=LIMIT, threads=THREADS)
    cloud.extract(asked(), seconds=1)
    at_once(
        lambda: cloud.extract(asked(), seconds=LONG, services=function(cloud, hangs)),
        lambda: cloud.tick(seconds=LONG, services=function(cloud, hangs)),
        lambda: cloud.tick(seconds=LONG, services=function(cloud, set())),
    )
    while cloud.tick(seconds=LONG).open_runs:
        cloud.clock.sleep(7 * 3_600)
        at_once(*[lambda: cloud.tick(seconds=LONG, services=function(cloud, set())) for _ in range(FUNCTIONS)])

    assert_nothing_is_left_behind(cloud)
    assert_quota_was_kept(cloud)
    hung = 2 * len(hangs)
    assert_pages_were_fetched_once(cloud, but=hung * FUNCTIONS * THREADS)


def test_a_short_term_limit_that_one_function_meets_holds_back_the_others_until_it_is_over(
    make_cloud: "MakeCloud",
) -> None:
    pause, before = 300, 5
    fault = {"kind": "rate_limited", "after": before, "times": 1, "retry_after": pause}
    cloud = make_cloud(shared_world(), settings=CALM, faults=[fault], threads=1)
    assert cloud.extract(asked()).parked["rate_limited"] == 1
    assert received(cloud) == before + 1
    at_once(cloud.tick, cloud.tick)
    cloud.clock.sleep(pause - 70)
    at_once(cloud.tick, cloud.tick)
    assert received(cloud) == before + 1
    cloud.clock.sleep(71)
    at_once(cloud.tick, cloud.tick)
    cloud.finish()
    assert_nothing_is_left_behind(cloud)
    assert received(cloud) == NEEDED + 1
    assert_ledger_is_right(cloud)


def assert_nothing_is_left_behind(cloud: Cloud) -> None:
    manifest = cloud.manifest("storm")
    assert manifest["status"] == "complete"
    assert {task.state.terminal for task in cloud.services().tasks.of_run("storm")} == {True}
    for number in range(ACCOUNTS):
        name = f"account{number}"
        assert ids(cloud.export(name)["videos"]) == ids(cloud.sandbox.world.videos_of(name, START, END))


def assert_quota_was_kept(cloud: Cloud) -> None:
    assert received(cloud) > LIMIT
    days = {record.day for record in data_requests(cloud)}
    for day in days:
        assert cloud.sandbox.served(day, family="research").received <= LIMIT
        assert cloud.used(day) <= LIMIT
    assert cloud.used(min(days)) == LIMIT
    assert 429 not in {record.status for record in data_requests(cloud)}
    assert_ledger_is_right(cloud)


def assert_pages_were_fetched_once(cloud: Cloud, *, but: int) -> None:
    """Each page stored was asked for once; `but` so many may have been asked for again."""
    stored = cloud.keys("raw/")
    assert len(stored) == NEEDED
    served = [record for record in data_requests(cloud) if record.status == 200 and "account" in str(record.body)]
    good = Counter(f"{record.endpoint} {record.body}" for record in served)
    assert len(good) == NEEDED
    assert good.total() - NEEDED <= but
    days = {record.day for record in data_requests(cloud)}
    entries = [entry for day in days for entry in cloud.entries(day, Family.RESEARCH)]
    by_key = Counter(entry.key for entry in entries if entry.key)
    assert set(by_key) == set(stored)
    assert max(by_key.values()) == 1
    # What each page says of itself is what the ledger says of its request: nobody wrote over anybody's page.
    paid = {entry.key: entry.request_id for entry in entries if entry.key}
    assert {key: cloud.page(key)[0].request_id for key in stored} == paid
