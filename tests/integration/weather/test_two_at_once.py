"""Two invocations at the same run: every page once, every request counted, whoever gets it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
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

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

ACCOUNTS = 6


def shared_world() -> World:
    specs = [AccountSpec(f"account{number}", videos=250, days=60, reposted=5, pinned=1) for number in range(ACCOUNTS)]
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs)


def asked() -> dict[str, Any]:
    names = [f"account{number}" for number in range(ACCOUNTS)]
    return event(username=None, usernames=names, include=["profile", "videos", "pinned", "reposted"])


def at_once(*calls: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(call) for call in calls]:
            future.result()


def assert_each_page_once(cloud: Cloud) -> None:
    manifest = cloud.manifest("storm")
    assert manifest["status"] == "complete"
    for number in range(ACCOUNTS):
        name = f"account{number}"
        assert ids(cloud.export(name)["videos"]) == ids(cloud.sandbox.world.videos_of(name, START, END))
    streams = [stream for account in manifest["accounts"] for stream in account["streams"]]
    committed = sum(stream["pages"] for stream in streams)
    assert len(cloud.keys("raw/")) == committed
    entries = cloud.entries()
    keys = Counter(entry.key for entry in entries if entry.key)
    assert set(keys) == set(cloud.keys("raw/"))
    assert max(keys.values()) == 1
    assert len({entry.request_id for entry in entries}) == len(entries) == received(cloud)
    assert_ledger_is_right(cloud)


def test_the_same_event_delivered_twice_at_once(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(shared_world(), settings=CALM, threads=4)
    at_once(lambda: cloud.extract(asked()), lambda: cloud.extract(asked()))
    if cloud.tick().open_runs:
        cloud.finish()
    assert_each_page_once(cloud)
    # A page and one more request for each of three pages of videos, a profile, pinned and reposted videos.
    assert received(cloud) == ACCOUNTS * (1 + 2 + 1 + 1)
    assert len(bodies(cloud)) == received(cloud)


def test_an_extraction_and_ticks_at_the_same_run(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(shared_world(), settings=CALM, threads=3)
    cloud.extract(asked(), seconds=1)
    assert received(cloud) == 0
    at_once(lambda: cloud.extract(asked()), cloud.tick, cloud.tick)
    if cloud.tick().open_runs:
        cloud.finish()
    assert_each_page_once(cloud)
    assert received(cloud) == ACCOUNTS * (1 + 2 + 1 + 1)


def test_two_invocations_in_bad_weather(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(shared_world(), settings=CALM, threads=4, faults=[{"kind": "internal_error", "every": 7}])
    at_once(lambda: cloud.extract(asked()), lambda: cloud.extract(asked()))
    if cloud.tick().open_runs:
        cloud.finish()
    assert_each_page_once(cloud)
    served = ACCOUNTS * (1 + 2 + 1 + 1)
    assert received(cloud) <= served * 7 / 6 + 8 + 8


def bodies(cloud: Cloud) -> set[str]:
    return {f"{record.endpoint} {record.body}" for record in data_requests(cloud)}
