"""What the closing tables read from the local AWS, played by moto."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local_cloud.endpoint import LocalAws
from local_cloud.orders import Order
from local_cloud.quota_today import deployed_limits
from local_cloud.results import results_of
from local_cloud.stack import Stack
from local_cloud.watch import RunStatus, SubjectStatus
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.quota.families import Family

BUCKET, WORKER = "lake", "worker"
STACK = Stack(
    BUCKET,
    "usage",
    "tasks",
    "client",
    "token",
    "refresh",
    "extraction",
    "search",
    WORKER,
    "accounting",
    "trends",
    "trend-secret",
    "curation",
    "data-refresh",
    "import",
)
ORDER = Order("make-1", {"usernames": ["someone"], "include": ["profile", "followers"], "run_id": "make-1"})
STATUS = RunStatus(
    "make-1",
    planned=True,
    finished=False,
    subjects=[SubjectStatus("someone", total=2, done=1, parked=1, failed=0, pages=1, rows=1, requests=1)],
    due=datetime(2026, 11, 21, 0, 2, tzinfo=UTC),
    reasons=["no connection: ('Connection aborted.', RemoteDisconnected('Remote end closed connection'))"],
)


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    with mock_aws():
        yield LocalAws("https://s3.us-east-1.amazonaws.com")


def put_manifest(aws: LocalAws, **manifest: Any) -> None:
    aws.s3.create_bucket(Bucket=BUCKET)
    aws.s3.put_object(Bucket=BUCKET, Key=manifest_key("make-1"), Body=json.dumps(manifest).encode())


def test_a_run_under_way_has_pending_columns_and_says_why_it_rests(aws: LocalAws) -> None:
    put_manifest(aws, status="running", started_at="2026-11-20T16:03:12.297Z")
    (result,) = results_of(aws, BUCKET, ORDER, STATUS, None)
    assert result.pending == {"profile", "followers"}
    assert result.started_at == "2026-11-20T16:03:12.297Z"
    assert result.reason.startswith("rests until 2026-11-21 00:02 UTC")
    assert "RemoteDisconnected" not in result.reason


def test_a_run_that_failed_is_not_pending_and_leaves_the_sentence_to_be_said_once(aws: LocalAws) -> None:
    put_manifest(aws, status="running", started_at="2026-11-20T16:03:12.297Z")
    (result,) = results_of(aws, BUCKET, ORDER, STATUS, "The sentence.")
    assert result.pending == frozenset()
    assert not result.complete
    assert "The sentence." not in result.reason


def test_the_limits_are_those_that_are_deployed() -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as package:
        package.writestr("app.py", "")
    with mock_aws():
        aws = LocalAws("https://lambda.us-east-1.amazonaws.com")
        iam = boto3.client("iam", region_name="us-east-1")
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        aws.lambda_.create_function(
            FunctionName=WORKER,
            Runtime="python3.13",
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": {"RESEARCH_DAILY_LIMIT": "500", "FOLLOWERS_DAILY_LIMIT": "7"}},
        )
        assert deployed_limits(aws, STACK) == {Family.RESEARCH: 500, Family.FOLLOWERS: 7}
