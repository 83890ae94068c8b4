"""The access token as collectors see it: cached, read from its secret, renewed by `token_refresh`."""

from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec

from tiktok_collector.aws_errors import translated
from tiktok_collector.clock import Clock
from tiktok_collector.documents import well_read
from tiktok_collector.errors import AwsBusy, Fatal, InvalidRequest, InvocationStopped, MissingResource, TokenUnavailable
from tiktok_collector.tokens.secret_store import SecretStore
from tiktok_collector.tokens.stored_token import AccessToken, read_token

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

__all__ = ["AccessToken", "AccessTokens"]

# A version just written may take a moment to be readable everywhere.
_READS: Final = 4
_READ_PAUSE_SECONDS: Final = 0.5
_A_PERSON_MUST_ACT: Final = frozenset(
    {Fatal.__name__, InvalidRequest.__name__, InvocationStopped.__name__, MissingResource.__name__}
)
_MAY_PASS: Final = frozenset({AwsBusy.__name__, TokenUnavailable.__name__})


class _Refreshed(msgspec.Struct, frozen=True):
    version_id: str


class _Failure(msgspec.Struct, frozen=True):
    errorType: str = ""  # noqa: N815 - Lambda's name for it
    errorMessage: str = ""  # noqa: N815 - Lambda's name for it


_REFRESHED: Final = msgspec.json.Decoder(_Refreshed)
_FAILURE: Final = msgspec.json.Decoder(_Failure)


class AccessTokens:
    """Hands out the stack's access token; safe for many threads, of which one renews for all."""

    def __init__(
        self,
        secrets_client: "SecretsManagerClient",
        secret_arn: str,
        lambda_client: "LambdaClient",
        token_refresh_function: str,
        clock: Clock,
    ) -> None:
        self._store = SecretStore(secrets_client, secret_arn)
        self._lambda = lambda_client
        self._function = token_refresh_function
        self._clock = clock
        self._lock = Lock()
        self._cached: AccessToken | None = None

    def get(self) -> AccessToken:
        """A token that may be sent; `token_refresh` is asked for one if the stored one is absent or about to expire.

        Raises:
            TokenUnavailable: there is none just now; try again later.
            Fatal: the client's credentials are missing, malformed or refused.
            MissingResource: the secret or `token_refresh` is absent or may not be used.
            AwsBusy: AWS is busy or unreachable.
        """
        with self._lock:
            if self._cached is None or not self._cached.is_good(self._clock.now()):
                self._cached = self._stored_or_new({}, rejected=None)
            return self._cached

    def renew(self, rejected: AccessToken) -> AccessToken:
        """A token other than the one that the server rejected (401); raises as `get` does."""
        with self._lock:
            cached = self._cached
            if cached is None or cached.version_id == rejected.version_id or not cached.is_good(self._clock.now()):
                self._cached = cached = self._stored_or_new(
                    {"rejected_version": rejected.version_id}, rejected=rejected.version_id
                )
            return cached

    def _stored_or_new(self, request: dict[str, str], *, rejected: str | None) -> AccessToken:
        stored = read_token(self._store.read())
        if stored and stored.version_id != rejected and stored.is_good(self._clock.now()):
            return stored
        version_id = self._ask_token_refresh(request)
        for attempt in range(_READS):
            if attempt:
                self._clock.sleep(_READ_PAUSE_SECONDS)
            token = read_token(self._store.read(version_id))
            if token:
                return token
        raise TokenUnavailable("The access token that token_refresh stored cannot be read yet; try again.")

    def _ask_token_refresh(self, request: dict[str, str]) -> str:
        """The version id of a usable token. The answer is never logged nor quoted, our own error sentences apart."""
        with translated(f"function {self._function}"):
            answer = self._lambda.invoke(
                FunctionName=self._function,
                InvocationType="RequestResponse",
                Payload=msgspec.json.encode(request),
            )
            payload = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise _failure(payload)
        try:
            return well_read(_REFRESHED.decode, payload).version_id
        except msgspec.DecodeError:
            problem = TokenUnavailable("token_refresh gave an answer that is not its report; look at its log.")
        raise problem


def _failure(payload: bytes) -> Fatal | TokenUnavailable:
    """What a failed `token_refresh` means here; only sentences of the collector's own errors are passed on."""
    try:
        failure = well_read(_FAILURE.decode, payload)
    except msgspec.DecodeError:
        failure = _Failure()
    if failure.errorType in _A_PERSON_MUST_ACT:
        return Fatal(failure.errorMessage)
    if failure.errorType in _MAY_PASS:
        return TokenUnavailable(failure.errorMessage)
    return TokenUnavailable("token_refresh failed unexpectedly; look at its log.")
