"""What an AWS refusal means to the collector: one table from error code to error type."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from tiktok_collector.errors import AwsBusy, CollectorError, Fatal, InvocationStopped, MissingResource

CONDITION_FAILED: Final = "ConditionalCheckFailedException"

_MISSING: Final = frozenset({"ResourceNotFoundException", "NoSuchBucket", "TableNotFoundException"})
_FORBIDDEN: Final = frozenset({"AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "403"})
_REJECTED_CREDENTIALS: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
NO_CREDENTIALS: Final = (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError)
NO_ANSWER: Final = (BotoCoreError, ResponseParserError)
"""No answer, or half of one."""
_KEY_FAILED: Final = frozenset({"DecryptionFailure", "EncryptionFailure"})
_FORBIDDEN_STATUS: Final = 403
_TOO_MANY_STATUS: Final = 429
_SERVER_ERROR: Final = 500
_PASSING: Final = frozenset(
    {
        "BadDigest",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "IncompleteBody",
        "InternalError",
        "InternalServerError",
        "InternalServiceError",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "503",
    }
)


def error_code(error: ClientError) -> str:
    """The AWS error code of `error`, such as `AccessDeniedException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def typed(error: ClientError, resource: str) -> CollectorError:
    """The collector's error for a refusal by `resource` (say "the table Tasks-1").

    What concerns role, clock or key is no task's fault: it stops the invocation, and no task is given up for it.
    """
    code, status = error_code(error), http_status(error)
    if code in _MISSING:
        return MissingResource(
            f"There is no {resource}: deploy the stack (again), or correct the name in its settings."
        )
    if code in _REJECTED_CREDENTIALS:
        return rejected_credentials(resource, code)
    if _is_passing(code, status):
        return AwsBusy(f"AWS is busy with {resource} ({code}): the work is kept and goes on at the next tick.")
    if code.startswith("KMS") or code in _KEY_FAILED:
        return MissingResource(
            f"AWS cannot use the key that encrypts {resource} ({code}): enable it, and let this function use it."
        )
    if code in _FORBIDDEN or status == _FORBIDDEN_STATUS:
        return MissingResource(
            f"AWS does not let this function use {resource} ({code}): deploy the stack's policies again."
        )
    return Fatal(f"AWS refused a call to {resource}: {code}.")


def http_status(error: ClientError) -> int:
    """The status of the answer that `error` was made of; 0 if it is not known."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def rejected_credentials(resource: str, why: str) -> InvocationStopped:
    """The error for a request that AWS does not take from us, whatever it asks for."""
    return InvocationStopped(
        f"AWS rejects the credentials for {resource} ({why}): sign in again, or check the function's role and this "
        "machine's clock; the work is kept."
    )


def _is_passing(code: str, status: int) -> bool:
    if code.startswith("KMS") and ("Throttl" in code or "Internal" in code or "Timeout" in code):
        return True
    return code in _PASSING or status >= _SERVER_ERROR or status == _TOO_MANY_STATUS


@contextmanager
def translated(resource: str) -> Iterator[None]:
    """Within the block, botocore's errors about `resource` become the collector's.

    Conditional-check failures pass through as they are: they are answers, not errors.
    """
    try:
        yield
    except ClientError as error:
        if error_code(error) == CONDITION_FAILED:
            raise
        raise typed(error, resource) from error
    except NO_CREDENTIALS as error:
        raise rejected_credentials(resource, type(error).__name__) from error
    except NO_ANSWER as error:
        raise AwsBusy(f"AWS did not answer for {resource} ({type(error).__name__}): the work is kept.") from error
