"""What DynamoDB's refusals mean for the caller."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import ClientError, HTTPClientError

from tiktok_collector.errors import MissingResource, Retriable

_PASSING: Final = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TransactionConflictException",
    }
)
_ABSENT: Final = frozenset({"ResourceNotFoundException", "AccessDeniedException", "AccessDenied"})


def code_of(error: ClientError) -> str:
    """The service's error code."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def table_errors(table: str) -> Iterator[None]:
    """Translate DynamoDB's errors into types that say what to do; a failed condition passes through.

    Raises:
        Retriable: throttled after botocore's own retries, or unreachable.
        MissingResource: the table is not there or may not be used.
    """
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in _PASSING:
            raise Retriable(f"DynamoDB is refusing work on table {table} just now ({code}); try again.") from error
        if code in _ABSENT:
            raise MissingResource(
                f"The table {table} is missing or may not be used ({code}); deploy the stack again."
            ) from error
        raise
    except HTTPClientError as error:
        raise Retriable(f"DynamoDB cannot be reached for table {table} ({type(error).__name__}); try again.") from error
