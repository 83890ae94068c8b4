from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.integration.collection.conftest import make_cloud
from tests.integration.lake_store.store import LakeStore

__all__ = ["make_cloud"]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[LakeStore]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield LakeStore.create(
            boto3.client("s3", region_name="us-east-1"), boto3.client("dynamodb", region_name="us-east-1")
        )
