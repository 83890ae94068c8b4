"""Errors of AWS, of the functions and of the local cloud, as one sentence and one exit code."""

from collections.abc import Iterator
from typing import Final

from botocore import exceptions as aws
from botocore.exceptions import BotoCoreError, ClientError

from cli.exit_codes import ExitCode
from local_cloud.errors import LocalCloudError, in_words
from local_cloud.invocation import FunctionFailed
from tiktok_collector.aws_errors import error_code
from tiktok_collector.errors import CollectorError

_SESSION_CODES: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
_FORBIDDEN_CODES: Final = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "Forbidden", "NotAuthorized", "UnauthorizedOperation"}
)
_SESSION_ERRORS: Final = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.ProfileNotFound,
    aws.RefreshWithMFAUnsupportedError,
    aws.SSOError,
    aws.TokenRetrievalError,
    aws.UnknownCredentialError,
)
_LOG_IN: Final = "log in again (such as `aws sso login`), or name another with --profile"


class Failure(Exception):
    """What keeps a command from being done: a sentence for a person, an exit code for a script.

    Of a file with several problems, `more` has a sentence for each of the others.
    """

    def __init__(self, code: ExitCode, sentence: str, *more: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.more = more


def failure(error: Exception) -> Failure | None:
    """`error` as a sentence with a code; None where it is none of those that can be expected."""
    if isinstance(error, Failure):
        return error
    if found := _of_aws(error):
        return found
    if isinstance(error, FunctionFailed):
        return Failure(ExitCode.REFUSED, str(error))
    if isinstance(error, LocalCloudError):
        return Failure(ExitCode.LOCAL_DOWN, str(error))
    if isinstance(error, CollectorError):
        return Failure(ExitCode.REFUSED, str(error))
    return None


def _of_aws(error: BaseException) -> Failure | None:
    """What botocore said, also where another error was made of it."""
    for each in _causes(error):
        if isinstance(each, ClientError):
            return _refusal(each)
        if isinstance(each, _SESSION_ERRORS):
            return Failure(ExitCode.NO_SESSION, f"There are no AWS credentials to use ({in_words(each)}): {_LOG_IN}.")
        if isinstance(each, aws.InvalidRegionError):
            return Failure(ExitCode.WRONG_REGION, f"That is no AWS region ({in_words(each)}): correct --region.")
        if isinstance(each, aws.NoRegionError):
            return Failure(
                ExitCode.WRONG_REGION, "No AWS region is set: name it with --region, or set it in the profile."
            )
        if isinstance(each, BotoCoreError):
            return Failure(
                ExitCode.NO_ANSWER,
                f"AWS did not answer ({in_words(each)}): check the network and --region, and try again.",
            )
    return None


def _refusal(error: ClientError) -> Failure:
    code, operation = error_code(error), error.operation_name
    if code in _SESSION_CODES:
        return Failure(ExitCode.NO_SESSION, f"AWS does not take your credentials any more ({code}): {_LOG_IN}.")
    if code in _FORBIDDEN_CODES or code.startswith("AccessDenied"):
        return Failure(
            ExitCode.NO_PERMISSION,
            f"AWS does not let you do {operation} ({code}): ask who administers the account for this permission, or "
            "name another identity with --profile.",
        )
    if code in {"ResourceNotFoundException", "NoSuchBucket", "404"}:
        return Failure(
            ExitCode.STACK_INCOMPLETE,
            f"The stack names something that is not there ({operation}: {code}): deploy it again.",
        )
    message = in_words(error.response.get("Error", {}).get("Message", ""))
    return Failure(ExitCode.NO_ANSWER, f"AWS refused {operation} ({code}: {message}): try again later.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
