"""A run that is ending when a deletion comes, and what the table of tasks keeps of what is gone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from tests.integration.collection.cloud import BUCKET, TASKS, Cloud
from tests.integration.deletion.small import BEN, HERS, HIS, SmallStore
from tests.integration.deletion.test_purge import studied
from tiktok_collector.tasks import items
from tiktok_collector.tasks.task import Gap, GapReason, Progress, TaskKind, TaskSpec
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.orders import Order

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

RUN: dict[str, Any] = {"pk": {"S": "RUN#ended"}, "sk": {"S": "RUN"}}


@pytest.fixture
def small() -> Iterator[SmallStore]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield SmallStore(boto3.client("s3", region_name="us-east-1"), boto3.client("dynamodb", region_name="us-east-1"))


def set_state(small: SmallStore, state: str) -> None:
    small.dynamodb.update_item(
        TableName="tasks",
        Key=RUN,
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":state": {"S": state}},
    )


def task_with_ids(small: SmallStore) -> None:
    """A checkpoint that names a video in each way in which one may."""
    spec = TaskSpec(kind=TaskKind.PAGES, stream="videos", dt=datetime(2026, 11, 20, tzinfo=UTC).date(), username=BEN)
    progress = Progress(
        not_returned=[HERS[0], HIS[0]], last_id=HERS[0], gaps=[Gap(GapReason.FAILED, item=f"video_id={HERS[0]}")]
    )
    item = {
        **items.task_key("ended", "a9.videos"),
        "state": {"S": "done"},
        "priority": {"N": "1"},
        "quota": {"S": "none"},
        "fence": {"N": "1"},
        "lease_until": {"S": items.EPOCH},
        "resume_at": {"S": items.EPOCH},
        "spec": items.json_text(spec),
        "progress": items.json_text(progress),
    }
    small.dynamodb.put_item(TableName="tasks", Item=item)


def test_until_the_table_says_that_a_run_has_ended_its_pages_and_tasks_stay(small: SmallStore) -> None:
    task_with_ids(small)
    set_state(small, "running")
    pages = small.store.keys("raw/")
    doomed = Doomed(videos=frozenset([HERS[0]]))
    small.deletion().begin(Order(run_id="order", rule=Rule.REFRESH, doomed=doomed))
    assert small.finish().left == 0
    assert small.store.keys("raw/") == pages
    assert "RUN#ended TASK#a9.videos" in small.places_of(HERS[0])
    set_state(small, "done")
    deleted = small.finish()
    assert [each.run_id for each in deleted.certificates.values()] == ["order-rest1"]
    # Files below imports/ and elsewhere are searched by a purge alone.
    assert small.places_of(HERS[0]) == set()
    (certificate,) = deleted.certificates.values()
    assert certificate.changed["table of tasks"] == {"items": 1}
    found = small.dynamodb.get_item(TableName="tasks", Key=items.task_key("ended", "a9.videos"))["Item"]
    task = items.task_from(found)
    assert task.damage == ""
    assert (task.progress.not_returned, task.progress.last_id) == ([HIS[0]], None)
    assert task.progress.gaps[0].item == "video_id=[deleted]"


def opened_again(cloud: Cloud, run_id: str) -> None:
    """The table as whoever ended the run left it, killed once the manifest was stored."""
    for item in cloud.dynamodb.scan(TableName=TASKS)["Items"]:
        if item["pk"]["S"] != f"RUN#{run_id}":
            continue
        if item["sk"]["S"] == "RUN":
            run = msgspec.json.decode(item["run"]["S"])
            due = {"runnable": {"S": items.RUNS}, "due": {"S": f"5#{run['started_at']}#scheduled"}}
            cloud.dynamodb.put_item(TableName=TASKS, Item={**item, **due, "state": {"S": "running"}})
        elif json.loads(item["spec"]["S"])["kind"] == "manifest":
            due = {
                "runnable": {"S": items.partition(run_id, "none")},
                "due": {"S": items.due(int(item["priority"]["N"]), items.EPOCH)},
            }
            cloud.dynamodb.put_item(TableName=TASKS, Item={**item, **due, "state": {"S": "pending"}})


def test_a_run_whose_end_was_cut_off_ends_as_it_had_though_its_pages_have_gone(make_cloud: "MakeCloud") -> None:
    stack = studied(make_cloud)
    cloud = stack.cloud
    (key,) = [each for each in cloud.keys("manifests/run=") if "study-" in each]
    run_id = cloud.json(key)["run_id"]
    opened_again(cloud, run_id)
    kept = {each: tag for each, tag in stack.etags().items() if each.startswith(("studies/", "manifests/"))}
    assert any(each.startswith("studies/seen/") for each in kept)
    for each in cloud.keys("raw/"):
        if f"run={run_id}" in each:
            cloud.s3.delete_object(Bucket=BUCKET, Key=each)
    cloud.finish()
    item = cloud.dynamodb.get_item(TableName=TASKS, Key=items.run_key(run_id))["Item"]
    assert item["state"]["S"] == "done"
    assert "runnable" not in item
    assert {each: tag for each, tag in stack.etags().items() if each.startswith(("studies/", "manifests/"))} == kept
