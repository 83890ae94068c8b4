"""Followers, ten pages to an object: the process killed after every call, and two processes at the same lists.

What is in the bucket afterwards, objects, rows and files, is what an undisturbed run leaves.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.collection.saboteur import Saboteur
from tests.integration.collection.test_crashes import assert_ledger_covers_the_server, outcome, without_start
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

EVENT = {"username": "liked", "include": ["profile", "followers", "following"], "run_id": "run"}
FOLLOWERS, FOLLOWING = 2_240, 150
REQUESTS = 23 + 2
BLOCK = 10
PARTS = 4


def cloud_of(make_cloud: "MakeCloud", *, threads: int = 1, **changes: Any) -> Cloud:
    spec = AccountSpec("liked", videos=1, followers=FOLLOWERS, following=FOLLOWING)
    world = World.generate(seed=5, accounts=1, videos=1, days=60, specs=[spec])
    return make_cloud(world, settings={"archive_lag_scale": 0, **changes}, threads=threads)


def undisturbed(make_cloud: "MakeCloud") -> tuple[dict[str, Any], list[str]]:
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    with saboteur.watching(None):
        assert cloud.extract(EVENT, services=saboteur.services()).state == "complete"
    assert followers(cloud) == REQUESTS == cloud.used(family=Family.FOLLOWERS)
    return outcome(cloud), saboteur.calls


def followers(cloud: Cloud) -> int:
    return cloud.sandbox.served(family=Family.FOLLOWERS).received


def resume(cloud: Cloud) -> None:
    cloud.clock.sleep(180)
    cloud.extract(EVENT)
    if list(cloud.services().runs.open()):
        cloud.finish(most_ticks=10)


def test_ten_pages_are_one_object_one_reservation_and_one_write_of_each_kind(make_cloud: "MakeCloud") -> None:
    result, calls = undisturbed(make_cloud)
    blocks = {key.rpartition("/")[2]: len(pages) for key, pages in result.items() if "/entity=follow" in key}
    assert blocks == {
        "a00001.followers-g1-000001.json.gz": 10,
        "a00001.followers-g1-000011.json.gz": 10,
        "a00001.followers-g1-000021.json.gz": 3,
        "a00001.following-g1-000001.json.gz": 2,
    }
    asked = [name for name in calls if name.startswith("user_follow")]
    assert len(asked) == REQUESTS
    first = calls.index(asked[0])
    # Within a block nothing is written: reserved before its first request, stored after its tenth.
    assert calls[first - 1 : first + BLOCK + 4] == [
        "UpdateItem",
        *["user_followers"] * BLOCK,
        "PutObject",
        "UpdateItem",
        "PutItem",
        "UpdateItem",
    ]
    (export,) = [content for key, content in result.items() if key.startswith("exports/")]
    assert len({row["username"] for row in export["followers"]}) == len(export["followers"]) == FOLLOWERS
    assert len(export["following"]) == FOLLOWING


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_after_every_call(make_cloud: "MakeCloud", part: int) -> None:
    expected, calls = undisturbed(make_cloud)
    for fatal in range(1 + part, len(calls) + 1, PARTS):
        where = f"killed after call {fatal}, {calls[fatal - 1]}"
        cloud = cloud_of(make_cloud)
        saboteur = Saboteur(cloud)
        with saboteur.watching(fatal):
            cloud.extract(EVENT, services=saboteur.services())
        assert saboteur.dead, where
        resume(cloud)
        early = fatal <= calls.index("PutItem") + 1
        found = outcome(cloud)
        assert (without_start(found) if early else found) == (without_start(expected) if early else expected), where
        assert followers(cloud) <= REQUESTS + BLOCK, where
        assert cloud.used(family=Family.FOLLOWERS) <= REQUESTS + BLOCK, where
        assert_ledger_covers_the_server(cloud, where)


def test_killed_in_every_block_again_and_again(make_cloud: "MakeCloud") -> None:
    expected, calls = undisturbed(make_cloud)
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    kills = 0
    for fatal in (calls.index("user_followers") + 10, 7, 15, 17, 6, 16):
        with saboteur.watching(fatal):
            cloud.extract(EVENT, services=saboteur.services())
        kills += saboteur.dead
        cloud.clock.sleep(180)
    resume(cloud)
    assert kills >= 5
    assert outcome(cloud) == expected
    assert followers(cloud) <= REQUESTS + kills * BLOCK
    assert_ledger_covers_the_server(cloud, "killed again and again")


def test_lost_tables_cost_no_request_for_stored_blocks(make_cloud: "MakeCloud") -> None:
    expected, calls = undisturbed(make_cloud)
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    second_block_is_stored = [number for number, name in enumerate(calls, 1) if name == "PutObject"][3]
    with saboteur.watching(second_block_is_stored):
        cloud.extract(EVENT, services=saboteur.services())
    before = followers(cloud)
    assert before == 2 * BLOCK
    cloud.lose_tables()
    cloud.tick(recover=True)
    assert outcome(cloud) == expected
    assert followers(cloud) == REQUESTS


def test_two_processes_at_the_same_lists(make_cloud: "MakeCloud") -> None:
    expected, _ = undisturbed(make_cloud)
    cloud = cloud_of(make_cloud, threads=2)
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(cloud.extract, EVENT) for _ in range(2)]:
            future.result()
    if cloud.tick().open_runs:
        cloud.finish()
    found = outcome(cloud)
    assert {key: found[key] for key in found if key.startswith("raw/")} == {
        key: expected[key] for key in expected if key.startswith("raw/")
    }
    assert followers(cloud) == REQUESTS
    entries = cloud.entries(family=Family.FOLLOWERS)
    assert len({entry.request_id for entry in entries}) == len(entries) == REQUESTS
    assert_ledger_covers_the_server(cloud, "two at once")


def test_a_worker_that_lost_its_lease_in_a_block_writes_over_nobody(make_cloud: "MakeCloud") -> None:
    """A process is held up in the middle of a block, for longer than its lease; another one does all the work."""
    expected, _ = undisturbed(make_cloud)
    cloud = cloud_of(make_cloud)
    held_up = Interrupted(cloud, after=5)
    cloud.extract(EVENT, services=held_up.services())
    if cloud.tick().open_runs:
        cloud.finish()
    assert held_up.interrupted
    assert outcome(cloud) == expected
    # The pages of the one that was held up are nobody's, and paid for all the same.
    assert followers(cloud) == REQUESTS + 5
    entries = cloud.entries(family=Family.FOLLOWERS)
    assert len(entries) == REQUESTS + 5
    assert sum(entry.key is None for entry in entries) == 5


class Interrupted(Saboteur):
    """After the n-th request for followers another process works the run to its end, its lease having run out."""

    def __init__(self, cloud: Cloud, after: int) -> None:
        super().__init__(cloud)
        self._after = after
        self.interrupted = False

    def after(self, name: str) -> None:
        if name != "user_followers" or self.interrupted:
            return
        self._after -= 1
        if self._after == 0:
            self.interrupted = True
            self._cloud.clock.sleep(180)
            self._cloud.tick()


def test_what_stops_a_block_halfway_stores_what_there_is(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud)
    cloud.sandbox.faults.add("internal_error", endpoint="user/followers", after=4, times=1)
    assert cloud.extract(EVENT).state == "complete"
    assert len(cloud.export("liked")["followers"]) == FOLLOWERS
    sizes = [len(cloud.pages(key)) for key in cloud.keys("raw/") if "/entity=followers/" in key]
    assert sizes == [4, 10, 9]
    assert followers(cloud) == REQUESTS + 1 == cloud.used(family=Family.FOLLOWERS)
    assert_ledger_covers_the_server(cloud, "one failure")
