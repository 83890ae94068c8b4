"""Sends one request to the Research API and returns the answer unjudged; it never retries by itself."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

import msgspec
import requests
from requests import exceptions as http_errors
from requests.auth import AuthBase
from urllib3 import exceptions as wire_errors

from tiktok_collector import __version__
from tiktok_collector.clock import Clock
from tiktok_collector.errors import CollectorError, Fatal, InvalidRequest, Retriable, Unreachable
from tiktok_collector.research_api.answer import Answer
from tiktok_collector.research_api.endpoints import Endpoint

if TYPE_CHECKING:
    from pydantic import SecretStr  # only the name: importing pydantic would double this module's cold start

CONNECT_TIMEOUT_SECONDS: Final = 5.0
MAX_BODY_BYTES: Final = 32 * 1024 * 1024
USER_AGENT: Final = f"tiktok-research-collector/{__version__}"

_READ_BYTES: Final = 256 * 1024
_RETRY_AFTER_BOUNDS: Final = (1.0, 300.0)

# Before these the request cannot have left: no connection existed.
_NOTHING_SENT: Final = (wire_errors.NewConnectionError, wire_errors.ConnectTimeoutError)


class ResearchApiClient:
    """HTTP client of the Research API: one `requests` session per thread.

    Close it, or use it as a context manager, to give back its connections.
    """

    def __init__(self, base_url: str, clock: Clock, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._base_url = base_url.rstrip("/")
        self._host = _host(base_url)
        self._clock = clock
        self._max_body_bytes = max_body_bytes
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._sessions_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all threads; a later `send` opens new ones."""
        with self._sessions_lock:
            for session in self._sessions:
                session.close()

    def url(self, endpoint: Endpoint) -> str:
        """The URL that `send` posts to, with its `fields`; it holds nothing secret or personal."""
        query = f"?fields={','.join(endpoint.fields)}" if endpoint.fields else ""
        return f"{self._base_url}{endpoint.path}{query}"

    def send(
        self, endpoint: Endpoint, body: Mapping[str, Any], token: "SecretStr", *, timeout_seconds: float
    ) -> Answer:
        """POST `body` to `endpoint` and read the whole answer.

        Args:
            endpoint: Where to.
            body: Sent as JSON, as it is.
            token: The access token.
            timeout_seconds: The longest silence, and the longest time for reading the whole answer; a call ends after
                at most twice that and the time to connect (5 s).

        Returns:
            The answer with any HTTP status; `answers.read_frame` judges it.

        Raises:
            Unreachable: no connection, so nothing was sent.
            Retriable: no complete answer; `fate_known` is True where a status line came back, False where nobody knows
                whether the server counted the request.
            Fatal: the access token cannot be an HTTP header, or the base URL cannot be one.
        """
        sent_at = self._clock.now()
        start = time.monotonic()
        with self._post(self.url(endpoint), body, token, timeout_seconds) as response:
            content = self._read(response, deadline=start + timeout_seconds)
        latency_ms = round((time.monotonic() - start) * 1000)
        return Answer(
            status=response.status_code,
            body=content,
            headers=response.headers,
            sent_at=sent_at,
            latency_ms=latency_ms,
            retry_after=_retry_after(response.headers.get("Retry-After"), self._clock.now()),
            request=body,
        )

    def _post(self, url: str, body: Mapping[str, Any], token: "SecretStr", timeout: float) -> requests.Response:
        try:
            return self._session().post(
                url,
                data=msgspec.json.encode(body),
                auth=_Bearer(token),
                timeout=(CONNECT_TIMEOUT_SECONDS, timeout),
                allow_redirects=False,
                stream=True,
            )
        except http_errors.RequestException as error:
            raise self._no_answer(error, timeout) from error

    def _no_answer(self, error: http_errors.RequestException, timeout: float) -> CollectorError:
        if isinstance(error, http_errors.InvalidURL):
            return _not_a_url(self._base_url)
        cause = error.args[0] if error.args else error
        reason = getattr(cause, "reason", cause)
        if isinstance(error, http_errors.ConnectTimeout) or isinstance(reason, _NOTHING_SENT):
            return Unreachable(
                f"No connection to {self._host} ({type(reason).__name__}), so nothing was sent; "
                "check RESEARCH_API_URL and the network if it stays so."
            )
        what = f"no answer within {timeout:g} s" if isinstance(error, http_errors.ReadTimeout) else "connection lost"
        return Retriable(
            f"{self._host}: {what} ({type(reason).__name__}), so it is unknown whether the request was counted; "
            "it will be sent again.",
            fate_known=False,
        )

    def _read(self, response: requests.Response, *, deadline: float) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            # read1 returns what is there: read() would wait for a full buffer past any deadline.
            while chunk := response.raw.read1(_READ_BYTES, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > self._max_body_bytes:
                    raise self._broken(response, f"more than {self._max_body_bytes} bytes")
                if time.monotonic() > deadline:
                    raise self._broken(response, "a body still incomplete at the read timeout")
        except (wire_errors.HTTPError, OSError) as error:
            raise self._broken(response, f"a body that broke off ({type(error).__name__})") from error
        return b"".join(chunks)

    def _broken(self, response: requests.Response, what: str) -> Retriable:
        return Retriable(
            f"{self._host} answered HTTP {response.status_code} with {what}; the request counts and will be sent again."
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.headers.update(
                {
                    "User-Agent": USER_AGENT,
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",
                    "Content-Type": "application/json",
                }
            )
            self._local.session = session
            with self._sessions_lock:
                self._sessions.append(session)
        return session


class _Bearer(AuthBase):
    """The token as an auth object: as a plain header, requests would let an entry of ~/.netrc replace it."""

    def __init__(self, token: "SecretStr") -> None:
        value = token.get_secret_value()
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise Fatal(
                "The stored access token is empty or holds characters that no token has; run token_refresh "
                "to replace it, and check the access-token secret if it comes back."
            )
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._value}"
        return request


def _host(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
    except ValueError as error:
        raise _not_a_url(base_url) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _not_a_url(base_url)
    return parts.hostname


def _not_a_url(base_url: str) -> InvalidRequest:
    return InvalidRequest(
        f"The Research API URL {base_url!r} is not an http(s) URL; "
        "set RESEARCH_API_URL to, for example, https://open.tiktokapis.com."
    )


def _retry_after(header: str | None, now: datetime) -> timedelta | None:
    if header is None:
        return None
    text = header.strip()
    try:
        if text.isascii() and text.isdigit():
            seconds = float(text[:9])
        else:
            when = parsedate_to_datetime(text)
            seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    low, high = _RETRY_AFTER_BOUNDS
    return timedelta(seconds=min(max(seconds, low), high))
