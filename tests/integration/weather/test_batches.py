"""Batches of accounts that fail: for one bad name, for a broken day, for both, in bad weather and in an outage."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.collection.batches import (
    RUN,
    WINDOW,
    Batch,
    collect,
    finish,
    gaps_of,
    names,
    store,
    tasks_of,
    true_videos,
    videos_in,
    without,
    work,
    world_of,
)
from tests.integration.collection.cloud import Cloud
from tests.integration.weather.support import CALM, assert_ledger_is_right, data_requests, received
from tiktok_collector.collection.batch import usernames_of
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import HEAVY_BUDGET, GapReason, TaskState

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

FIFTY = names(50)
MOST_A_NAME = 15
BROKEN = date(2026, 10, 20)
KNOWN = {"tiktok", "tiktokcreators"}


def wasted(cloud: Cloud) -> int:
    """Requests that brought no data: those that failed, and questions about accounts that nobody asked for."""
    return sum(record.status != 200 or bool(KNOWN & asked_for(record.body)) for record in data_requests(cloud))


def asked_for(body: Any) -> set[str]:
    return set(body["query"]["and"][0]["field_values"])


def bad_names(cloud: Cloud) -> list[str]:
    """The names that were given up; each in a gap of its own over the whole window, and none of them failed a task."""
    found = list(gaps_of(tasks_of(cloud)))
    for gap in found:
        assert gap["reason"] == GapReason.BAD_USERNAME
        assert gap["item"] == f"username={gap['usernames'][0]}"
        assert (len(gap["usernames"]), gap["state"]) == (1, TaskState.DONE)
    return sorted(gap["usernames"][0] for gap in found)


@pytest.mark.parametrize("position", [1, 13, 26, 50])
@pytest.mark.parametrize("threads", [1, 4])
def test_one_bad_name_in_fifty_costs_at_most_fifteen_requests(
    make_cloud: "MakeCloud", position: int, threads: int
) -> None:
    bad = FIFTY[position - 1]
    settings = {**CALM, "poison_usernames": [bad]}
    cloud = make_cloud(world_of(FIFTY, videos=6), settings=settings, threads=threads)
    collect(cloud, [Batch(FIFTY)])
    assert bad_names(cloud) == [bad]
    assert [gap["window"] for gap in gaps_of(tasks_of(cloud))] == [WINDOW]
    assert videos_in(cloud) == true_videos(cloud, [name for name in FIFTY if name != bad])
    assert wasted(cloud) <= MOST_A_NAME
    assert_ledger_is_right(cloud)


@pytest.mark.parametrize("pair", [(1, 2), (1, 50), (24, 31)])
def test_two_bad_names_cost_twice_as_much_at_most(make_cloud: "MakeCloud", pair: tuple[int, int]) -> None:
    bad = [FIFTY[position - 1] for position in pair]
    cloud = make_cloud(world_of(FIFTY, videos=3), settings={**CALM, "poison_usernames": bad}, threads=1)
    collect(cloud, [Batch(FIFTY)])
    assert bad_names(cloud) == bad
    assert videos_in(cloud) == true_videos(cloud, [name for name in FIFTY if name not in bad])
    assert wasted(cloud) <= 2 * MOST_A_NAME


def test_the_manifest_says_what_was_bisected_and_who_was_given_up(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(names(3), videos=3), settings={**CALM, "poison_usernames": ["account002"]})
    collect(cloud, [Batch(names(3))])
    manifest = cloud.manifest(RUN)
    assert manifest["status"] == "complete_with_gaps"
    streams = {stream["task"]: stream for stream in manifest["searches"][0]["streams"]}
    batch = "v00001.videos.w001"
    assert list(streams) == [batch, f"{batch}.n1", f"{batch}.n1.n1", f"{batch}.n1.n2", f"{batch}.n2"]
    assert [name for name, stream in streams.items() if stream.get("note") == "bisected"] == [batch, f"{batch}.n1"]
    (gap,) = streams[f"{batch}.n1.n2"]["gaps"]
    assert (gap["reason"], gap["item"]) == ("bad_username", "username=account002")


def test_a_name_that_tiktok_refuses_is_found_as_well(make_cloud: "MakeCloud") -> None:
    refused = {"kind": "error", "status": 400, "code": "invalid_params", "message": "Invalid username"}
    faults = [{**refused, "match": {"username": FIFTY[30]}}]
    cloud = make_cloud(world_of(FIFTY, videos=3), settings=CALM, faults=faults)
    collect(cloud, [Batch(FIFTY)])
    assert bad_names(cloud) == [FIFTY[30]]
    assert videos_in(cloud) == true_videos(cloud, FIFTY[:30] + FIFTY[31:])
    assert wasted(cloud) <= MOST_A_NAME // 2 + 1


def test_a_name_that_is_said_to_be_unknown_is_found_as_well(make_cloud: "MakeCloud") -> None:
    unknown = {"kind": "error", "status": 400, "code": "invalid_params", "message": "cannot find the user"}
    faults = [{**unknown, "match": {"username": FIFTY[5]}}]
    cloud = make_cloud(world_of(FIFTY, videos=3), settings=CALM, faults=faults)
    collect(cloud, [Batch(FIFTY)])
    assert bad_names(cloud) == [FIFTY[5]]
    assert wasted(cloud) <= MOST_A_NAME // 2


def test_what_is_refused_of_everyone_is_no_names_fault(make_cloud: "MakeCloud") -> None:
    faults = [{"kind": "error", "status": 400, "code": "invalid_params", "message": "Invalid query"}]
    cloud = make_cloud(world_of(FIFTY, videos=1), settings=CALM, faults=faults)
    (task,) = collect(cloud, [Batch(FIFTY)])
    assert (task.state, [gap.reason for gap in task.progress.gaps]) == (TaskState.FAILED, [GapReason.REFUSED])
    assert received(cloud) == 2


def test_a_batch_that_is_too_heavy_is_halved_and_nothing_is_lost(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(FIFTY, videos=3), settings=CALM)
    # The batch fails, and so does its first half.
    cloud.sandbox.faults.add("internal_error", match={"username": FIFTY[0]}, times=4)
    tasks = collect(cloud, [Batch(FIFTY)])
    sizes = {len(usernames_of(task.spec)) for task in tasks if not task.progress.note}
    assert sizes == {25, 13, 12}
    assert list(gaps_of(tasks)) == []
    assert videos_in(cloud) == true_videos(cloud, FIFTY)


def test_a_broken_day_is_found_for_the_whole_batch(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(FIFTY, videos=6), settings={**CALM, "broken_days": [f"{BROKEN:%Y%m%d}"]})
    tasks = collect(cloud, [Batch(FIFTY)])
    (gap,) = gaps_of(tasks)
    assert (gap["reason"], gap["window"], gap["usernames"]) == (GapReason.DAY_FAILS, Window(BROKEN, BROKEN), FIFTY)
    assert "bisected" not in {task.progress.note for task in tasks}
    assert videos_in(cloud) == true_videos(cloud, FIFTY, without(WINDOW, BROKEN))
    assert wasted(cloud) <= HEAVY_BUDGET
    assert_ledger_is_right(cloud)


@pytest.mark.parametrize("threads", [1, 4])
def test_a_bad_name_and_a_broken_day_together(make_cloud: "MakeCloud", threads: int) -> None:
    bad, good = FIFTY[33], FIFTY[:33] + FIFTY[34:]
    settings = {**CALM, "poison_usernames": [bad], "broken_days": [f"{BROKEN:%Y%m%d}"]}
    cloud = make_cloud(world_of(FIFTY, videos=6), settings=settings, threads=threads)
    found = list(gaps_of(collect(cloud, [Batch(FIFTY)])))
    assert videos_in(cloud) == true_videos(cloud, good, without(WINDOW, BROKEN))
    days = [gap for gap in found if gap["reason"] == GapReason.DAY_FAILS]
    assert [(gap["window"], gap["usernames"]) for gap in days] == [(Window(BROKEN, BROKEN), FIFTY)]
    alone = [gap for gap in found if gap["reason"] == GapReason.BAD_USERNAME]
    assert {gap["item"] for gap in alone} == {f"username={bad}"}
    assert len(found) == len(days) + len(alone)
    missing = sorted((gap["window"].start, gap["window"].end) for gap in found)
    assert covered(missing) == WINDOW
    # The name is found anew in each part of the window that has no broken day, of which there are five at most.
    assert wasted(cloud) <= HEAVY_BUDGET + 5 * MOST_A_NAME
    assert_ledger_is_right(cloud)


def covered(spans: Sequence[tuple[date, date]]) -> Window:
    """The window that the spans make up, which follow one another without a day between."""
    for (_, end), (start, _) in pairwise(spans):
        assert start == end + timedelta(days=1)
    return Window(spans[0][0], spans[-1][1])


@pytest.mark.parametrize("seed", range(4))
def test_in_bad_weather_no_good_name_is_lost(make_cloud: "MakeCloud", seed: int) -> None:
    bad = FIFTY[7 + seed]
    cloud = make_cloud(
        world_of(FIFTY, videos=24),
        settings={**CALM, "poison_usernames": [bad]},
        faults=[{"kind": "internal_error", "probability": 0.05}],
        threads=1 + seed,
    )
    collect(cloud, [Batch(FIFTY), Batch(names(40), Window(date(2026, 9, 22), date(2026, 10, 9)))])
    assert bad_names(cloud) == [bad, bad]
    good = [name for name in FIFTY if name != bad]
    assert videos_in(cloud) >= true_videos(cloud, good)


def test_in_an_outage_nothing_is_bisected(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(FIFTY, videos=6), settings=CALM, faults=[{"kind": "internal_error", "after": 1}])
    store(cloud, [Batch(FIFTY[:25]), Batch(FIFTY[25:])])
    for _ in range(12):
        work(cloud)
        cloud.clock.sleep(600)
    assert len(tasks_of(cloud)) == 2
    cloud.sandbox.faults.clear()
    finish(cloud)
    assert list(gaps_of(tasks_of(cloud))) == []
    assert videos_in(cloud) == true_videos(cloud, FIFTY)


def test_an_outage_in_the_middle_of_bisecting_condemns_nobody(make_cloud: "MakeCloud") -> None:
    bad = FIFTY[40]
    cloud = make_cloud(
        world_of(FIFTY, videos=6),
        settings={**CALM, "poison_usernames": [bad]},
        faults=[{"kind": "internal_error", "after": 6, "times": 40}],
        threads=1,
    )
    collect(cloud, [Batch(FIFTY)])
    assert bad_names(cloud) == [bad]
    assert videos_in(cloud) == true_videos(cloud, [name for name in FIFTY if name != bad])


def test_pages_that_came_before_are_not_asked_for_again(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(FIFTY, videos=24), settings=CALM, threads=1)
    store(cloud, [Batch(FIFTY)])
    # Three pages come; then the batch fails until it is bisected.
    cloud.sandbox.faults.add("internal_error", after=3, match={"username": FIFTY[0]}, times=3)
    work(cloud)
    finish(cloud)
    tasks = {task.task_id: task for task in tasks_of(cloud)}
    batch = "v00001.videos.w001"
    assert tasks[batch].progress.counts.pages == 3
    windows = {task.spec.window for task in tasks.values() if len(usernames_of(task.spec)) == 25}
    (left,) = windows
    assert left is not None
    assert (left.start, left.end < WINDOW.end) == (WINDOW.start, True)
    assert videos_in(cloud) == true_videos(cloud, FIFTY)


def test_a_small_batch_of_one_is_given_up_after_three_tries(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(names(2), videos=6), settings={**CALM, "poison_usernames": ["account002"]}, threads=1)
    collect(cloud, [Batch(["account001"]), Batch(["account002"])])
    assert bad_names(cloud) == ["account002"]
    assert wasted(cloud) <= 5


def test_the_function_goes_on_where_a_batch_is_chained_to_another(make_cloud: "MakeCloud") -> None:
    """A split window's newer half is bisected: the older half still follows."""
    bad = FIFTY[0]
    settings = {**CALM, "poison_usernames": [bad], "broken_days": ["20261012"]}
    cloud = make_cloud(world_of(FIFTY, videos=6), settings=settings, threads=1)
    tasks = collect(cloud, [Batch(FIFTY)])
    bisected = {task.task_id for task in tasks if task.progress.note == "bisected"}
    assert "v00001.videos.w001.1" in bisected
    assert all(task.state.terminal for task in tasks)
    assert videos_in(cloud) == true_videos(cloud, FIFTY[1:], without(WINDOW, date(2026, 10, 12)))
