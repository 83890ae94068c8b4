"""What newer code has stored is refused with one sentence and left as it is; when that code is there, work goes on."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cli import manifests
from tests.integration.collection.cloud import BUCKET, TASKS, USAGE_LOG, Cloud
from tests.integration.versions.conftest import VERSIONS, Restore, objects_of
from tests.integration.versions.test_older_versions import accounted, next_day
from tiktok_collector.collection.day_plans import day_plan
from tiktok_collector.errors import NewerVersion
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import decode_pages
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.studies.study_files import StudyFiles
from tiktok_collector.trend_lists.summary import decode_summary
from tiktok_collector.trends.poll import decode_poll

NEWEST = VERSIONS[-1]
DAY = date(2026, 11, 20)
SENTENCE = "has version 2, and this code reads 1 at most: deploy the version of the collector that wrote it"
PAGE = "raw/source=tiktok_research_api/entity=videos/dt=2026-11-20/run=under-way/a00001.videos.w001-g1-000001.json.gz"
RECORD = "studies/records/dt=2026-11-20/run=study-20261120-accounts.json.gz"


def newer(data: bytes) -> bytes:
    """A document as newer code may have written it: of version 2, with fields that nobody knows here."""
    packed = data[:2] == b"\x1f\x8b"
    whole = gzip.decompress(data) if packed else data
    head, line_feed, body = whole.partition(b"\n") if b'"body_sha256"' in whole else (whole, b"", b"")
    text = json.dumps({**json.loads(head), "version": 2, "estimate": [], "families": 7, "lines": "new"}).encode()
    changed = text + line_feed + body
    return gzip.compress(changed) if packed else changed


def make_newer(cloud: Cloud, key: str) -> bytes:
    data: bytes = cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    changed = newer(data)
    cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=changed)
    return changed


def set_version(cloud: Cloud, sk: str, version: int | None) -> None:
    """Marks an item of the run `under-way` as of a version, or as of the first one."""
    key = {"pk": {"S": "RUN#under-way"}, "sk": {"S": sk}}
    change: Any = {"Action": "DELETE"} if version is None else {"Action": "PUT", "Value": {"N": str(version)}}
    cloud.dynamodb.update_item(TableName=TASKS, Key=key, AttributeUpdates={"version": change})


def item(cloud: Cloud, sk: str) -> dict[str, Any]:
    key = {"pk": {"S": "RUN#under-way"}, "sk": {"S": sk}}
    found: dict[str, Any] = cloud.dynamodb.get_item(TableName=TASKS, Key=key)["Item"]
    return found


@pytest.mark.parametrize("sk", ["RUN", "TASK#a00001.videos.w002", "TASK#a00001.profile"])
def test_a_run_with_an_item_of_newer_code_is_left_to_it(restore: Restore, sk: str) -> None:
    cloud = restore(VERSIONS[0])
    next_day(cloud)
    set_version(cloud, sk, 2)
    before = item(cloud, sk)
    cloud.tick()
    left = [extra["reason"] for line, extra in cloud.log.lines if "left to newer code" in line]
    assert any(SENTENCE in str(reason) for reason in left)
    assert item(cloud, sk) == before
    assert cloud.manifest("under-way")["status"] == "running"
    assert item(cloud, "RUN")["state"] == {"S": "running"}
    assert not cloud.export_keys("stormy")
    set_version(cloud, sk, None)
    cloud.finish()
    assert cloud.manifest("under-way")["status"] == "complete"


def test_a_page_of_newer_code_stops_the_export_and_not_for_good(restore: Restore) -> None:
    cloud = restore(VERSIONS[0])
    next_day(cloud)
    newer_page = make_newer(cloud, PAGE)
    for _ in range(3):
        cloud.tick()
        cloud.clock.sleep(600)
    reasons = [str(extra.get("reason")) for line, extra in cloud.log.lines if line == "task interrupted"]
    assert any(f"The raw page {PAGE} {SENTENCE}" in reason for reason in reasons)
    assert cloud.manifest("under-way")["status"] == "running"
    assert cloud.s3.get_object(Bucket=BUCKET, Key=PAGE)["Body"].read() == newer_page
    cloud.s3.put_object(Bucket=BUCKET, Key=PAGE, Body=objects_of(VERSIONS[0])[PAGE])
    cloud.finish()
    assert cloud.manifest("under-way")["status"] == "complete"


@pytest.mark.parametrize("key", ["usage/dt=2026-11-18/tiktok_api_usage_log.json", "usage/history.json"])
def test_the_accountant_does_not_write_over_what_newer_code_has_written(restore: Restore, key: str) -> None:
    cloud = restore(NEWEST)
    changed = make_newer(cloud, key)
    with pytest.raises(NewerVersion, match=SENTENCE):
        accounted(cloud)
    assert cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == changed


def test_the_ledger_counts_nothing_on_a_counter_or_entry_of_newer_code(restore: Restore) -> None:
    cloud = restore(NEWEST)
    pk = {"S": "2026-11-20#research"}
    for each in cloud.dynamodb.query(
        TableName=USAGE_LOG, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": pk}
    )["Items"]:
        cloud.dynamodb.put_item(TableName=USAGE_LOG, Item={**each, "version": {"N": "2"}})
    with pytest.raises(NewerVersion, match=SENTENCE):
        cloud.used()
    with pytest.raises(NewerVersion, match=SENTENCE):
        cloud.entries()


def manifest_of_a_run(cloud: Cloud) -> object:
    return manifests.of_run(ObjectStore(cloud.s3, BUCKET), "finished")


def plan_of_the_day(cloud: Cloud) -> object:
    return day_plan(ObjectStore(cloud.s3, BUCKET), DAY)


def records_of_the_day(cloud: Cloud) -> object:
    return RecordStore(ObjectStore(cloud.s3, BUCKET), threads=1).of_day(DAY)


def last_valid_study(cloud: Cloud) -> object:
    return StudyFiles(ObjectStore(cloud.s3, BUCKET)).current()


@pytest.mark.parametrize(
    ("key", "read"),
    [
        ("manifests/run=finished.json", manifest_of_a_run),
        ("studies/plans/dt=2026-11-20.json.gz", plan_of_the_day),
        (RECORD, records_of_the_day),
        ("studies/accepted.json.gz", last_valid_study),
    ],
)
def test_documents_of_newer_code_are_refused(restore: Restore, key: str, read: Callable[[Cloud], object]) -> None:
    cloud = restore(NEWEST)
    assert read(cloud)
    make_newer(cloud, key)
    with pytest.raises(NewerVersion, match=SENTENCE):
        read(cloud)


def test_a_page_whose_fields_are_all_new_is_newer_and_not_damaged() -> None:
    data = gzip.compress(b'{"version": 3, "parts": []}\n{}')
    with pytest.raises(NewerVersion, match="The raw page some-key has version 3"):
        decode_pages(data, key="some-key")


def test_polls_and_summaries_of_trends_are_refused_alike() -> None:
    with pytest.raises(NewerVersion, match=f"The poll some-key {SENTENCE}"):
        decode_poll(b'{"version": 2}', "some-key")
    with pytest.raises(NewerVersion, match=f"The summary of trends {SENTENCE}"):
        decode_summary(b'{"version": 2, "days": []}')
