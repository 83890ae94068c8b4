"""A search by trends, day after day: each day of videos is searched with that day's hashtags, once a pass."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from sandbox.world import World
from tests.integration.collection.cloud import BUCKET, Cloud
from tests.integration.studies.test_study_day import CALM, day_manifest, ids_stored, received
from tests.unit.trend_lists.trend_rows import answer
from tiktok_collector.events.study import Part
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.trend_keys import trend_summary_key
from tiktok_collector.study.trend_queries import with_hashtags
from tiktok_collector.trend_lists.between_days import summarise
from tiktok_collector.trend_lists.summary import encode_summary

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
WORLD_DAYS: Final = 40
LISTS: Final = (("cover", "guitar"), ("duet", "drums"), ("stitch", "covertips"), ("fyp", "viral"))
"""What trends on each day from TODAY on, in turn."""
TRENDS: dict[str, Any] = {
    "enabled": True,
    "countries": ["US"],
    "kinds": {"hashtag": "creative_center"},
    "acknowledge_unofficial_terms": True,
}


@pytest.fixture
def cloud(make_cloud: "MakeCloud") -> Cloud:
    end = TODAY + timedelta(days=20)
    world = World.generate(seed=3, accounts=40, videos=6_000, days=WORLD_DAYS, samples=False, end=end)
    return make_cloud(world, now=NOW, settings={**CALM, "drop_rate": 0})


def on(number: int) -> date:
    return TODAY + timedelta(days=number)


def study_text(passes: Sequence[int] = (2,), **more: object) -> str:
    pick = {"countries": ["US"], "top": 2, "days_before": 2}
    content = {"version": 1, "name": "test", "first_day": on(-10).isoformat(), "trends": TRENDS, "passes": list(passes)}
    return yaml.safe_dump({**content, "searches": {"hot": {"trends": pick}}, **more}, sort_keys=False)


def trending(number: int) -> tuple[str, ...]:
    return LISTS[number % len(LISTS)]


def put_lists(cloud: Cloud, number: int) -> None:
    summary = summarise(on(number), [answer(trending(number))], None)
    body = gzipped(encode_summary(summary))
    cloud.s3.put_object(Bucket=BUCKET, Key=trend_summary_key(on(number).isoformat()), Body=body)


def query_of(number: int) -> dict[str, Any]:
    """What a day of videos is searched with; the two days before the first list have its hashtags."""
    return with_hashtags({}, trending(max(0, number)))


def truth(cloud: Cloud, *numbers: int) -> set[int]:
    world = cloud.sandbox.world
    return {row["id"] for number in numbers for row in world.search(query_of(number), on(number), on(number))}


def follow(cloud: Cloud, number: int) -> Any:
    """The study's day so many days after TODAY: lists first, as `trend_ingestion` leaves them, then the searches."""
    cloud.clock.sleep((on(number) - cloud.clock.now().date()).days * 86_400)
    put_lists(cloud, number)
    report = cloud.study(Part.SEARCHES)
    cloud.finish()
    return report


def test_every_day_of_videos_is_searched_with_its_own_hashtags(cloud: Cloud) -> None:
    cloud.upload_study(study_text())
    for number in range(8):
        follow(cloud, number)
    # Two days before the first list, and then every day, each when it is two days old.
    searched = range(-2, 6)
    assert ids_stored(cloud) == truth(cloud, *searched)
    assert len(truth(cloud, *searched)) > 50
    assert received(cloud) == len(searched)
    hot = day_manifest(cloud, on(7))["collections"]["hot"]
    assert (hot["status"], hot["planned"]["windows"]) == ("complete", 1)
    assert [day["day"] for day in hot["days"]] == [on(5).isoformat()]
    assert hot["rows"] == len(truth(cloud, 5))


def test_a_second_pass_finds_the_same_day_with_the_same_hashtags(cloud: Cloud) -> None:
    cloud.upload_study(study_text(passes=(1, 4)))
    for number in range(7):
        follow(cloud, number)
    cloud.finish()
    first_passes, second_passes = range(-2, 6), range(-2, 3)
    assert ids_stored(cloud) == truth(cloud, *first_passes)
    hot = day_manifest(cloud, on(6))["collections"]["hot"]
    assert {day["day"]: day["passes"] for day in hot["days"]} == {
        on(2).isoformat(): ["settled"],
        on(5).isoformat(): ["fresh"],
    }
    assert (hot["late_arrivals"], hot["gone"]) == (0, 0)
    # The two days before the first list are one window on day 0; on days 3 and 4 they are settled one after the other.
    assert received(cloud) == len(first_passes) - 1 + len(second_passes)


def test_nothing_is_asked_twice_whatever_comes_again(cloud: Cloud) -> None:
    cloud.upload_study(study_text(passes=(1,)))
    follow(cloud, 0)
    sent = received(cloud)
    put_lists(cloud, 3)
    cloud.study(Part.SEARCHES)
    cloud.tick()
    assert received(cloud) == sent == 1


def test_what_is_planned_says_so_before_anything_is_stored(cloud: Cloud) -> None:
    cloud.upload_study(study_text())
    put_lists(cloud, 0)
    before = set(cloud.keys())
    report = cloud.study(Part.SEARCHES, plan_only=True)
    assert report.windows == 1
    assert report.notes == (f"The search 'hot' begins with {on(-2)}, since its first trend list is of {on(0)}.",)
    assert set(cloud.keys()) - before == {"studies/accepted.json.gz"}
    assert received(cloud) == 0


def test_without_a_list_the_day_is_complete_and_says_what_it_lacks(cloud: Cloud) -> None:
    cloud.upload_study(study_text())
    report = cloud.study(Part.SEARCHES)
    assert report.run is None
    assert report.problems == ()
    manifest = day_manifest(cloud)
    assert (manifest["status"], manifest["collections"]) == ("complete", {})
    assert manifest["notes"] == ["The search 'hot' has no trend list yet, so nothing is searched."]
    assert manifest["notes"] == list(report.notes)


def test_a_study_of_trends_alone_has_days_without_any_search(cloud: Cloud) -> None:
    cloud.upload_study(yaml.safe_dump({"version": 1, "name": "test", "trends": TRENDS}))
    report = cloud.study(Part.ACCOUNTS)
    assert (report.study, report.windows, report.run, report.notes) == ("test", 0, None, ())
    assert report.estimate
    assert report.estimate.days_to_catch_up == 0
    assert day_manifest(cloud)["status"] == "complete"
    assert cloud.tick().open_runs == 0
