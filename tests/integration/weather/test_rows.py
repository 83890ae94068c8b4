"""Pages that are odd: empty, stuck, capped, with rows that break the schema or carry unknown fields."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.weather.support import (
    ACCOUNT,
    CALM,
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
from tiktok_collector.collection.paginator import MAX_GENERATIONS, MOST_STEPS
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

PAGES = 3


def followed(cloud: Cloud) -> list[str]:
    return [row["username"] for row in cloud.sandbox.world.followers_of(ACCOUNT)]


@pytest.mark.parametrize("how", ["string_number", "missing_id", "null_time"])
def test_rows_that_break_the_schema_are_kept_in_quarantine(make_cloud: "MakeCloud", how: str) -> None:
    cloud = make_cloud(
        world(), settings=CALM, faults=[{"kind": "broken_rows", "count": 2, "how": how, "match": {"page": 2}}]
    )
    manifest = weathered(cloud, event(identified=True))
    export = cloud.export(ACCOUNT)
    truth = true_videos(cloud)
    broken = [] if how == "null_time" else truth[100:102]
    assert ids(export["videos"]) == [each for each in truth if each not in broken]
    assert len(export["quarantine"]) == len(broken)
    for kept in export["quarantine"]:
        assert kept["reason"]
        assert kept["key"] in cloud.keys("raw/")
        assert kept["row"]["video_description"] is not None
        if how == "string_number":
            assert int(kept["row"]["id"]) in broken
    (stream,) = manifest["accounts"][0]["streams"]
    assert stream.get("quarantined", 0) == len(broken)
    assert received(cloud) == PAGES
    assert_ledger_is_right(cloud)


def test_unknown_fields_are_kept_and_counted(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "extra_fields", "fields": {"brand_new": {"a": [1]}}}])
    manifest = weathered(cloud, event(identified=True))
    assert_everything_is_there(cloud, manifest)
    assert all(row["brand_new"] == {"a": [1]} for row in cloud.export(ACCOUNT)["videos"])
    (stream,) = manifest["accounts"][0]["streams"]
    assert stream["unknown_fields"] == {"brand_new": len(true_videos(cloud))}
    assert received(cloud) == PAGES
    assert_ledger_is_right(cloud)


def test_short_pages_lose_nothing(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(deleted_share=0.5), settings=CALM)
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    (stream,) = manifest["accounts"][0]["streams"]
    assert stream["requested"] - stream["dropped"] == len(true_videos(cloud))
    assert stream["dropped"] > 50
    assert_ledger_is_right(cloud)


def test_an_empty_page_with_more_behind_it_is_passed_and_noted(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "empty_page", "match": {"page": 2}}])
    manifest = weathered(cloud)
    truth = true_videos(cloud)
    assert ids(cloud.export(ACCOUNT)["videos"]) == truth[:100] + truth[200:]
    (noted,) = gaps(manifest, possible=True)
    assert (noted["reason"], noted["cursor"]) == ("empty_page", 200)
    (stream,) = manifest["accounts"][0]["streams"]
    assert stream["dropped"] == 100
    assert received(cloud) == PAGES
    assert_ledger_is_right(cloud)


def test_a_search_whose_cursor_sticks_is_begun_anew(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "stuck_cursor", "match": {"page": 2}, "times": 1}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    (stream,) = manifest["accounts"][0]["streams"]
    assert [each["reason"] for each in stream["earlier_generations"]] == ["cursor_loop"]
    assert received(cloud) <= 2 * PAGES
    assert_ledger_is_right(cloud)


def test_a_cursor_that_sticks_for_ever_ends_after_a_few_searches(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(videos=3_000), settings=CALM, faults=[{"kind": "stuck_cursor"}])
    manifest = weathered(cloud)
    (gap,) = gaps(manifest)
    assert gap["reason"] == "cursor_loop"
    assert manifest["status"] == "complete_with_gaps"
    assert received(cloud) == MAX_GENERATIONS
    assert set(ids(cloud.export(ACCOUNT)["videos"])) < set(true_videos(cloud))
    assert_ledger_is_right(cloud)


def test_a_time_cursor_that_sticks_once_is_stepped_back_a_second(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(followers=450), settings=CALM)
    cloud.sandbox.faults.add("stuck_cursor", endpoint="user/followers", after=1, times=1)
    manifest = weathered(cloud, event(include=["followers"], identified=True))
    rows = [row["username"] for row in cloud.export(ACCOUNT)["followers"]]
    assert sorted(rows) == sorted(followed(cloud))
    (noted,) = gaps(manifest, possible=True)
    assert noted["reason"] == "same_moment"
    sent = [record.body["cursor"] for record in cloud.sandbox.requests() if (record.body or {}).get("cursor")]
    assert sent[1] == sent[0] - 1
    assert noted["cursor"] == sent[0]
    assert manifest["status"] == "complete"
    assert received(cloud, Family.FOLLOWERS) <= 5 + 2
    assert_ledger_is_right(cloud)


def test_a_time_cursor_that_sticks_for_ever_is_given_up(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(followers=450), settings=CALM)
    cloud.sandbox.faults.add("stuck_cursor", endpoint="user/followers", after=1)
    manifest = weathered(cloud, event(include=["followers"]))
    assert [gap["reason"] for gap in gaps(manifest)] == ["cursor_loop"]
    assert manifest["status"] == "complete_with_gaps"
    assert received(cloud, Family.FOLLOWERS) <= MOST_STEPS + 3
    assert_ledger_is_right(cloud)


COMMENTS: dict[str, Any] = {"include": ["videos", "comments"]}


def commented_world() -> World:
    spec = AccountSpec(ACCOUNT, videos=2, days=25, comments_per_video=1_130)
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=[spec])


@pytest.mark.parametrize("refuses", [False, True])
def test_comments_end_at_what_the_api_serves_and_the_manifest_says_so(
    make_cloud: "MakeCloud", *, refuses: bool
) -> None:
    cloud = make_cloud(commented_world(), settings={**CALM, "comment_cap_errors": refuses})
    manifest = weathered(cloud, event(start_date="2026-10-26", end_date="2026-11-19", **COMMENTS))
    videos = cloud.sandbox.world.videos_of(ACCOUNT, *days_of(manifest))
    assert len(videos) == 2
    truth = [comment for video in videos for comment in cloud.sandbox.world.comments_of(video["id"])]
    assert ids(cloud.export(ACCOUNT)["comments"]) == ids(truth)
    noted = gaps(manifest, possible=not refuses)
    assert [gap["reason"] for gap in noted] == ["comments_capped"] * 2
    assert {gap["item"] for gap in noted} == {f"video_id={video['id']}" for video in videos}
    # Ten pages a video; where the next is refused, that is asked twice.
    assert received(cloud) == 1 + 2 * (10 + 2 * refuses)
    assert_ledger_is_right(cloud)


def days_of(manifest: dict[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(manifest["event"]["start_date"]), date.fromisoformat(manifest["event"]["end_date"])
