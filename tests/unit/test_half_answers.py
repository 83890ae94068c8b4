"""An answer of AWS that breaks off in the middle is no answer, whatever can still be read of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tiktok_collector import aws
from tiktok_collector.aws_errors import translated
from tiktok_collector.errors import AwsBusy
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.tokens.secret_store import SecretStore

ITEM = b'{"Item":{"pk":{"S":"a"}}}'
LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


def answering[Client](client: Client, body: bytes, *, promised: int | None) -> Client:
    """The client, whose every request gets this answer."""

    class Raw:
        def stream(self, *_: object, **__: object) -> Iterator[bytes]:
            yield body

    def send(request: Any, **_: object) -> AWSResponse:
        headers = HTTPHeaders()
        if promised is not None:
            headers["content-length"] = str(promised)
        return AWSResponse(request.url, 200, headers, Raw())

    client.meta.events.register("before-send", send)  # type: ignore[attr-defined] # all clients of botocore
    return client


def read_item(body: bytes, promised: int | None) -> Any:
    client = answering(aws.dynamodb_client(), body, promised=promised)
    with translated("table T"):
        return client.get_item(TableName="T", Key={"pk": {"S": "a"}}).get("Item")


def test_a_whole_answer_is_taken_with_and_without_its_length() -> None:
    assert read_item(ITEM, len(ITEM)) == read_item(ITEM, None) == {"pk": {"S": "a"}}


@pytest.mark.parametrize("end", [0, 1, len(ITEM) - 1])
def test_half_an_item_is_not_an_absent_one(end: int) -> None:
    with pytest.raises(AwsBusy, match="table T"):
        read_item(ITEM[:end], len(ITEM))


def test_half_a_secret_is_not_an_empty_one() -> None:
    body = b'{"SecretString":"good","VersionId":"1"}'
    client = answering(aws.secrets_client(), body[:5], promised=len(body))
    with pytest.raises(AwsBusy, match="secret s"):
        SecretStore(client, "s").read()


@pytest.mark.parametrize("promised", [len(LISTING), None])
def test_half_a_listing_is_not_a_short_one(promised: int | None) -> None:
    client = answering(aws.s3_client(), LISTING[:30], promised=promised)
    with pytest.raises(AwsBusy, match="s3://lake/raw"):
        list(ObjectStore(client, "lake").keys("raw/"))
