"""A row store for each test, in a bucket of its own; making clients takes longer than most tests do."""

from collections.abc import Iterator
from itertools import count

import boto3
import pytest
from moto import mock_aws

from tests.integration.collection.conftest import make_cloud
from tests.integration.lake_store.store import Clients, LakeStore

__all__ = ["make_cloud"]

_NUMBERS = count()


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        with mock_aws():
            yield Clients(
                boto3.client("s3", region_name="us-east-1"), boto3.client("dynamodb", region_name="us-east-1")
            )


@pytest.fixture
def store(clients: Clients) -> LakeStore:
    return LakeStore(clients, f"lake{next(_NUMBERS)}")
