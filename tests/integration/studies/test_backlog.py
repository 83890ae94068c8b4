"""What a day could not finish: it is neither paid for twice, nor does it take the next day's quota."""

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
NAMES = [f"person{number}" for number in range(6)]


def cloud_of(make_cloud: "MakeCloud", *, limit: int, server: int = 1_000) -> Cloud:
    specs = [AccountSpec(name, videos=2_000, days=100) for name in NAMES]
    world = World.generate(
        seed=3, accounts=1, videos=1, days=100, specs=specs, end=TODAY + timedelta(days=10), samples=False
    )
    cloud = make_cloud(world, now=NOW, settings={**CALM, "research_quota": server}, research_limit=limit)
    first = TODAY - timedelta(days=80)
    cloud.upload_study(study_text(first_day=first, cohorts={"people": NAMES}, quota={"adhoc_reserve_percent": 0}))
    return cloud


def requests_of(cloud: Cloud, day: date) -> int:
    return cloud.sandbox.served(day).charged


def play(cloud: Cloud, days: int) -> None:
    """Days as the schedules play them, with a few of their ticks."""
    for number in range(days):
        midnight = datetime.combine(TODAY + timedelta(days=number), datetime.min.time(), UTC)
        cloud.clock.sleep((midnight + timedelta(minutes=5) - cloud.clock.now()).total_seconds())
        cloud.tick()
        cloud.clock.sleep(600)
        cloud.study(Part.ACCOUNTS)
        for _ in range(4):
            cloud.clock.sleep(5 * 3_600)
            cloud.tick()


def test_a_catch_up_goes_on_for_days_within_the_limit_and_sends_no_request_twice(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, limit=40)
    play(cloud, 6)
    days = [TODAY + timedelta(days=number) for number in range(6)]
    assert all(requests_of(cloud, day) <= 40 for day in days)
    manifest = cloud.json(f"manifests/study=test/dt={days[-1]}.json")
    assert manifest["status"] == "complete"
    asked = [cloud.page(key)[0] for key in cloud.keys("raw/source=tiktok_research_api/entity=videos/")]
    pages = [
        (each.request["query"], each.request["start_date"], each.request["end_date"], each.cursor_in) for each in asked
    ]
    once = {str(page) for page in pages}
    assert len(once) == len(pages)


def test_what_the_servers_quota_cut_off_goes_on_beside_the_next_days_work(make_cloud: "MakeCloud") -> None:
    # The server has less than we believe, so the first day's plan is left half done.
    cloud = cloud_of(make_cloud, limit=60, server=20)
    play(cloud, 2)
    first, second = (cloud.json(f"manifests/study=test/dt={TODAY + timedelta(days=n)}.json") for n in range(2))
    assert first["status"] == "running"
    fresh = second["collections"]["people"]["planned"]["windows"]
    assert fresh >= 1
    cloud.sandbox.change(research_quota=1_000)
    for _ in range(12):
        cloud.clock.sleep(6 * 3_600)
        cloud.tick()
    first, second = (cloud.json(f"manifests/study=test/dt={TODAY + timedelta(days=n)}.json") for n in range(2))
    assert (first["status"], second["status"]) == ("complete", "complete")
