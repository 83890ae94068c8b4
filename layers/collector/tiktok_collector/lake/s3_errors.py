"""One table from S3's errors to ours; a context manager applies it around each call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore import exceptions as boto

from tiktok_collector.errors import AlreadyCommitted, CollectorError, Fatal, MissingResource, Retriable


class UploadLost(CollectorError):
    """A multipart upload no longer exists (aborted, or swept by the lifecycle rule): start it again from its rows."""


class WriteConflict(Retriable):
    """409: another write to the same key is under way; the writer tries again after a moment."""


_REFUSED: Final = frozenset({"AccessDenied", "AllAccessDisabled", "AccountProblem", "KMS.DisabledException", "403"})
_REJECTED_CREDENTIALS: Final = frozenset(
    {"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "TokenRefreshRequired"}
)
_PASSING: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "InternalError",
        "RequestTimeout",
        "RequestTimeTooSkewed",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_CONFLICTS: Final = frozenset({"ConditionalRequestConflict", "OperationAborted"})
_SERVER_ERROR: Final = 500


@contextmanager
def s3_errors(bucket: str, key: str) -> Iterator[None]:
    """Raise botocore's errors as ours, naming the object.

    Raises:
        MissingResource: the bucket is absent or may not be used.
        Retriable: S3 or the network failed after botocore's own retries.
        WriteConflict: 409, another write to the key is under way.
        AlreadyCommitted: 412, the key exists.
        UploadLost: the multipart upload does not exist any more.
        Fatal: anything else; trying again cannot help.
    """
    try:
        yield
    except boto.ClientError as error:
        raise _translate(error, bucket, key) from error
    except (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError) as error:
        raise Fatal(f"No AWS credentials for the bucket {bucket}; sign in, or give the function its role.") from error
    except boto.ParamValidationError as error:
        raise Fatal(f"S3 cannot take the request for s3://{bucket}/{key}: {error}") from error
    except boto.BotoCoreError as error:
        raise Retriable(f"S3 gave no answer for s3://{bucket}/{key} ({type(error).__name__}); try again.") from error


def is_absent(error: boto.ClientError) -> bool:
    """Whether `error` says that the object (not the bucket) is not there; HEAD has only the status to say it."""
    return error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404", "NotFound"}


def _translate(error: boto.ClientError, bucket: str, key: str) -> CollectorError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    where = f"s3://{bucket}/{key}"
    made: CollectorError
    if code == "NoSuchBucket":
        made = MissingResource(f"The bucket {bucket} does not exist; deploy the stack, or correct the BUCKET setting.")
    elif code in _REFUSED:
        made = MissingResource(
            f"Access to {where} is refused ({code}); check the function's S3 permissions and the bucket's policy."
        )
    elif code in _REJECTED_CREDENTIALS:
        made = Fatal(f"AWS rejects the credentials for {where} ({code}); sign in again or check the function's role.")
    elif code == "NoSuchUpload":
        made = UploadLost(f"The multipart upload of {where} no longer exists; start the upload again.")
    elif code in {"PreconditionFailed", "412"}:
        made = AlreadyCommitted(f"{where} exists already; read it instead of writing it.")
    elif code in _CONFLICTS:
        made = WriteConflict(f"Another write to {where} is under way ({code}); try again.")
    elif code in _PASSING or status >= _SERVER_ERROR:
        made = Retriable(f"S3 cannot serve {where} just now ({code or status}); try again.")
    else:
        made = Fatal(f"S3 refused {error.operation_name} of {where} with {code or status}.")
    return made
