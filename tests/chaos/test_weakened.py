"""The campaign can fail: with one safeguard of the collector taken away, its figures say so."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from benchmarks.chaos import deliveries
from benchmarks.chaos.campaign import CASES, played
from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.place import Place
from benchmarks.chaos.play import Invocations
from benchmarks.chaos.scene import SCENES
from benchmarks.fake_dynamodb import FakeDynamoDB, Item
from tiktok_collector.collection.block import Block
from tiktok_collector.collection.page_worker import PageWorker
from tiktok_collector.collection.pages import PageSource
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.quota.families import Family
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.tasks.task import Task

LIMITS = {Family.RESEARCH: 20, Family.FOLLOWERS: 20_000}


def weaken(monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    """Conditions of updates become what `change` makes of them."""
    unchanged = FakeDynamoDB.update_item

    def update_item(table: FakeDynamoDB, **parameters: Any) -> Item:
        if condition := parameters.get("ConditionExpression"):
            parameters["ConditionExpression"] = change(condition)
        return unchanged(table, **parameters)

    monkeypatch.setattr(FakeDynamoDB, "update_item", update_item)


def within_limits() -> Figures:
    """A run that takes several days at 20 requests a day; the server itself would grant more."""
    with SCENES[Size.REDUCED].sandbox() as sandbox:
        place, invocations = Place(SCENES[Size.REDUCED], sandbox, limits=LIMITS), Invocations()
        invocations(lambda: place.collector().extract(place.scene.event()))
        place.finish(invocations)
        return place.figures(invocations, injected=1, extra_allowed=0)


def case(name: str) -> Case:
    return next(each for each in CASES if each.name == name)


def test_without_the_condition_on_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not within_limits().broken()
    weaken(monkeypatch, lambda condition: "attribute_not_exists(nothing)" if ":used_max" in condition else condition)
    assert within_limits().over_quota > 0


def test_without_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    deliveries.calm_requests(Size.REDUCED)
    weaken(monkeypatch, lambda condition: condition.replace("lease_until < :now AND ", ""))
    figures = [played(case("deliveries"), Size.REDUCED, seed) for seed in range(3)]
    assert sum(each.extra for each in figures) > 0


def test_without_leases_and_fences(monkeypatch: pytest.MonkeyPatch) -> None:
    deliveries.calm_requests(Size.REDUCED)

    def change(condition: str) -> str:
        return condition.replace("lease_until < :now AND ", "").replace(
            "fence = :fence AND #state = :running", "pk <> sk"
        )

    weaken(monkeypatch, change)
    figures = [played(case("deliveries"), Size.REDUCED, seed) for seed in range(2)]
    assert any(each.broken() for each in figures)


def test_with_checkpoints_that_move_before_their_pages_are_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    store, commit = PageSource.store, PageWorker._commit

    def commit_first(worker: PageWorker, task: Task, endpoint: Endpoint, block: Block) -> None:
        commit(worker, task, endpoint, block)
        store(worker._pages, block.pages)

    monkeypatch.setattr(PageSource, "store", lambda _, __: None)
    monkeypatch.setattr(PageWorker, "_commit", commit_first)
    assert sum(played(case("killed-anywhere"), Size.REDUCED, seed).lost for seed in range(3)) > 0


def test_with_pages_that_are_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    put, numbers = RawPageStore.put, count(1)

    def forgetful(store: RawPageStore, key: str, data: bytes) -> None:
        if next(numbers) % 5:
            put(store, key, data)

    monkeypatch.setattr(RawPageStore, "put", forgetful)
    assert played(case("deliveries"), Size.REDUCED, 1).lost > 0
