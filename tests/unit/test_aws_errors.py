"""What a refusal by AWS means: busy, stopped by its surroundings, or the one request's own fault."""

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError

from tiktok_collector.aws_errors import translated
from tiktok_collector.errors import AwsBusy, CollectorError, Fatal, InvocationStopped, MissingResource


def refusal(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code, "Message": "…"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "UpdateItem")  # type: ignore[arg-type] # as much as is read


# Those of botocore's mode "standard", whatever their status.
TRIED_AGAIN = (
    "Throttling ThrottlingException ThrottledException RequestThrottledException TooManyRequestsException "
    "ProvisionedThroughputExceededException TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded "
    "LimitExceededException RequestThrottled SlowDown PriorRequestNotComplete EC2ThrottledException "
    "RequestTimeout RequestTimeoutException"
)


@pytest.mark.parametrize("code", TRIED_AGAIN.split())
def test_what_botocore_tries_again_is_weather_once_it_has_given_up(code: str) -> None:
    with pytest.raises(AwsBusy), translated("table T"):
        raise refusal(code, 400)


@pytest.mark.parametrize(
    ("code", "status", "raises"),
    [
        ("ProvisionedThroughputExceededException", 400, AwsBusy),
        ("TransactionConflictException", 400, AwsBusy),
        ("TransactionCanceledException", 400, AwsBusy),
        ("InternalServerError", 500, AwsBusy),
        # A body that did not arrive whole: S3 blames the request.
        ("IncompleteBody", 400, AwsBusy),
        ("BadDigest", 400, AwsBusy),
        # What stands between the service and us answers without a code, so botocore takes the status for it.
        ("500", 500, AwsBusy),
        ("502", 502, AwsBusy),
        ("504", 504, AwsBusy),
        ("429", 429, AwsBusy),
        ("KMSThrottlingException", 400, AwsBusy),
        ("ResourceNotFoundException", 400, MissingResource),
        ("AccessDeniedException", 400, MissingResource),
        ("KMSAccessDeniedException", 400, MissingResource),
        ("KMSInvalidStateException", 400, MissingResource),
        ("DecryptionFailure", 400, MissingResource),
        ("ExpiredTokenException", 400, InvocationStopped),
        ("InvalidSignatureException", 400, InvocationStopped),
        ("ValidationException", 400, Fatal),
    ],
)
def test_each_refusal_has_one_meaning(code: str, status: int, raises: type[CollectorError]) -> None:
    with pytest.raises(CollectorError) as caught, translated("table T"):
        raise refusal(code, status)
    assert type(caught.value) is raises
    assert "table T" in str(caught.value)


def test_a_condition_that_was_not_met_is_an_answer() -> None:
    with pytest.raises(ClientError), translated("table T"):
        raise refusal("ConditionalCheckFailedException", 400)


def test_silence_is_weather_and_missing_credentials_are_not() -> None:
    with pytest.raises(AwsBusy), translated("table T"):
        raise ReadTimeoutError(endpoint_url="https://aws.example")
    with pytest.raises(InvocationStopped, match="sign in again"), translated("table T"):
        raise NoCredentialsError
