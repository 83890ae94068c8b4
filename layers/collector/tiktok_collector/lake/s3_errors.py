"""What S3 says beyond the errors that all AWS services share (`aws_errors`), around each call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore import exceptions as boto

from tiktok_collector.aws_errors import NO_ANSWER, NO_CREDENTIALS, error_code, http_status, rejected_credentials, typed
from tiktok_collector.errors import AlreadyCommitted, AwsBusy, CollectorError, Fatal


class UploadLost(CollectorError):
    """A multipart upload no longer exists (aborted, or swept by the lifecycle rule): start it again from its rows."""


class WriteConflict(AwsBusy):
    """409: another write to the same key is under way; the writer tries again after a moment."""


_EXISTS: Final = frozenset({"PreconditionFailed", "412"})
_CONFLICTS: Final = frozenset({"ConditionalRequestConflict", "OperationAborted"})
_ABSENT: Final = frozenset({"NoSuchKey", "NotFound", "404"})
_SERVER_ERROR: Final = 500


@contextmanager
def s3_errors(bucket: str, key: str) -> Iterator[None]:
    """Raise botocore's errors as ours, naming the object.

    Raises:
        MissingResource: the bucket is absent or may not be used, or its key may not.
        InvocationStopped: AWS takes no request from us: credentials, or the clock.
        AwsBusy: S3 or the network failed after botocore's own retries.
        WriteConflict: 409, another write to the key is under way.
        AlreadyCommitted: 412, the key exists.
        UploadLost: the multipart upload does not exist any more.
        Fatal: anything else; trying again cannot help.
    """
    where = f"s3://{bucket}/{key}"
    try:
        yield
    except boto.ClientError as error:
        raise _translate(error, bucket, where) from error
    except NO_CREDENTIALS as error:
        raise rejected_credentials(f"bucket {bucket}", type(error).__name__) from error
    except boto.ParamValidationError as error:
        raise Fatal(f"S3 cannot take the request for {where}: {error}") from error
    except NO_ANSWER as error:
        raise AwsBusy(f"S3 gave no answer for {where} ({type(error).__name__}): try again.") from error


def is_absent(error: boto.ClientError) -> bool:
    """Whether `error` says that the object (not the bucket) is not there; HEAD has only the status to say it."""
    return error_code(error) in _ABSENT


def _translate(error: boto.ClientError, bucket: str, where: str) -> CollectorError:
    code = error_code(error)
    if code in _EXISTS:
        return AlreadyCommitted(f"{where} exists already; read it instead of writing it.")
    if code in _CONFLICTS:
        return WriteConflict(f"Another write to {where} is under way ({code}): try again.")
    if code == "NoSuchUpload":
        return UploadLost(f"The multipart upload of {where} no longer exists; start the upload again.")
    if code == "InvalidObjectState":
        return Fatal(f"The object {where} is archived, so it cannot be read: restore it (S3 RestoreObject).")
    if http_status(error) >= _SERVER_ERROR:
        return AwsBusy(f"S3 cannot serve {where} just now ({code}): try again.")
    return typed(error, f"bucket {bucket}" if code == "NoSuchBucket" else f"object {where}")
