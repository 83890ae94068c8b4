"""The client-credentials grant (API: OAuth token management): one form post, one token for two hours.

Nothing here logs, and every error is raised outside the block that handled the cause, so that no traceback leads back
to a request or an answer with a secret in it.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec
import requests
from pydantic import SecretStr

from tiktok_collector import __version__
from tiktok_collector.clock import Clock
from tiktok_collector.errors import CollectorError, Fatal, TokenUnavailable
from tiktok_collector.http.session import BrokenBody, OneAnswer, read_body
from tiktok_collector.tokens.client_versions import ClientCredentials
from tiktok_collector.tokens.secret_json import decode_secret

# Short enough that two attempts end before the caller's own read timeout (aws.py).
_TIMEOUTS: Final = (3.05, 10.0)
_ATTEMPTS: Final = 2
_PAUSE_SECONDS: Final = 1.0
_DESCRIPTION_SHOWN: Final = 200
_MOST_BYTES: Final = 64 * 1024
"""Of an answer: a token and a few words take less than one of these KiB."""
_LONGEST_TOKEN: Final = 8_192
"""Secrets Manager keeps eight times as much, and no server takes a longer header."""
_LONGEST_LIFE_SECONDS: Final = 30 * 86_400
"""Of a token; one that is said to live longer is renewed after that, too."""

_CREDENTIALS_WRONG: Final = frozenset({"access_denied", "invalid_client", "invalid_grant", "unauthorized_client"})
_NOT_ALLOWED: Final = frozenset({"invalid_scope"})
_MALFORMED: Final = frozenset({"invalid_request", "unsupported_grant_type", "unsupported_response_type"})


@dataclass(frozen=True, slots=True)
class Granted:
    """A new token and how long it lives."""

    access_token: SecretStr
    lifetime: timedelta


class _Answer(msgspec.Struct, frozen=True):
    access_token: SecretStr | None = None
    expires_in: int = 0
    error: Any = None
    error_description: Any = None


class TokenEndpoint:
    """TikTok's token endpoint at a base URL."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        self._url = f"{base_url.rstrip('/')}/v2/oauth/token/"
        self._clock = clock

    def grant(self, credentials: ClientCredentials) -> Granted:
        """Ask for a token; what may pass is tried once more.

        Raises:
            Fatal: TikTok refuses the credentials, the project or the form of the request.
            TokenUnavailable: the endpoint is unreachable or answers nonsense for now.
        """
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._clock.sleep(_PAUSE_SECONDS)
            outcome = self._attempt(credentials)
            if not isinstance(outcome, TokenUnavailable):
                break
        if isinstance(outcome, Granted):
            return outcome
        raise outcome

    def _attempt(self, credentials: ClientCredentials) -> Granted | CollectorError:
        form = {
            "client_key": credentials.client_key.get_secret_value(),
            "client_secret": credentials.client_secret.get_secret_value(),
            "grant_type": "client_credentials",
        }
        headers = {"Cache-Control": "no-cache", "User-Agent": f"tiktok-research-collector/{__version__}"}
        deadline = time.monotonic() + sum(_TIMEOUTS)
        try:
            with (
                OneAnswer() as session,
                session.post(
                    self._url, data=form, headers=headers, timeout=_TIMEOUTS, allow_redirects=False, stream=True
                ) as response,
            ):
                status, body = response.status_code, read_body(response, most=_MOST_BYTES, deadline=deadline)
        except requests.RequestException as error:
            reason = type(error).__name__
            return TokenUnavailable(f"The token endpoint {self._url} does not answer ({reason}): is it up?")
        except BrokenBody as error:
            what = str(error)
            return TokenUnavailable(f"The token endpoint {self._url} answered with {what}; try again.")
        return self._read(status, body, credentials)

    def _read(self, status: int, body: bytes, credentials: ClientCredentials) -> Granted | CollectorError:
        answer = decode_secret(body, _Answer)
        if answer is None:
            return TokenUnavailable(f"The token endpoint {self._url} answered {status} without a token or an error.")
        if answer.error:
            return self._refusal(status, answer, credentials)
        if status == requests.codes.ok and answer.access_token and answer.expires_in > 0:
            if not _is_token(answer.access_token.get_secret_value()):
                return TokenUnavailable(
                    f"The token endpoint {self._url} gave a token that no header can carry; try again."
                )
            return Granted(answer.access_token, timedelta(seconds=min(answer.expires_in, _LONGEST_LIFE_SECONDS)))
        return TokenUnavailable(f"The token endpoint {self._url} answered {status} without a token or an error.")

    def _refusal(self, status: int, answer: _Answer, credentials: ClientCredentials) -> CollectorError:
        """The error for an error answer, which comes with status 200 as well as 4xx."""
        code = _shown(answer.error, credentials)
        said = f"{code}: {_shown(answer.error_description, credentials)}" if answer.error_description else code
        if code in _CREDENTIALS_WRONG:
            return Fatal(f"TikTok refuses the client credentials ({said}): correct client_key and client_secret.")
        if code in _NOT_ALLOWED:
            return Fatal(f"TikTok does not allow this client the Research API ({said}): check the project's approval.")
        if code in _MALFORMED:
            return Fatal(f"TikTok does not understand the token request ({said}): report this as a defect.")
        return TokenUnavailable(f"The token endpoint {self._url} answered {status} ({said}); try again.")


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text and len(text) <= _LONGEST_TOKEN


def _shown(text: Any, credentials: ClientCredentials) -> str:
    """The server's words, cut short, on one line, and without the credentials should it repeat them."""
    shown = text if isinstance(text, str) else "an error that is not a text"
    for secret in (credentials.client_secret, credentials.client_key):
        shown = shown.replace(secret.get_secret_value(), "…")
    return " ".join(shown.split())[:_DESCRIPTION_SHOWN]
