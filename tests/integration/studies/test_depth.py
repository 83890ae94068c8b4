"""What comes along with a study's videos: comments with the last pass, profiles and lists at their own pace."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.studies.study_text import study_text
from tiktok_collector.events.study import Part

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}


def cloud_of(make_cloud: "MakeCloud", *specs: AccountSpec) -> Cloud:
    world = World.generate(seed=3, accounts=1, videos=1, days=40, specs=list(specs), end=TODAY, samples=False)
    return make_cloud(world, now=NOW, settings=CALM)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def endpoints_of(cloud: Cloud, day: date) -> dict[str, int]:
    return dict(cloud.sandbox.served(day, family="research").by_endpoint)


def work_days(cloud: Cloud, days: int) -> None:
    for _ in range(days):
        cloud.study(Part.ACCOUNTS)
        if list(cloud.services().runs.open()):
            cloud.finish(most_ticks=60)
        tomorrow = datetime.combine(cloud.clock.now().date() + timedelta(days=1), NOW.timetz())
        cloud.clock.sleep((tomorrow - cloud.clock.now()).total_seconds())


def test_comments_come_with_the_last_pass_only(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=80, days=40, comments_per_video=3))
    text = study_text(
        first_day=ago(2), last_day=ago(2).isoformat(), cohorts={"people": ["ann"]}, include=["videos", "comments"]
    )
    cloud.upload_study(text)
    work_days(cloud, 9)
    videos = cloud.sandbox.world.videos_of("ann", ago(2), ago(2))
    assert len(videos) == 2
    assert endpoints_of(cloud, TODAY) == {"video/query": 1}
    assert endpoints_of(cloud, TODAY + timedelta(days=8)) == {"video/query": 1, "comment/list": 2}
    manifest = cloud.json(f"manifests/study=test/dt={TODAY + timedelta(days=8)}.json")
    table = {row["endpoint"]: (row["planned"], row["used"]) for row in manifest["requests"]}
    assert table["video_query"] == (1.0, 1.0)
    assert table["comment_list"][0] > 0
    assert table["comment_list"][1] == 2.0
    assert manifest["status"] == "complete"


def test_accounts_are_visited_at_their_pace_and_gone_ones_are_observed(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(
        make_cloud, AccountSpec("ann", videos=8, followers=250), AccountSpec("shy", private=True), AccountSpec("cat")
    )
    text = study_text(first_day=ago(3), cohorts={"people": ["ann", "shy", "cat"]}, include=["profile", "followers"])
    cloud.upload_study(text.replace("accounts:", "profile_every_days: 4\n    accounts:"))
    work_days(cloud, 12)
    days = [TODAY + timedelta(days=number) for number in range(12)]
    visited = [cloud.json(f"manifests/study=test/dt={day}.json")["collections"].get("people") for day in days]
    complete = sum(each["visits"]["complete"] for each in visited if each)
    assert complete == 3 * 3
    observed = [each["visits"]["observed"] for each in visited if each and each["visits"]["observed"]]
    assert observed == [{"private": 1}] * 3
    assert sum(endpoints_of(cloud, day).get("user/info", 0) for day in days) == 3 * 3
    followers = sum(cloud.sandbox.served(day, family="followers").charged for day in days)
    assert followers >= 3 * 3
    assert all(endpoints_of(cloud, day).get("video/query", 0) == 0 for day in days)
