"""What a study's day cost, by collection and ahead of time: real runs over the sandbox, then the accounts."""

from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, Cloud
from tests.integration.studies.study_text import study_text
from tiktok_collector.accounting.forecast import Forecast
from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.quota_accounting import AccountingReport, QuotaAccounting
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.accounting.tally import AD_HOC, FamilyTally
from tiktok_collector.collection.day_plans import stored_day_plan
from tiktok_collector.events.study import Part
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.quota.families import Family
from tiktok_collector.tasks.task import TaskState

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0, "drop_rate": 0}
ICELAND = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}]}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def world_of(*specs: AccountSpec) -> World:
    return World.generate(seed=3, accounts=1, videos=1, days=60, specs=list(specs), end=TODAY)


def accounts_of(cloud: Cloud) -> AccountingReport:
    services, objects = cloud.services(), ObjectStore(cloud.s3, BUCKET)
    accounting = QuotaAccounting(
        services.ledger,
        StoredPages(RawPageStore(cloud.s3, BUCKET), {}),
        objects,
        Forecasting(services.runs, services.tasks, objects),
        cloud.clock,
    )
    # Moto stores objects by the machine's own time, not by the cloud's.
    return accounting.run(reconciling=False)


def tally_of(report: AccountingReport, family: Family = Family.RESEARCH) -> FamilyTally:
    return next(each for each in report.families if each.family is family)


def forecast_of(cloud: Cloud, family: Family = Family.RESEARCH) -> Forecast:
    return next(each for each in accounts_of(cloud).forecasts if each.family is family)


def test_each_collection_has_its_part_of_the_requests_whatever_they_led_to(make_cloud: "MakeCloud") -> None:
    specs = [
        AccountSpec("ann", videos=40, days=30, region="IS", followers=30),
        AccountSpec("ben", videos=40, days=30, followers=30),
        AccountSpec("cat", videos=40, days=30, followers=30),
    ]
    cloud = make_cloud(world_of(*specs), now=NOW, settings=CALM)
    text = study_text(
        first_day=ago(12),
        cohorts={"people": ["ann", "ben"], "friends": ["ben", "cat"]},
        searches={"north": ICELAND},
        include=["profile", "videos", "comments", "followers"],
    )
    cloud.upload_study(text)
    cloud.study(Part.ACCOUNTS)
    cloud.study(Part.SEARCHES)
    cloud.finish()
    cloud.extract({"username": "cat", "include": ["profile"]})
    report = accounts_of(cloud)
    research, followers = tally_of(report), tally_of(report, Family.FOLLOWERS)
    assert set(research.by_collection) == {"people", "friends", "north", AD_HOC}
    assert set(followers.by_collection) <= {"people", "friends"}
    sent = {(entry.endpoint, entry.collections) for entry in cloud.entries()}
    # Ben belongs to both: one request, half for each. Comments are for whom the videos were for.
    assert ("video_query", ("people", "friends")) in sent
    assert {collections for endpoint, collections in sent if endpoint == "comment_list"} & {("people",), ("friends",)}
    halves = [entry for entry in cloud.entries() if len(entry.collections) == 2]
    alone = [entry for entry in cloud.entries() if entry.collections == ("people",)]
    assert research.by_collection["people"].requests == len(alone) + len(halves) / 2
    for tally in (research, followers):
        served = cloud.sandbox.served(family=tally.family).charged
        assert tally.total.requests == tally.used == served
        assert sum(line.requests for line in tally.by_collection.values()) == pytest.approx(served, abs=0.01)


def test_the_forecast_follows_the_day_from_plan_to_end(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(AccountSpec("ann", videos=900, days=60)), now=NOW, settings=CALM)
    cloud.upload_study(study_text(first_day=ago(55), cohorts={"people": ["ann"]}))
    # No time for a request: everything is planned, and the tasks are open.
    cloud.study(Part.ACCOUNTS, seconds=0)
    costs = stored_day_plan(ObjectStore(cloud.s3, BUCKET), TODAY).estimate.today
    estimate = ceil(round(sum(cost.requests for cost in costs if cost.family == Family.RESEARCH), 6))
    at_first = forecast_of(cloud)
    assert at_first.used == 0
    assert at_first.open_tasks > 0
    assert at_first.open_tasks + at_first.planned_left == at_first.at_midnight == estimate
    cloud.finish()
    used = cloud.used()
    assert used == cloud.sandbox.served(family="research").charged > 5
    at_last = forecast_of(cloud)
    assert (at_last.used, at_last.open_tasks, at_last.planned_left, at_last.at_midnight) == (used, 0, 0, used)


def test_work_that_waits_for_tomorrow_is_not_in_todays_forecast(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world_of(AccountSpec("ann", videos=900, days=60)), now=NOW, settings=CALM, research_limit=3)
    cloud.extract({"username": "ann", "days_back": 59, "run_id": "one"})
    # Threads decide which streams get the three requests, and which of the others notice that there are no more.
    states = [task.state for task in cloud.services().tasks.of_run("one")]
    untried, parked = states.count(TaskState.PENDING), states.count(TaskState.PARKED)
    assert untried + parked > 0
    today = forecast_of(cloud)
    assert (today.used, today.open_tasks, today.at_midnight) == (3, untried, 3)
    cloud.clock.sleep(86_400)
    tomorrow = forecast_of(cloud)
    waiting = untried + parked
    assert (tomorrow.used, tomorrow.open_tasks, tomorrow.at_midnight) == (0, waiting, min(waiting, 3))


def test_others_on_the_same_client_show_in_the_servers_refusal(make_cloud: "MakeCloud") -> None:
    settings = {**CALM, "research_quota": 2}
    cloud = make_cloud(world_of(AccountSpec("ann", videos=900, days=60)), now=NOW, settings=settings)
    cloud.extract({"username": "ann", "days_back": 59})
    refusals = tally_of(accounts_of(cloud)).daily_refusals
    assert refusals
    assert (refusals.refused_at, refusals.short_of_limit) == (2, 998)
