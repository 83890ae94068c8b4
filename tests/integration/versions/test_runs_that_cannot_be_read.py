"""A run whose item is damaged, or of newer code, keeps neither other runs nor the accountant waiting."""

from datetime import date
from typing import Any

import pytest

from tests.integration.collection.cloud import BUCKET, TASKS, Cloud
from tests.integration.versions.conftest import VERSIONS, Restore
from tests.integration.versions.test_newer_versions import RECORD, SENTENCE, make_newer
from tests.integration.versions.test_older_versions import accounted, next_day
from tiktok_collector.collection.day_plans import day_plan
from tiktok_collector.events.study import Part
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study.windows import Window

STUDY_RUN = "study-20261121-accounts"
UNREADABLE = {"damaged": {"run": {"S": "{}"}}, "newer": {"version": {"N": "2"}}}
SAID = {"damaged": "cannot be read", "newer": SENTENCE}


def write(cloud: Cloud, run_id: str, attributes: dict[str, Any]) -> None:
    updates: Any = {name: {"Action": "PUT", "Value": value} for name, value in attributes.items()}
    key = {"pk": {"S": f"RUN#{run_id}"}, "sk": {"S": "RUN"}}
    cloud.dynamodb.update_item(TableName=TASKS, Key=key, AttributeUpdates=updates)


def begun(restore: Restore) -> Cloud:
    """A study's run of today has begun; an older run of another kind is under way."""
    cloud = restore(VERSIONS[-1])
    next_day(cloud)
    cloud.study(Part.ACCOUNTS, seconds=1)
    return cloud


@pytest.mark.parametrize("how", UNREADABLE)
def test_todays_run_of_the_study_cannot_be_read(restore: Restore, how: str) -> None:
    cloud = begun(restore)
    write(cloud, STUDY_RUN, UNREADABLE[how])
    report = cloud.tick(recover=True)
    assert [(run.run_id, run.state) for run in report.runs] == [("under-way", "complete")]
    assert SAID[how] in str(report.study_problem)
    (problem,) = accounted(cloud).problems
    assert SAID[how] in problem


def test_a_day_whose_run_is_damaged_is_not_asked_for_twice_and_the_next_is_planned(restore: Restore) -> None:
    cloud = begun(restore)
    write(cloud, STUDY_RUN, UNREADABLE["damaged"])
    next_day(cloud)
    next_day(cloud)
    report = cloud.tick()
    assert report.study_problem is None
    assert ("study-20261122-accounts", "complete") in [(run.run_id, run.state) for run in report.runs]
    plan = day_plan(ObjectStore(cloud.s3, BUCKET), date(2026, 11, 22))
    assert plan
    assert [work.window for work in plan.videos] == [Window(date(2026, 11, 20), date(2026, 11, 20))]


def test_what_the_study_needs_is_of_newer_code_and_other_runs_go_on(restore: Restore) -> None:
    cloud = restore(VERSIONS[-1])
    next_day(cloud)
    for key in cloud.keys("studies/state"):
        cloud.s3.delete_object(Bucket=BUCKET, Key=key)
    make_newer(cloud, RECORD)
    report = cloud.tick()
    assert SENTENCE in str(report.study_problem)
    assert [(run.run_id, run.state) for run in report.runs] == [("under-way", "complete")]


@pytest.mark.parametrize("run_id", ["study-pilot", "study-20269999-accounts", "study-20261119-accounts"])
def test_a_person_may_call_a_run_as_a_study_is_called(restore: Restore, run_id: str) -> None:
    cloud = restore(VERSIONS[-1])
    next_day(cloud)
    cloud.extract({"usernames": ["calm_one"], "run_id": run_id, "include": ["videos"]}, seconds=1)
    report = cloud.tick()
    assert report.study_problem is None
    assert {run.run_id: run.state for run in report.runs}.items() >= {run_id: "complete", STUDY_RUN: "complete"}.items()
