"""Searches that are rejected, lost, or shift under the reader's feet."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.weather.support import (
    ACCOUNT,
    CALM,
    END,
    START,
    assert_everything_is_there,
    assert_ledger_is_right,
    event,
    gaps,
    ids,
    received,
    true_videos,
    weathered,
    world,
)
from tiktok_collector.collection.paginator import MAX_GENERATIONS, MAX_RESTARTS
from tiktok_collector.collection.recovery import REJECTION_BUDGET

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

PAGES = 3


@pytest.mark.parametrize("times", [1, 3])
def test_a_search_id_rejected_a_few_times_costs_just_those_requests(make_cloud: "MakeCloud", times: int) -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "search_id_rejected", "times": times}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + times
    assert_ledger_is_right(cloud)


def test_a_search_id_rejected_sixty_times_is_searched_anew_within_the_budget(make_cloud: "MakeCloud") -> None:
    # So many videos a day that a new search sees the same hundred first: no progress but by patience.
    cloud = make_cloud(world(videos=1_600), settings=CALM, faults=[{"kind": "search_id_rejected", "times": 60}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    (stream,) = manifest["accounts"][0]["streams"]
    assert [each["reason"] for each in stream["earlier_generations"]] == ["search_lost"] * (60 // REJECTION_BUDGET)
    pages = -(-len(true_videos(cloud)) // 100)
    assert received(cloud) <= 60 + MAX_GENERATIONS + pages
    assert_ledger_is_right(cloud)


def test_a_search_whose_second_page_is_never_to_be_had_goes_on_by_smaller_windows(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "search_id_rejected"}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) <= MAX_GENERATIONS * (1 + REJECTION_BUDGET)
    assert_ledger_is_right(cloud)


def test_what_no_search_gives_is_a_gap_that_says_where_to_resume(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(videos=1_600), settings=CALM, faults=[{"kind": "search_id_rejected"}])
    manifest = weathered(cloud)
    (gap,) = gaps(manifest)
    assert (gap["reason"], manifest["status"]) == ("search_lost", "complete_with_gaps")
    collected = ids(cloud.export(ACCOUNT)["videos"])
    start, end = (date.fromisoformat(gap["window"][name]) for name in ("start", "end"))
    missing = set(true_videos(cloud)) - set(collected)
    assert len(collected) >= 100
    assert missing <= set(true_videos(cloud, start, end))
    assert received(cloud) == MAX_GENERATIONS * (1 + REJECTION_BUDGET)
    assert_ledger_is_right(cloud)


def test_a_search_lost_for_good_at_page_41_is_searched_anew_for_the_rest_only(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(
        world(videos=6_000, days=41), settings=CALM, faults=[{"kind": "search_lost", "page": 41, "times": 1}]
    )
    candidates = len(true_videos(cloud))
    assert candidates > 4_300
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    (stream,) = manifest["accounts"][0]["streams"]
    assert stream["earlier_generations"] == [{"number": 1, "pages": 40, "reason": "search_lost"}]
    # 40 pages, the rejections, and the rest again from three days above the last id (ids precede publication).
    a_day = candidates / 31
    assert received(cloud) <= 40 + REJECTION_BUDGET + (candidates - 4_000 + 4 * a_day) / 100 + 1
    assert_ledger_is_right(cloud)


def test_a_lost_search_does_not_count_videos_twice_against_the_limit(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "search_lost", "page": 2, "times": 1}])
    manifest = weathered(cloud, event(max_videos=150))
    assert ids(cloud.export(ACCOUNT)["videos"]) == true_videos(cloud)[:150]
    assert manifest["status"] == "complete"
    assert received(cloud) <= 1 + REJECTION_BUDGET + PAGES
    assert_ledger_is_right(cloud)


def test_late_videos_shift_the_offsets_and_no_row_is_taken_twice(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "late_videos", "count": 5, "page": 2, "times": 1}])
    manifest = weathered(cloud)
    exported = cloud.export(ACCOUNT)
    late = true_videos(cloud)[:5]
    # What arrived above the first page was never shown to this search; that it happened is noted.
    assert ids(exported["videos"]) == [each for each in true_videos(cloud) if each not in late]
    assert manifest["accounts"][0]["rows"]["duplicates"] == 5
    (noted,) = gaps(manifest, possible=True)
    assert noted["reason"] == "offsets_shifted"
    assert noted["window"] == {"start": START.isoformat(), "end": END.isoformat()}
    assert received(cloud) == PAGES
    assert_ledger_is_right(cloud)


def test_the_next_collection_of_the_window_brings_what_shifting_offsets_hid(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "vanishing_videos", "count": 5, "page": 2, "times": 1}])
    # An offset that shifts down leaves no trace in any page: only asking again can show it (docs/adr/0007).
    weathered(cloud)
    first = set(ids(cloud.export(ACCOUNT)["videos"]))
    assert len(set(true_videos(cloud)) - first) == 5
    cloud.clock.sleep(timedelta(days=8).total_seconds())
    weathered(cloud, event(run_id="again"))
    again = max(cloud.export_keys(ACCOUNT))
    assert ids(cloud.json(again)["videos"]) == true_videos(cloud)
    assert received(cloud) == 2 * PAGES
    assert_ledger_is_right(cloud)


@pytest.mark.parametrize("times", [1, 5])
def test_a_cursor_that_the_server_itself_gave_is_rejected(make_cloud: "MakeCloud", times: int) -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "invalid_cursor", "times": times}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + times
    assert_ledger_is_right(cloud)


@pytest.mark.parametrize("endpoint", ["comment/list", "user/followers", "user/reposted_videos"])
def test_a_list_whose_cursors_are_never_accepted_is_begun_anew_and_then_a_gap(
    make_cloud: "MakeCloud", endpoint: str
) -> None:
    spec = AccountSpec(ACCOUNT, videos=2, days=60, comments_per_video=150, followers=150, reposted=150)
    cloud = make_cloud(World.generate(seed=5, accounts=2, videos=2, days=90, specs=[spec]), settings=CALM)
    cloud.sandbox.faults.add("invalid_cursor", endpoint=endpoint)
    manifest = weathered(cloud, event(include=["profile", "videos", "comments", "followers", "reposted"]))
    (gap,) = gaps(manifest)
    assert (gap["reason"], gap["cursor"] > 0) == ("search_lost", True)
    served = cloud.sandbox.served(endpoint=endpoint).received
    assert served == MAX_RESTARTS * (1 + REJECTION_BUDGET)
    assert_ledger_is_right(cloud)
