"""S3's errors, as botocore's Stubber reports them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ParamValidationError
from botocore.stub import Stubber

from tiktok_collector.errors import AlreadyCommitted, AwsBusy, CollectorError, Fatal, InvocationStopped, MissingResource
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.lake.s3_errors import UploadLost, s3_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "raw/x"


class HandClock:
    """A clock that remembers how long it was asked to wait."""

    def __init__(self) -> None:
        self.slept = timedelta()

    def now(self) -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC) + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += timedelta(seconds=seconds)


@pytest.fixture
def s3() -> "S3Client":
    return boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def stub(s3: "S3Client") -> Iterator[Stubber]:
    with Stubber(s3) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("NoSuchBucket", 404, (MissingResource, "There is no bucket lake: deploy the stack")),
        ("AccessDenied", 403, (MissingResource, "does not let this function use object s3://lake/raw/x")),
        ("SlowDown", 503, (AwsBusy, "s3://lake/raw/x")),
        ("InvalidObjectState", 403, (Fatal, "s3://lake/raw/x is archived")),
        ("ServiceUnavailable", 503, (AwsBusy, "s3://lake/raw/x")),
        ("InternalError", 500, (AwsBusy, "s3://lake/raw/x")),
        ("RequestTimeout", 400, (AwsBusy, "s3://lake/raw/x")),
        ("Throttling", 400, (AwsBusy, "s3://lake/raw/x")),
        ("NeverHeardOfIt", 500, (AwsBusy, "s3://lake/raw/x")),
        ("PreconditionFailed", 412, (AlreadyCommitted, "s3://lake/raw/x exists already")),
        ("ExpiredToken", 400, (InvocationStopped, "sign in again")),
        ("RequestTimeTooSkewed", 403, (InvocationStopped, "this machine's clock; the work is kept")),
        ("KMS.DisabledException", 400, (MissingResource, "the key that encrypts object s3://lake/raw/x")),
        ("NeverHeardOfIt", 403, (MissingResource, "deploy the stack's policies again")),
        ("InvalidRequest", 400, (Fatal, "AWS refused a call to object s3://lake/raw/x: InvalidRequest")),
    ],
)
def test_each_error_says_what_to_do(
    s3: "S3Client", stub: Stubber, code: str, status: int, expected: tuple[type[CollectorError], str]
) -> None:
    raises, says = expected
    stub.add_client_error("put_object", code, http_status_code=status)
    with pytest.raises(CollectorError, match=says) as caught:
        RawPageStore(s3, "lake").put(KEY, b"data")
    assert type(caught.value) is raises


def test_a_conflicting_write_is_tried_again(s3: "S3Client", stub: Stubber) -> None:
    clock = HandClock()
    stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    stub.add_response("put_object", {})
    RawPageStore(s3, "lake", clock=clock).put(KEY, b"data")
    assert timedelta(0) < clock.slept < timedelta(seconds=5)


def test_the_winner_of_a_conflict_is_found_out(s3: "S3Client", stub: Stubber) -> None:
    stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    stub.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    with pytest.raises(AlreadyCommitted):
        RawPageStore(s3, "lake", clock=HandClock()).put(KEY, b"data")


def test_a_conflict_that_stays_is_retriable(s3: "S3Client", stub: Stubber) -> None:
    for _ in range(4):
        stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    with pytest.raises(AwsBusy, match="Another write to s3://lake/raw/x is under way"):
        RawPageStore(s3, "lake", clock=HandClock()).put(KEY, b"data")


def test_a_page_is_only_written_if_it_is_new(s3: "S3Client", stub: Stubber) -> None:
    stub.add_response(
        "put_object",
        {},
        {"Bucket": "lake", "Key": KEY, "Body": b"data", "ContentType": "application/gzip", "IfNoneMatch": "*"},
    )
    RawPageStore(s3, "lake").put(KEY, b"data")


@pytest.mark.parametrize("method", ["get_object", "head_object"])
def test_a_forbidden_object_is_not_an_absent_one(s3: "S3Client", stub: Stubber, method: str) -> None:
    stub.add_client_error(method, "403" if method == "head_object" else "AccessDenied", http_status_code=403)
    store = ObjectStore(s3, "lake")
    with pytest.raises(MissingResource):
        store.get_bytes(KEY) if method == "get_object" else store.exists(KEY)


def test_an_upload_that_is_gone_is_started_again(s3: "S3Client", stub: Stubber) -> None:
    stub.add_client_error("upload_part", "NoSuchUpload", http_status_code=404)
    with pytest.raises(UploadLost, match="start the upload again"):
        MultipartUpload(s3, "lake").upload_part(KEY, "u1", 1, b"data", last=True)


def test_a_completed_upload_is_forgotten_but_complete(s3: "S3Client", stub: Stubber) -> None:
    stub.add_client_error("complete_multipart_upload", "NoSuchUpload", http_status_code=404)
    stub.add_response("head_object", {})
    MultipartUpload(s3, "lake").complete(KEY, "u1", ["etag"])


def test_an_upload_that_is_gone_without_its_object_is_lost(s3: "S3Client", stub: Stubber) -> None:
    stub.add_client_error("complete_multipart_upload", "NoSuchUpload", http_status_code=404)
    stub.add_client_error("head_object", "404", http_status_code=404)
    with pytest.raises(UploadLost):
        MultipartUpload(s3, "lake").complete(KEY, "u1", ["etag"])


@pytest.mark.parametrize(
    ("error", "raises"),
    [
        (EndpointConnectionError(endpoint_url="http://localhost:1"), AwsBusy),
        (NoCredentialsError(), InvocationStopped),
        (ParamValidationError(report="Invalid bucket name"), Fatal),
    ],
)
def test_failures_before_s3_are_typed_too(error: Exception, raises: type[CollectorError]) -> None:
    with pytest.raises(CollectorError) as caught, s3_errors("lake", KEY):
        raise error
    assert type(caught.value) is raises
