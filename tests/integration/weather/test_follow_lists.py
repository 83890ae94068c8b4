"""Lists of followers, whose requests are reserved ten at a time: pauses, limits and midnight, and nothing is wasted."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.weather.support import CALM, assert_ledger_is_right, data_requests, event, received
from tests.integration.weather.test_limits import moment, slow_services
from tests.integration.weather.test_two_at_once import at_once
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

ACCOUNTS, PAGES = 6, 4
NEEDED = ACCOUNTS * PAGES
TODAY = "2026-11-20"


def lists(**more: Any) -> dict[str, Any]:
    names = [f"account{number}" for number in range(ACCOUNTS)]
    return event(username=None, usernames=names, include=["followers"], **more)


def listed_world() -> World:
    specs = [AccountSpec(f"account{number}", videos=1, days=60, followers=350) for number in range(ACCOUNTS)]
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs)


def assert_all_followers_are_there(cloud: Cloud) -> None:
    manifest = cloud.manifest("storm")
    assert manifest["status"] == "complete"
    for number in range(ACCOUNTS):
        name = f"account{number}"
        rows = [row["username"] for row in cloud.export(name)["followers"]]
        assert len(rows) == len(set(rows)) == 350
    committed = sum(stream["pages"] for account in manifest["accounts"] for stream in account["streams"])
    stored = [page for key in cloud.keys("raw/") for page in cloud.pages(key)]
    assert committed == len(stored) == NEEDED
    assert len({envelope.request_id for envelope, _ in stored}) == NEEDED


def test_what_is_left_of_a_block_is_given_back(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(listed_world(), settings=CALM, threads=4)
    assert cloud.extract(lists()).state == "complete"
    assert_all_followers_are_there(cloud)
    assert received(cloud, Family.FOLLOWERS) == cloud.used(family=Family.FOLLOWERS) == NEEDED
    assert cloud.ledger().usage(TODAY, Family.FOLLOWERS).given_back == -NEEDED % 10
    assert_ledger_is_right(cloud)


def test_a_pause_holds_what_was_reserved_before_it(make_cloud: "MakeCloud") -> None:
    threads = 4
    fault = {"kind": "rate_limited", "after": 11, "times": 1, "retry_after": 45}
    cloud = make_cloud(listed_world(), settings=CALM, threads=threads, faults=[fault])
    cloud.extract(lists())
    if cloud.tick().open_runs:
        cloud.finish()
    assert_all_followers_are_there(cloud)
    records = data_requests(cloud)
    (refused,) = [moment(record) for record in records if record.status == 429]
    within = [record for record in records if refused < moment(record) < refused + timedelta(seconds=45)]
    assert len(within) < threads, "only what was under way"
    assert_ledger_is_right(cloud)


def test_a_refused_day_holds_what_was_reserved_before_it(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(listed_world(), settings={**CALM, "followers_quota": 12}, threads=4)
    cloud.extract(lists())
    assert received(cloud, Family.FOLLOWERS) <= 12 + 4
    cloud.sandbox.change(followers_quota=20_000)
    cloud.finish(minutes=60)
    assert_all_followers_are_there(cloud)
    assert_ledger_is_right(cloud)


def test_a_limit_is_used_to_the_last_request(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(listed_world(), settings={**CALM, "followers_quota": 13}, threads=4)
    cloud.limits[Family.FOLLOWERS] = Budget(13, 0)
    assert cloud.extract(lists()).state == "parked"
    assert received(cloud, Family.FOLLOWERS) == cloud.used(family=Family.FOLLOWERS) == 13
    cloud.finish(minutes=60)
    assert_all_followers_are_there(cloud)
    assert 429 not in {record.status for record in data_requests(cloud)}
    assert_ledger_is_right(cloud)


def test_two_invocations_in_bad_weather(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(listed_world(), settings=CALM, threads=4, faults=[{"kind": "internal_error", "every": 5}])
    at_once(lambda: cloud.extract(lists()), lambda: cloud.extract(lists()))
    if cloud.tick().open_runs:
        cloud.finish()
    assert_all_followers_are_there(cloud)
    entries = cloud.entries(family=Family.FOLLOWERS)
    server = received(cloud, Family.FOLLOWERS)
    assert len({entry.request_id for entry in entries}) == len(entries) == server
    # What two processes give back at the same moment may stay counted, less than a block.
    assert server <= cloud.used(family=Family.FOLLOWERS) < server + 10


def test_nothing_is_sent_around_midnight_and_no_object_is_held_back(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(listed_world(), now=datetime(2026, 11, 20, 23, 54, tzinfo=UTC), settings=CALM, threads=1)
    report = cloud.extract(lists(), services=slow_services(cloud, 25))
    assert report.state == "parked"
    # Each answer takes longer than one may wait to be stored, so each is an object of its own.
    assert len(cloud.keys("raw/")) == received(cloud, Family.FOLLOWERS) >= 8
    cloud.finish(minutes=1)
    assert_all_followers_are_there(cloud)
    for record in data_requests(cloud):
        assert time(0, 2) <= moment(record).time() < time(23, 58)
    assert_ledger_is_right(cloud)
