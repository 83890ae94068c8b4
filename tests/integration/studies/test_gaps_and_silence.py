"""What cannot be had is known: by day, account and reason; it is asked for again, ever more rarely."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.studies.study_text import study_text
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_view import StudyView, video_pages
from tiktok_collector.events.study import Part
from tiktok_collector.study.query import VideoQuery

if TYPE_CHECKING:
    import pytest

    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}
NAMES = [f"person{number:02}" for number in range(20)]
ICELAND = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}]}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def cloud_of(make_cloud: "MakeCloud", *, until: date = TODAY, threads: int = 4, **settings: Any) -> Cloud:
    specs = [AccountSpec(name, videos=40, days=40, region="IS") for name in NAMES]
    world = World.generate(seed=3, accounts=1, videos=1, days=40, specs=specs, end=until, samples=False)
    return make_cloud(world, now=NOW, settings={**CALM, **settings}, threads=threads)


def manifest(cloud: Cloud, day: date) -> Any:
    return cloud.json(f"manifests/study=test/dt={day}.json")


def work_days(cloud: Cloud, days: int) -> list[int]:
    """Plays so many days; returns the number of requests of each."""
    sent = []
    for _ in range(days):
        before = cloud.sandbox.served(family="research").received
        for part in Part:
            cloud.study(part)
        if list(cloud.services().runs.open()):
            cloud.finish(most_ticks=60)
        sent.append(cloud.sandbox.served(family="research").received - before)
        tomorrow = datetime.combine(cloud.clock.now().date() + timedelta(days=1), NOW.timetz())
        cloud.clock.sleep((tomorrow - cloud.clock.now()).total_seconds())
    return sent


def test_a_bad_name_is_a_gap_of_its_own_and_is_asked_alone_ever_more_rarely(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, poison_usernames=["person07"])
    cloud.upload_study(study_text(first_day=ago(12), last_day=ago(10).isoformat(), cohorts={"people": NAMES}))
    sent = work_days(cloud, 9)
    people = manifest(cloud, TODAY)["collections"]["people"]
    assert people["bad_usernames"] == ["person07"]
    assert {day["status"] for day in people["days"]} == {"partial"}
    reasons = {(each["reason"], *each["usernames"]) for day in people["days"] for each in day["missing"]}
    assert reasons == {("bad_username", "person07")}
    others = [name for name in NAMES if name != "person07"]
    truth = {row["id"] for name in others for row in cloud.sandbox.world.videos_of(name, ago(12), ago(10))}
    assert {int(row["id"]) for row in view(cloud)} == truth
    assert sent[0] <= 15 + 6
    # Tried again after 1, 2 and 4 days: on the days 1, 3 and 7, alone, and not in between.
    assert [bool(each) for each in sent[1:]] == [True, False, True, False, False, False, True, False]
    assert max(sent[1:]) <= 5


def test_a_broken_day_is_a_gap_and_the_days_around_it_come(make_cloud: "MakeCloud") -> None:
    broken = ago(15)
    cloud = cloud_of(make_cloud, broken_days=[f"{broken:%Y%m%d}"])
    cloud.upload_study(study_text(first_day=ago(20), last_day=ago(10).isoformat(), cohorts={"people": NAMES}))
    work_days(cloud, 1)
    days = {day["day"]: day["status"] for day in manifest(cloud, TODAY)["collections"]["people"]["days"]}
    assert {day for day, status in days.items() if status != "complete"} == {broken.isoformat()}
    assert days[broken.isoformat()] == "gap"
    cloud.sandbox.change(broken_days=[])
    work_days(cloud, 1)
    again = manifest(cloud, TODAY + timedelta(days=1))
    assert [(day["day"], day["status"]) for day in again["collections"]["people"]["days"]] == [
        (broken.isoformat(), "complete")
    ]
    assert work_days(cloud, 2) == [0, 0]


def test_a_collection_that_falls_silent_is_told_from_one_without_anything_new(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, until=TODAY + timedelta(days=4))
    cloud.upload_study(study_text(first_day=ago(30), searches={"north": ICELAND}, cohorts={"people": NAMES[:3]}))
    work_days(cloud, 1)
    # From now on TikTok answers this query with nothing, whatever day is asked for.
    cloud.sandbox.faults.add("empty_page", match={"query": VideoQuery.model_validate(ICELAND).body()})
    work_days(cloud, 4)
    verdicts = [silence_on(cloud, number) for number in range(5)]
    assert "api_silent" in verdicts
    assert "nothing_new" not in verdicts
    cloud.sandbox.faults.clear()
    work_days(cloud, 9)
    truth = cloud.sandbox.world.search(ICELAND, ago(30), TODAY + timedelta(days=4))
    assert {int(row["id"]) for row in view(cloud)} >= {row["id"] for row in truth}
    # The world has ended on the fourth day: TikTok answers, but nothing is new.
    assert "nothing_new" in [silence_on(cloud, number) for number in range(6, 14)]


def silence_on(cloud: Cloud, number: int) -> str | None:
    collections = manifest(cloud, TODAY + timedelta(days=number))["collections"]
    verdict: str | None = collections.get("north", {}).get("silence")
    return verdict


def test_three_collections_that_find_a_video_are_all_on_its_one_row(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud)
    cohorts = {"few": NAMES[:2], "many": NAMES}
    cloud.upload_study(
        study_text(first_day=ago(12), last_day=ago(10).isoformat(), cohorts=cohorts, searches={"north": ICELAND})
    )
    (sent,) = work_days(cloud, 1)
    assert sent == 3, "one of the two shared accounts, one of the others, one of the search"
    rows = list(view(cloud))
    assert len({row["id"] for row in rows}) == len(rows)
    carried = {row["username"]: row["_collections"] for row in rows}
    assert carried["person01"] == ["few", "many", "north"]
    assert carried["person05"] == ["many", "north"]


def view(cloud: Cloud) -> list[dict[str, Any]]:
    store = cloud.services().pages
    found = StudyView.of(PageReader(store), video_pages(store))
    return list(found.rows())


def test_what_one_search_has_found_out_of_a_broken_day_saves_the_others_most_of_it(
    make_cloud: "MakeCloud", monkeypatch: "pytest.MonkeyPatch"
) -> None:
    def failures() -> int:
        cloud = cloud_of(make_cloud, broken_days=[f"{ago(15):%Y%m%d}"], threads=2)
        text = study_text(first_day=ago(30), last_day=ago(10).isoformat(), cohorts={"people": NAMES})
        cloud.upload_study(f"{text}quota: {{batch_size: 2}}\n")
        work_days(cloud, 1)
        days = {day["day"]: day["status"] for day in manifest(cloud, TODAY)["collections"]["people"]["days"]}
        assert {day for day, status in days.items() if status != "complete"} == {ago(15).isoformat()}
        return sum(each.status >= 500 for each in cloud.sandbox.requests())

    together = failures()
    monkeypatch.setattr("tiktok_collector.collection.failing_days.FailingDays.within", lambda *_: False)
    alone = failures()
    assert together < alone / 2
