"""Who gets the threads and the quota: runs of today and of earlier days, collections within a run, a new day."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.weather.support import CALM, assert_ledger_is_right, data_requests
from tiktok_collector.clock import iso
from tiktok_collector.collection.plan import new_task
from tiktok_collector.deadline import Deadline
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import Family
from tiktok_collector.tasks.run import Run, RunState
from tiktok_collector.tasks.task import TaskKind, TaskSpec, TaskState

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

QUOTA = 20
ACCOUNTS = [f"account{number:03d}" for number in range(3 * QUOTA)]


def world() -> World:
    specs = [AccountSpec(name, videos=30, days=60, reposted=5, pinned=1) for name in ACCOUNTS[:8]]
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs)


def profiles(cloud: Cloud, run_id: str, *, scheduled: bool) -> dict[str, Any]:
    """A request for more profiles than a day's quota holds."""
    event: dict[str, Any] = {"usernames": ACCOUNTS, "include": ["profile"], "days_back": 9, "run_id": run_id}
    return {**event, "scheduled_time": iso(cloud.clock.now())} if scheduled else event


def at(cloud: Cloud, day: int, hour: int, minute: int) -> None:
    moment = datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    assert moment > cloud.clock.now()
    cloud.clock.sleep((moment - cloud.clock.now()).total_seconds())


def by_run(cloud: Cloud, day: str) -> Counter[str]:
    return Counter(entry.run_id for entry in cloud.entries(day))


def limited(make_cloud: "MakeCloud") -> Cloud:
    """A cloud with a small quota on both sides, and a backlog of two days' quota on the next day."""
    cloud = make_cloud(world(), settings={**CALM, "research_quota": QUOTA}, research_limit=QUOTA, threads=4)
    cloud.extract(profiles(cloud, "yesterday", scheduled=True))
    assert by_run(cloud, "2026-11-20") == {"yesterday": QUOTA}
    return cloud


def test_a_backlog_that_is_first_on_a_new_day_leaves_half_of_it_to_the_days_own_run(make_cloud: "MakeCloud") -> None:
    cloud = limited(make_cloud)
    at(cloud, 21, 0, 5)
    assert cloud.tick().runs[0].resume_at == "2026-11-21T02:00:00.000Z"
    assert by_run(cloud, "2026-11-21") == {"yesterday": QUOTA // 2}
    at(cloud, 21, 0, 15)
    cloud.extract(profiles(cloud, "today", scheduled=True))
    assert by_run(cloud, "2026-11-21") == {"yesterday": QUOTA // 2, "today": QUOTA // 2}
    assert_ledger_is_right(cloud)


def test_a_backlog_without_work_of_the_day_gets_all_of_it(make_cloud: "MakeCloud") -> None:
    cloud = limited(make_cloud)
    for hour in (0, 1):
        at(cloud, 21, hour, 5)
        cloud.tick()
    assert by_run(cloud, "2026-11-21") == {"yesterday": QUOTA // 2}
    at(cloud, 21, 2, 5)
    cloud.tick()
    assert by_run(cloud, "2026-11-21") == {"yesterday": QUOTA}
    assert_ledger_is_right(cloud)


def test_what_a_person_asked_for_yesterday_has_all_of_today(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={**CALM, "research_quota": QUOTA}, research_limit=QUOTA, threads=4)
    cloud.extract(profiles(cloud, "asked", scheduled=False))
    at(cloud, 21, 0, 5)
    cloud.tick()
    assert by_run(cloud, "2026-11-21") == {"asked": QUOTA}


def test_runs_of_two_days_in_one_tick_have_half_of_the_requests_each(make_cloud: "MakeCloud") -> None:
    cloud = limited(make_cloud)
    at(cloud, 21, 2, 5)
    cloud.extract(profiles(cloud, "today", scheduled=True), seconds=1)
    cloud.tick()
    shares = by_run(cloud, "2026-11-21")
    assert shares.total() == QUOTA
    assert abs(shares["today"] - shares["yesterday"]) <= 2


def test_a_small_collection_ranked_in_turn_with_a_large_one_is_done_early(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={**CALM, "research_quota": QUOTA}, research_limit=QUOTA, threads=4)
    services = cloud.services()
    run = Run("study", "user_extraction", {}, "scheduled", iso(cloud.clock.now()))
    services.runs.create(run, 5)
    ranked = [("large", 2 * number) for number in range(200)] + [("small", 2 * number + 1) for number in range(5)]
    for number, (collection, rank) in enumerate(ranked, start=1):
        name = f"{collection}.{rank}"
        base = TaskSpec(TaskKind.PAGES, "profile", date(2026, 11, 20), name, "user_info", work_class="scheduled")
        spec = msgspec.structs.replace(base, params={"username": name}, collections=(collection,), rank=rank)
        services.tasks.add(new_task("study", f"a{number:05d}.profile", spec, TaskState.PENDING))
    run.state = RunState.RUNNING
    deadline = Deadline(cloud.clock, cloud.clock.now() + timedelta(minutes=15))
    services.engine(deadline, "one", cloud.log).drain([run.ref])
    asked = [str(record.body["username"]).partition(".")[0] for record in data_requests(cloud)]
    assert len(asked) == QUOTA
    # Five of each in turn, and as many more as there are threads, which overtake one another.
    assert asked[: 10 + 4].count("small") == 5
    assert asked.count("large") == QUOTA - 5


def test_the_first_tick_of_a_day_does_what_was_parked_for_quota_by_priority(make_cloud: "MakeCloud") -> None:
    limit, names = 6, ACCOUNTS[:5]
    cloud = make_cloud(world(), settings={**CALM, "research_quota": limit}, research_limit=limit, threads=1)
    event = {"usernames": names, "include": ["profile", "videos", "pinned"], "days_back": 9, "run_id": "storm"}
    report = cloud.extract(event)
    assert (report.state, set(report.parked)) == ("parked", {"quota"})
    first_day = asked_for(cloud)
    assert len(first_day) == limit
    at(cloud, 20, 23, 30)
    cloud.tick()
    assert asked_for(cloud) == first_day
    cloud.sandbox.change(research_quota=1_000)
    at(cloud, 21, 0, 5)
    cloud.limits[Family.RESEARCH] = Budget(1_000, 0)
    cloud.tick()
    second_day = asked_for(cloud)[limit:]
    every = {(endpoint, name) for endpoint in ("user/info", "video/query", "user/pinned_videos") for name in names}
    assert sorted(first_day + second_day) == sorted(every)
    order = [("user/info", "video/query", "user/pinned_videos").index(endpoint) for endpoint, _ in second_day]
    assert order == sorted(order)
    assert set(order) == {1, 2}
    assert cloud.manifest("storm")["status"] == "complete"


def asked_for(cloud: Cloud) -> list[tuple[str, str]]:
    """The endpoints and usernames of the data requests, oldest first."""
    found = []
    for record in data_requests(cloud):
        body = record.body
        name = body["username"] if "username" in body else body["query"]["and"][0]["field_values"][0]
        found.append((record.endpoint, str(name)))
    return found
