"""Known videos asked for again by their ids: the fewest requests, and what does not come back is named."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.collection.deployed import Deployed
from tests.integration.collection.test_bad_surroundings import assert_one_sentence
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}


def world_of(videos: int, days: int, **more: Any) -> World:
    spec = AccountSpec("known", videos=videos, days=days, **more)
    return World.generate(seed=3, accounts=1, videos=1, days=days, specs=[spec])


def candidates(cloud: Cloud, days: int) -> list[int]:
    """The ids of the account's videos of so many days up to yesterday, deleted ones among them; oldest first."""
    last = cloud.clock.now().date() - timedelta(days=1)
    return sorted(
        int(each) for each in cloud.sandbox.world.candidates_of("known", last - timedelta(days=days - 1), last)
    )


def alive(cloud: Cloud, days: int) -> set[int]:
    last = cloud.clock.now().date() - timedelta(days=1)
    return {row["id"] for row in cloud.sandbox.world.videos_of("known", last - timedelta(days=days - 1), last)}


def received(cloud: Cloud) -> int:
    return cloud.sandbox.served(family="research").received


def event(ids: list[int], **fields: Any) -> dict[str, Any]:
    return {"name": "again", "video_ids": [str(each) for each in ids], "run_id": "one", **fields}


def exported(cloud: Cloud) -> list[int]:
    return [int(row["id"]) for row in cloud.export("again", "SEARCH")["videos"]]


def candidates_for_deletion(cloud: Cloud) -> list[str]:
    (search,) = cloud.manifest("one")["searches"]
    return sorted(each for stream in search["streams"] for each in stream.get("not_returned", []))


def test_250_videos_of_ten_days_are_three_requests_and_none_again(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(250, 10), settings=CALM)
    ids = candidates(cloud, 10)
    assert len(ids) == 250
    report = cloud.refresh(event(ids))
    assert (report.state, report.search, report.requests, received(cloud)) == ("complete", "again", 3, 3)
    assert report.not_returned == 0
    assert sorted(exported(cloud)) == ids
    assert report.exports == ["exports/again_SEARCH_20261120_090000.json"]
    assert cloud.used(family=Family.RESEARCH) == 3
    cloud.clock.sleep(86_400)
    again = cloud.refresh(event(ids[::-1]))
    assert (again.state, again.exports, received(cloud)) == ("complete", report.exports, 3)


def test_videos_of_200_days_are_as_many_requests_as_groups_of_days(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(200, 200), settings=CALM)
    ids = candidates(cloud, 200)
    assert cloud.refresh(event(ids)).state == "complete"
    assert sorted(exported(cloud)) == ids
    # Ids were made up to three days before their videos were published; the newest group ends today.
    made = [datetime.fromtimestamp(each >> 32, UTC).date() for each in ids]
    assert received(cloud) == fewest(made, cloud.clock.now().date())


def fewest(days: list[date], today: date) -> int:
    """How many windows of 31 days hold the days, each with the three that follow it."""
    groups, first = 0, date.min
    for day in days:
        if min(day + timedelta(days=3), today) - first > timedelta(days=30):
            groups, first = groups + 1, day
    return groups


def test_deleted_videos_are_named_and_nothing_else_is(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(300, 60, deleted_share=0.2), settings=CALM)
    ids, living = candidates(cloud, 60), alive(cloud, 60)
    gone = sorted(str(each) for each in set(ids) - living)
    assert 20 < len(gone) < 100
    report = cloud.refresh(event(ids))
    assert (report.state, report.gaps, report.not_returned) == ("complete", 0, len(gone))
    assert candidates_for_deletion(cloud) == sorted(gone)
    assert set(exported(cloud)) == living
    manifest = cloud.manifest("one")
    assert (manifest["function"], manifest["status"], manifest["work_class"]) == ("video_refresh", "complete", "adhoc")
    assert manifest["event"]["video_ids"] == 300
    assert cloud.export("again", "SEARCH")["request"] == manifest["event"]


def test_a_day_that_fails_is_a_gap_and_its_videos_are_no_candidates_for_deletion(make_cloud: "MakeCloud") -> None:
    broken = date(2026, 11, 5)
    cloud = make_cloud(world_of(60, 30, deleted_share=0.2), settings={**CALM, "broken_days": [f"{broken:%Y%m%d}"]})
    ids, living = candidates(cloud, 30), alive(cloud, 30)
    if cloud.refresh(event(ids)).state != "complete_with_gaps":
        cloud.finish()
    (search,) = cloud.manifest("one")["searches"]
    (gap,) = [gap for stream in search["streams"] for gap in stream.get("gaps", [])]
    assert (gap["reason"], gap["window"]) == ("day_fails", {"start": "2026-11-05", "end": "2026-11-05"})
    lost = {row["id"] for row in cloud.sandbox.world.videos_of("known", broken, broken)}
    assert set(exported(cloud)) == living - lost
    named = {int(each) for each in candidates_for_deletion(cloud)}
    assert named
    assert named <= set(ids) - living
    # Those that are gone and not named could have been of the day that failed.
    for each in set(ids) - living - named:
        made = datetime.fromtimestamp(each >> 32, UTC).date()
        assert made <= broken <= made + timedelta(days=3)


def test_a_lost_run_is_planned_again_and_a_stopped_one_goes_on(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(250, 60, deleted_share=0.1), settings=CALM)
    ids, living = candidates(cloud, 60), alive(cloud, 60)
    assert cloud.refresh(event(ids), seconds=1).state == "running"
    cloud.lose_tables()
    assert cloud.tick(recover=True).rebuilt == ["one"]
    assert set(exported(cloud)) == living
    assert len(candidates_for_deletion(cloud)) == len(set(ids) - living)


@pytest.fixture
def deployed(make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(make_cloud(world_of(30, 20), settings=CALM), monkeypatch)


def test_the_function_takes_ids_and_says_what_it_found(deployed: Deployed) -> None:
    ids = candidates(deployed.cloud, 20)
    never = (ids[0] >> 32 << 32) + 1
    sent = {"name": "again", "video_ids": [never, *ids, str(ids[3])], "scheduled_time": "2026-11-20T00:20:00Z"}
    report = deployed.send("video_search", sent).report
    assert (report["run_id"], report["state"]) == ("video-refresh-20261120T002000Z", "complete")
    assert (report["requests"], report["not_returned"]) == (1, 1)
    assert report["warnings"] == ["1 of the video_ids repeat others; each video is asked for once."]
    assert deployed.cloud.manifest(report["run_id"])["work_class"] == "scheduled"


def test_a_wrong_id_is_one_sentence_and_touches_nothing(deployed: Deployed) -> None:
    outcome = deployed.send("video_search", {"name": "again", "video_ids": ["7570000000000000001", "12"]})
    assert_one_sentence(outcome, "entry 2: 12 would be of a time before TikTok's first day")
    ahead = int((deployed.cloud.clock.now() + timedelta(days=4)).timestamp()) << 32
    outcome = deployed.send("video_search", {"name": "again", "video_ids": [str(ahead)]})
    assert_one_sentence(outcome, "entry 1 of video_ids")
    assert deployed.cloud.sandbox.served().received == 0
    assert deployed.cloud.keys() == []
