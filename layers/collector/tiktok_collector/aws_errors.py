"""What an AWS refusal means to the collector: one table from error code to error type."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_collector.errors import AwsBusy, CollectorError, Fatal, MissingResource

CONDITION_FAILED: Final = "ConditionalCheckFailedException"

_MISSING: Final = frozenset({"ResourceNotFoundException", "NoSuchBucket", "TableNotFoundException"})
_FORBIDDEN: Final = frozenset({"AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "403"})
_PASSING: Final = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "InternalServiceError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "503",
    }
)


def error_code(error: ClientError) -> str:
    """The AWS error code of `error`, such as `AccessDeniedException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def typed(error: ClientError, resource: str) -> CollectorError:
    """The collector's error for a refusal by `resource` (say "the table Tasks-1")."""
    code = error_code(error)
    if code in _MISSING:
        return MissingResource(
            f"There is no {resource}: deploy the stack (again), or correct the name in its settings."
        )
    if code in _FORBIDDEN:
        return MissingResource(
            f"AWS does not let this function use {resource} ({code}): deploy the stack's policies again."
        )
    if code in _PASSING:
        return AwsBusy(f"AWS is busy with {resource} ({code}): the work is kept and goes on at the next tick.")
    return Fatal(f"AWS refused a call to {resource}: {code}.")


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
    except BotoCoreError as error:
        raise AwsBusy(f"AWS did not answer for {resource} ({type(error).__name__}): the work is kept.") from error
