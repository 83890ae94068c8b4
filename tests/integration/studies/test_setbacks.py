"""What goes wrong around a study: nothing of it is taken for complete, and nothing else has to wait for it."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, Cloud
from tests.integration.studies.study_text import study_text
from tiktok_collector.collection.plan import new_task
from tiktok_collector.events.study import Part
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family
from tiktok_collector.tasks.task import TaskKind, TaskRef, TaskSpec, TaskState

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def cloud_of(make_cloud: "MakeCloud", *specs: AccountSpec, **options: Any) -> Cloud:
    world = World.generate(seed=3, accounts=1, videos=1, days=60, specs=list(specs), end=TODAY, samples=False)
    return make_cloud(world, now=NOW, settings=CALM, **options)


def people(cloud: Cloud, day: date = TODAY) -> Any:
    return cloud.json(f"manifests/study=test/dt={day}.json")["collections"]["people"]


def next_day(cloud: Cloud) -> None:
    tomorrow = datetime.combine(cloud.clock.now().date() + timedelta(days=1), NOW.timetz())
    cloud.clock.sleep((tomorrow - cloud.clock.now()).total_seconds())


def upload(cloud: Cloud, *names: str, **more: Any) -> None:
    text = study_text(first_day=ago(12), last_day=ago(10).isoformat(), cohorts={"people": names}, **more)
    cloud.upload_study(text)


def test_a_snapshot_of_another_version_is_made_again(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=60, days=60))
    upload(cloud, "ann")
    cloud.study(Part.ACCOUNTS)
    cloud.s3.put_object(Bucket=BUCKET, Key="studies/state.json.gz", Body=gzipped(b'{"version":0}'))
    next_day(cloud)
    before = cloud.sandbox.served().received
    assert cloud.tick().study_problem is None
    assert cloud.sandbox.served().received == before


def test_a_damaged_record_keeps_no_other_run_waiting_and_is_told(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=60, days=60))
    upload(cloud, "ann")
    cloud.extract({"username": "ann", "include": ["videos"], "run_id": "adhoc"}, seconds=1)
    cloud.s3.put_object(Bucket=BUCKET, Key="studies/records/dt=2026-11-01/run=old.json.gz", Body=b"damaged")
    report = cloud.tick()
    assert "run=old.json.gz is damaged" in (report.study_problem or "")
    assert [(run.run_id, run.state) for run in report.runs] == [("adhoc", "complete")]


def test_a_damaged_page_is_missing_and_asked_for_again(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=600, days=60))
    upload(cloud, "ann")
    cloud.study(Part.ACCOUNTS, seconds=1)
    (work,) = (task for task in cloud.services().tasks.of_run("study-20261120-accounts", "v00001"))
    folder = "raw/source=tiktok_research_api/entity=videos/dt=2026-11-20/run=study-20261120-accounts/"
    key = f"{folder}v00001.videos.w001-g1-000001.json.gz"
    claimed = cloud.services().tasks.claim(TaskRef(work.run_id, work.task_id, work.quota), "test")
    assert claimed is not None
    claimed.progress.page, claimed.progress.exhausted = 2, True
    cloud.services().tasks.finish(claimed, TaskState.DONE)
    cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=b"damaged")
    cloud.tick()
    assert {day["status"] for day in people(cloud)["days"]} == {"gap"}
    next_day(cloud)
    cloud.study(Part.ACCOUNTS)
    assert {day["status"] for day in people(cloud, TODAY + timedelta(days=1))["days"]} == {"complete"}


def test_comments_that_cannot_be_had_leave_their_day_partial_and_are_asked_for_again(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=60, days=60, comments_per_video=2))
    upload(cloud, "ann", include=["videos", "comments"])
    unlucky = cloud.sandbox.world.videos_of("ann", ago(11), ago(11))[0]["id"]
    cloud.sandbox.faults.add("internal_error", endpoint="comment/list", match={"video_id": unlucky})
    cloud.study(Part.ACCOUNTS)
    cloud.finish()
    statuses = {day["day"]: day["status"] for day in people(cloud)["days"]}
    assert statuses == {ago(12).isoformat(): "complete", ago(11).isoformat(): "gap", ago(10).isoformat(): "complete"}
    assert all("comments" in each["detail"] for day in people(cloud)["days"] for each in day.get("missing", ()))
    cloud.sandbox.faults.clear()
    next_day(cloud)
    cloud.study(Part.ACCOUNTS)
    again = people(cloud, TODAY + timedelta(days=1))
    assert [(day["day"], day["status"]) for day in again["days"]] == [(ago(11).isoformat(), "complete")]


def test_an_account_that_is_new_in_the_study_has_no_late_videos(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=60, days=60), AccountSpec("ben", videos=60, days=60))
    upload(cloud, "ann")
    cloud.study(Part.ACCOUNTS)
    upload(cloud, "ann", "ben")
    next_day(cloud)
    cloud.study(Part.ACCOUNTS)
    found = people(cloud, TODAY + timedelta(days=1))
    assert (found["rows"], found["late_arrivals"], found["gone"]) == (3, 0, 0)


def test_a_run_does_not_close_while_a_task_of_it_is_open(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=60, days=60))
    tasks = cloud.services().tasks
    cloud.extract({"username": "ann", "include": ["videos"], "days_back": 5, "run_id": "one"}, seconds=1)
    spec = TaskSpec(TaskKind.PAGES, "profile", TODAY, "ann", endpoint="user_info", params={"username": "ann"})
    for task in list(tasks.of_run("one")):
        if task.spec.kind in {TaskKind.PAGES, TaskKind.EXPORT}:
            tasks.activate(task)
            claimed = tasks.claim(TaskRef("one", task.task_id, task.quota), "test")
            assert claimed is not None
            tasks.finish(claimed, TaskState.DONE)
    manifest = next(task for task in tasks.of_run("one") if task.spec.kind is TaskKind.MANIFEST)
    # As if another function had added it just after the run was reviewed.
    tasks.activate(manifest)
    tasks.add(new_task("one", "a00001.late", spec, TaskState.PENDING))
    claimed = tasks.claim(TaskRef("one", manifest.task_id, manifest.quota), "test")
    assert claimed is not None
    assert cloud.services().manifests().work(claimed) is TaskState.PARKED
    cloud.finish()
    assert cloud.json("manifests/run=one.json")["accounts"][0]["requests"] == 1


def test_the_adhoc_reserve_is_used_in_the_evening_if_nobody_else_has(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud, AccountSpec("ann", videos=6_000, days=60))
    cloud.limits = {Family.RESEARCH: Budget(20, 20), Family.FOLLOWERS: Budget(20_000, 20)}
    cloud.upload_study(study_text(first_day=ago(50), cohorts={"people": ["ann"]}))
    cloud.study(Part.ACCOUNTS)
    assert cloud.used() == 16
    cloud.clock.sleep(20 * 3_600)
    cloud.tick()
    assert cloud.used() == 20
