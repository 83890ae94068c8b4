"""Failures of the server: now and then, for one window, for one day, or in a form that is no JSON."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
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
from tiktok_collector.collection.chain import AFTER_DEAD_WINDOW
from tiktok_collector.collection.recovery import FAILURE_BUDGET, FAILURE_BUDGET_SPLIT, HEAVY_AFTER, HEAVY_AFTER_SPLIT
from tiktok_collector.tasks.task import HEAVY_BUDGET

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

PAGES = 3


def test_every_tenth_request_fails(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(
        world(videos=3_000), settings=CALM, faults=[{"kind": "internal_error", "every": 10}], research_limit=100
    )
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    pages = -(-len(true_videos(cloud)) // 100)
    assert received(cloud) == pages + pages // 9
    assert_ledger_is_right(cloud)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "gateway_timeout"},
        {"kind": "json_timeout"},
        {"kind": "bad_gateway"},
        {"kind": "ok_with_error"},
        {"kind": "internal_error", "message": "Something went wrong. Please try again later."},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_an_answer_that_is_none_is_asked_for_again(make_cloud: "MakeCloud", fault: dict[str, Any]) -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{**fault, "after": 1, "times": 3}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + 3
    assert_ledger_is_right(cloud)


def test_one_poisoned_day_becomes_exactly_one_gap(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={**CALM, "broken_days": ["20261020"]})
    manifest = weathered(cloud)
    (gap,) = gaps(manifest)
    assert gap["reason"] == "day_fails"
    assert gap["window"] == {"start": "2026-10-20", "end": "2026-10-20"}
    assert manifest["status"] == "complete_with_gaps"
    assert_all_but(cloud, "20261020")
    # Halving 31 days to one takes five cuts; each canary costs one of every four failures in a row at most.
    failures = HEAVY_AFTER + 4 * HEAVY_AFTER_SPLIT + FAILURE_BUDGET_SPLIT
    assert received(cloud) <= failures * 5 / 4 + 2 * PAGES + 5
    assert_ledger_is_right(cloud)


def test_the_newest_day_poisoned_holds_nothing_up(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={**CALM, "broken_days": ["20261109"]})
    manifest = weathered(cloud)
    assert [gap["window"]["start"] for gap in gaps(manifest)] == ["2026-11-09"]
    assert_all_but(cloud, "20261109")
    assert received(cloud) <= 50
    assert_ledger_is_right(cloud)


def test_a_window_that_always_fails_costs_its_budget_and_the_next_window_is_collected(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={**CALM, "broken_days": ["20261010-20261109"]})
    manifest = weathered(cloud, event(start_date="2026-09-21"))
    collected = ids(cloud.export(ACCOUNT)["videos"])
    found = gaps(manifest)
    assert {gap["reason"] for gap in found} <= {"window_fails", "day_fails"}
    assert manifest["status"] == "complete_with_gaps"
    lost = days_of(found)
    assert lost >= {f"202610{day}" for day in range(10, 32)} | {f"202611{day:02d}" for day in range(1, 10)}
    every = cloud.sandbox.world.videos_of(ACCOUNT, *both_ends("2026-09-21", "2026-11-09"))
    assert collected == ids([row for row in every if day_of(row) not in lost])
    assert received(cloud) <= budget_of_dead_windows(1)
    assert_ledger_is_right(cloud)


def test_one_account_that_poisons_its_query_does_not_hold_up_another(make_cloud: "MakeCloud") -> None:
    other = AccountSpec("fair", videos=60, days=60)
    stormy = AccountSpec(ACCOUNT, videos=60, days=60)
    both = World.generate(seed=5, accounts=2, videos=2, days=90, specs=[stormy, other])
    cloud = make_cloud(both, settings={**CALM, "poison_usernames": [ACCOUNT]})
    report = cloud.extract(event(username=None, usernames=[ACCOUNT, "fair"]))
    assert any(key.startswith(f"exports/{cloud.pseudonym('fair')}_") for key in report.exports)
    cloud.finish()
    manifest = cloud.manifest("storm")
    assert {account["username"]: account["complete"] for account in manifest["accounts"]} == {
        ACCOUNT: False,
        "fair": True,
    }
    assert received(cloud) <= budget_of_dead_windows(0) + 1
    assert_ledger_is_right(cloud)


def test_an_endpoint_that_fails_for_one_account_is_given_up_and_the_rest_is_complete(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(
        world(videos=50, pinned=2, reposted=5),
        settings=CALM,
        faults=[{"kind": "internal_error", "endpoint": "user/reposted_videos", "match": {"username": ACCOUNT}}],
    )
    manifest = weathered(cloud, event(include=["profile", "videos", "pinned", "reposted"]))
    (gap,) = gaps(manifest)
    assert gap["reason"] == "page_fails"
    assert ids(cloud.export(ACCOUNT)["videos"]) == true_videos(cloud)
    assert len(cloud.export(ACCOUNT)["pinned_videos"]) == 2
    assert received(cloud) <= 3 + FAILURE_BUDGET * 2
    assert_ledger_is_right(cloud)


def test_a_playlist_that_always_fails_is_given_up(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(videos=50, playlists=2), settings=CALM)
    (poisoned, fine) = sorted(cloud.sandbox.world.playlists_of(ACCOUNT))
    cloud.sandbox.faults.add("internal_error", endpoint="playlist/info", match={"playlist_id": poisoned})
    manifest = weathered(cloud, event(playlists=True))
    (gap,) = gaps(manifest)
    assert gap["reason"] == "page_fails"
    assert [row["playlist_id"] for row in cloud.export(ACCOUNT)["playlists"]] == [str(fine)]
    # One canary at each visit but the first, where three tries go with one.
    assert received(cloud) <= 2 + 2 * FAILURE_BUDGET
    assert_ledger_is_right(cloud)


def budget_of_dead_windows(more: int) -> int:
    """A dead window costs its budget and a failure for each half that is left, `more` behind it cost less.

    One canary goes with four failures, and the half of a window that answers with its pages.
    """
    failures = HEAVY_BUDGET + 6 + more * (AFTER_DEAD_WINDOW + 6)
    return round(failures * 5 / 4) + more * PAGES


def both_ends(start: str, end: str) -> tuple[date, date]:
    return date.fromisoformat(start), date.fromisoformat(end)


def day_of(row: dict[str, Any]) -> str:
    return f"{datetime.fromtimestamp(row['create_time'], UTC):%Y%m%d}"


def days_of(found: list[dict[str, Any]]) -> set[str]:
    days = set()
    for gap in found:
        start, end = both_ends(gap["window"]["start"], gap["window"]["end"])
        days |= {f"{start + timedelta(days=number):%Y%m%d}" for number in range((end - start).days + 1)}
    return days


def assert_all_but(cloud: Cloud, day: str) -> None:
    every = cloud.sandbox.world.videos_of(ACCOUNT, START, END)
    assert ids(cloud.export(ACCOUNT)["videos"]) == ids([row for row in every if day_of(row) != day])
