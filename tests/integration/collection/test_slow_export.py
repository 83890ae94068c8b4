"""An export of many small pages, each of which takes long to read: no part of the file is full for minutes."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, Cloud
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.lake.raw_pages import RawPage, RawPageStore
from tiktok_collector.tasks.task import Task, TaskRef

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

EVENT = {"username": "listed", "include": ["profile", "followers"], "run_id": "slow"}
EXPORT = "a00001.zexport"
SECONDS_AN_OBJECT = 30


class SlowPages(RawPageStore):
    """Objects of ten pages that take thirty seconds to read; only an export reads any here."""

    def __init__(self, cloud: Cloud, on_read: Callable[[int], None]) -> None:
        super().__init__(cloud.s3, BUCKET, clock=cloud.clock)
        self._cloud = cloud
        self._on_read = on_read
        self.read = 0

    def get_all(self, key: str) -> list[RawPage]:
        found = super().get_all(key)
        if found:
            self._cloud.clock.sleep(SECONDS_AN_OBJECT)
            self.read += 1
            self._on_read(self.read)
        return found


def slow_services(cloud: Cloud, on_read: Callable[[int], None] = lambda _: None) -> CollectionServices:
    return replace(cloud.services(), pages=SlowPages(cloud, on_read))


def make_listed(make_cloud: "MakeCloud") -> Cloud:
    return make_cloud(World.generate(accounts=1, videos=1, specs=[AccountSpec("listed", followers=5_000)]))


def test_lease_is_kept_while_no_part_is_full(make_cloud: "MakeCloud") -> None:
    cloud = make_listed(make_cloud)
    taken: list[Task | None] = []

    def try_to_take(read: int) -> None:
        if read * SECONDS_AN_OBJECT > 170:
            taken.append(cloud.services().tasks.claim(TaskRef("slow", EXPORT, "none"), "another worker"))

    report = cloud.extract(EVENT, services=slow_services(cloud, try_to_take))
    assert report.state == "complete"
    assert taken
    assert not any(taken)


def test_deadline_is_heeded_while_no_part_is_full(make_cloud: "MakeCloud") -> None:
    cloud = make_listed(make_cloud)
    began = cloud.clock.now()
    report = cloud.extract(EVENT, seconds=200, services=slow_services(cloud))
    assert (cloud.clock.now() - began).total_seconds() <= 200
    assert report.exports == []
    assert cloud.tick(services=slow_services(cloud)).runs[0].state == "complete"
    assert len(cloud.export("listed")["followers"]) == 5_000
