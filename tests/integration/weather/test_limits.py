"""Both kinds of 429, resets that come late, and the turn of the day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.journal import RequestRecord
from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud, SharedClock
from tests.integration.weather.support import (
    ACCOUNT,
    CALM,
    assert_everything_is_there,
    assert_ledger_is_right,
    data_requests,
    event,
    ids,
    received,
    true_videos,
    weathered,
    world,
)
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.http.answer import Answer
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import Endpoint

if TYPE_CHECKING:
    from pydantic import SecretStr

    from tests.integration.collection.conftest import MakeCloud

PAGES = 3
TODAY = "2026-11-20"
LISTS = ["profile", "videos", "pinned", "reposted"]


def many_accounts(number: int) -> World:
    specs = [AccountSpec(f"account{each}", videos=8, days=60, pinned=1) for each in range(number)]
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs)


class SlowClient(ResearchApiClient):
    """Each answer takes so many seconds of the shared clock."""

    def __init__(self, url: str, clock: SharedClock, seconds: float) -> None:
        super().__init__(url, clock)
        self._shared = clock
        self._seconds = seconds

    def send(
        self, endpoint: Endpoint, body: Mapping[str, Any], token: "SecretStr", *, timeout_seconds: float
    ) -> Answer:
        answer = super().send(endpoint, body, token, timeout_seconds=timeout_seconds)
        self._shared.sleep(self._seconds)
        return answer


def slow_services(cloud: Cloud, seconds: float) -> CollectionServices:
    return replace(cloud.services(), client=SlowClient(cloud.sandbox.url, cloud.clock, seconds))


@pytest.mark.parametrize("retry_after", [None, 7, 45])
def test_a_short_term_limit_is_waited_out(make_cloud: "MakeCloud", retry_after: int | None) -> None:
    fault = {"kind": "rate_limited", "after": 1, "times": 1, "retry_after": retry_after}
    cloud = make_cloud(world(), settings=CALM, faults=[fault])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + 1
    refused, following = data_requests(cloud)[1:3]
    assert refused.status == 429
    waited = moment(following) - moment(refused)
    assert waited >= timedelta(seconds=retry_after or 30)
    assert_ledger_is_right(cloud)


def test_a_short_term_limit_stops_all_threads_and_one_tries_again(make_cloud: "MakeCloud") -> None:
    threads = 8
    cloud = make_cloud(many_accounts(8), settings=CALM, threads=threads)
    cloud.sandbox.faults.add("rate_limited", after=10, times=40)
    names = [f"account{number}" for number in range(8)]
    cloud.extract(event(username=None, usernames=names, include=LISTS))
    # At most one refusal for each thread that was under way; then one at a time, each pause longer.
    refused = [record for record in cloud.sandbox.requests() if record.status == 429]
    assert len(refused) <= threads + 3
    for _ in range(6):
        cloud.clock.sleep(600)
        cloud.tick()
    refused_in_an_hour = sum(record.status == 429 for record in cloud.sandbox.requests())
    assert refused_in_an_hour <= threads + 3 + 6 * 4
    cloud.sandbox.faults.clear()
    cloud.finish()
    assert cloud.manifest("storm")["status"] == "complete"
    assert_ledger_is_right(cloud)


def test_a_limit_of_the_server_on_requests_a_minute_is_lived_with(make_cloud: "MakeCloud") -> None:
    settings = {**CALM, "rate_limit_requests": 10, "rate_limit_window_seconds": 60}
    cloud = make_cloud(many_accounts(10), settings=settings, threads=4)
    names = [f"account{number}" for number in range(10)]
    manifest = weathered(cloud, event(username=None, usernames=names, include=LISTS))
    assert manifest["status"] == "complete"
    assert received(cloud) <= 40 * 2
    assert_ledger_is_right(cloud)


def test_the_daily_limit_comes_before_the_ledger_expects_it(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(videos=1_600), settings={**CALM, "research_quota": 4})
    report = cloud.extract(event())
    assert report.state == "parked"
    assert report.resume_at == "2026-11-20T09:15:00.000Z"
    assert cloud.used() == 5
    # The day is probed after 15 and 30 minutes, 1, 2 and 4 hours, one request each, and no tick sends another.
    ticks = 0
    while cloud.clock.now() < datetime(2026, 11, 20, 23, 50, tzinfo=UTC):
        cloud.clock.sleep(1_200)
        cloud.tick()
        ticks += 1
    assert ticks > 40
    assert cloud.used(TODAY) <= 5 + 6
    assert cloud.sandbox.served(day=TODAY, family="research").charged == 4
    cloud.sandbox.change(research_quota=1_000)
    cloud.finish()
    assert_everything_is_there(cloud, cloud.manifest("storm"))
    assert_ledger_is_right(cloud)
    assert received(cloud) <= -(-len(true_videos(cloud)) // 100) + 1 + 6


def test_the_daily_limit_met_by_eight_threads_is_reported_once_each(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(many_accounts(8), settings={**CALM, "research_quota": 12}, threads=8)
    names = [f"account{number}" for number in range(8)]
    cloud.extract(event(username=None, usernames=names, include=LISTS))
    assert cloud.used() <= 12 + 8
    cloud.sandbox.change(research_quota=1_000)
    cloud.finish(minutes=60)
    assert cloud.manifest("storm")["status"] == "complete"
    assert_ledger_is_right(cloud)


def test_the_servers_reset_comes_two_hours_late(make_cloud: "MakeCloud") -> None:
    settings = {**CALM, "research_quota": 6, "quota_reset_lag_seconds": 7_200}
    cloud = make_cloud(world(videos=1_600), settings=settings, research_limit=6)
    cloud.extract(event())
    assert cloud.used() == 6
    cloud.finish()
    assert_everything_is_there(cloud, cloud.manifest("storm"))
    tomorrow = [record for record in cloud.sandbox.requests() if record.day == "2026-11-21"]
    refused = [record for record in tomorrow if record.status == 429]
    # 00:02, then probes at 00:17, 00:47 and 01:47: four requests of the day's six, and the fifth is served.
    assert len(refused) <= 4
    assert all(moment(record) < datetime(2026, 11, 21, 2, tzinfo=UTC) for record in refused)
    assert_ledger_is_right(cloud)


def test_after_the_first_probe_that_is_served_all_threads_go_on(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(many_accounts(8), settings=CALM, threads=8)
    cloud.sandbox.faults.add("daily_quota", times=1)
    names = [f"account{number}" for number in range(8)]
    cloud.extract(event(username=None, usernames=names, include=LISTS))
    assert received(cloud) == 1
    cloud.clock.sleep(16 * 60)
    cloud.tick()
    assert cloud.manifest("storm")["status"] == "complete"
    assert received(cloud) == 1 + 4 * 8
    assert_ledger_is_right(cloud)


def test_nothing_is_sent_around_midnight(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(videos=1_600), now=datetime(2026, 11, 20, 23, 54, tzinfo=UTC), settings=CALM)
    report = cloud.extract(event(), services=slow_services(cloud, 40))
    assert report.state == "parked"
    assert report.resume_at == "2026-11-21T00:02:00.000Z"
    assert received(cloud) == 6
    for _ in range(8):
        cloud.clock.sleep(30)
        cloud.tick(services=slow_services(cloud, 40))
    cloud.finish(minutes=1)
    manifest = cloud.manifest("storm")
    assert_everything_is_there(cloud, manifest)
    for record in data_requests(cloud):
        assert time(0, 2) <= moment(record).time() < time(23, 58)
    assert {record.day for record in data_requests(cloud)} == {TODAY, "2026-11-21"}
    assert received(cloud) == -(-len(true_videos(cloud)) // 100)
    assert_ledger_is_right(cloud)


def test_the_ledgers_own_limit_parks_until_the_next_day(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={**CALM, "research_quota": 2}, research_limit=2)
    report = cloud.extract(event())
    assert (report.state, report.parked) == ("parked", {"quota": 1})
    for _ in range(6):
        cloud.clock.sleep(3_600)
        cloud.tick()
    assert received(cloud) == 2
    cloud.finish(minutes=60)
    assert ids(cloud.export(ACCOUNT)["videos"]) == true_videos(cloud)
    assert received(cloud) == PAGES
    assert_ledger_is_right(cloud)


def moment(record: RequestRecord) -> datetime:
    return datetime.fromisoformat(record.time)
