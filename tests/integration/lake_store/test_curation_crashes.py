"""Curation killed after calls that change anything, again and again, and two at once: the rows are the same."""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.integration.lake_store.store import DAY, Clients, LakeStore, in_order
from tests.integration.lake_store.trends import store_poll
from tests.support.kills import some
from tests.support.saboteur import SaboteurOfClients
from tests.support.tables import serialise_calls
from tiktok_collector.lake.keys import raw_page_key
from tiktok_lake.curation import batch_work, compaction, planning
from tiktok_lake.keys import table_of
from tiktok_lake.lease import LakeBusy

DAYS_OLD = 5
EVERY = 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch)


def make_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches of several parts, and merges of few files, out of a handful of pages."""
    monkeypatch.setattr(planning, "MOST_OBJECTS", 3)
    monkeypatch.setattr(batch_work, "PART", 2)
    monkeypatch.setattr(compaction, "MOST_FILES", 1)


class Lab:
    """Stores with the same pages, one after another, and who kills their curators."""

    def __init__(self, clients: Clients) -> None:
        self.saboteur = SaboteurOfClients(clients.s3, clients.dynamodb)
        self._clients = clients
        self._numbers = count()

    def store(self) -> LakeStore:
        store = LakeStore(self._clients, f"crashes{next(self._numbers)}")
        for number in range(1, 4):
            store.put("videos", [{"id": 10 * number}, {"id": 10 * number + 1}], page=number)
        store.put("liked_videos", [{"id": 7}, {"id": "x", "new": 1}], request={"username": "a"}, run_id="r2")
        broken = raw_page_key(entity="videos", dt=DAY, run_id="r1", task_id="c", generation=0, page=1)
        store.files.objects.put_bytes(broken, b"broken")
        store_poll(store, "p1", finished=True)
        store.end("r1")
        store.clock.advance(days=DAYS_OLD)
        return store

    def killed(self, store: LakeStore, fatal: int | None) -> bool:
        """Curates until the call of this number; whether it came to that."""
        with self.saboteur.watching(fatal):
            store.curate()
        return self.saboteur.dead


@pytest.fixture(scope="module")
def lab(clients: Clients) -> Iterator[Lab]:
    with pytest.MonkeyPatch.context() as patch:
        serialise_calls(patch)
        yield Lab(clients)


def outcome(store: LakeStore) -> dict[str, Any]:
    """The rows of every table, what is marked, and what is remembered."""
    return {
        "raw": {key: store.tags(key) for key in store.keys("raw/")},
        "rows": {table: in_order(rows) for table, rows in store.all_rows().items()},
        "files": Counter(map(table_of, store.keys("curated/"))),
        "done": {batch.key: batch.done_at is not None for batch in store.curation()._batches.all()},
        "merges": store.keys("lake/compactions/"),
    }


def finished(store: LakeStore) -> dict[str, Any]:
    """What there is once curation has had its time, after whoever was killed has lost the lease."""
    store.clock.advance(minutes=17)
    store.curate()
    return outcome(store)


@pytest.fixture(scope="module")
def undisturbed(lab: Lab) -> tuple[dict[str, Any], list[str]]:
    """What comes of it all, and the calls that it takes."""
    with pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        store = lab.store()
        lab.killed(store, None)
        calls = list(lab.saboteur.calls)
        return finished(store), calls


def test_the_work_is_long_enough_to_prove_something(undisturbed: tuple[dict[str, Any], list[str]]) -> None:
    found, calls = undisturbed
    rows = {table: len(each) for table, each in found["rows"].items()}
    assert rows == {"videos": 7, "video_stats": 7, "relations": 1, "quarantine": 2, "trends": 2}
    assert found["files"] == {"videos": 1, "video_stats": 1, "relations": 1, "quarantine": 1, "trends": 1}
    assert sum(1 for tags in found["raw"].values() if tags) == 3
    assert len(found["done"]) == 2
    assert set(calls) == {"PutObject", "PutObjectTagging", "DeleteObjects", "UpdateItem"}
    assert len(calls) > 30


def test_killed_after_a_call(lab: Lab, undisturbed: tuple[dict[str, Any], list[str]]) -> None:
    expected, calls = undisturbed
    for fatal in some(range(1, len(calls) + 1), EVERY):
        store = lab.store()
        assert lab.killed(store, fatal)
        assert finished(store) == expected, f"killed after call {fatal}, {calls[fatal - 1]}"


def test_killed_again_and_again(lab: Lab, undisturbed: tuple[dict[str, Any], list[str]]) -> None:
    store = lab.store()
    kills = 0
    for fatal in (2, 3, 5, 4, 7, 9, 6, 11, 8):
        kills += lab.killed(store, fatal)
        store.clock.advance(minutes=17)
    assert kills > 5
    assert finished(store) == undisturbed[0]


def test_of_two_curators_the_second_waits(lab: Lab, undisturbed: tuple[dict[str, Any], list[str]]) -> None:
    store = lab.store()
    assert lab.killed(store, 5)
    for _ in range(2):
        with pytest.raises(LakeBusy):
            store.curate()
        store.clock.advance(minutes=15)
    assert finished(store) == undisturbed[0]
