"""Sends one HTTP request and returns the answer unjudged; it never retries by itself."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

import msgspec
import requests
from requests import exceptions as http_errors
from urllib3 import exceptions as wire_errors

from tiktok_collector import __version__
from tiktok_collector.errors import CollectorError, InvalidRequest, Retriable, Unreachable
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.session import BrokenBody, OneAnswer, read_body

if TYPE_CHECKING:
    from tiktok_collector.clock import Clock

CONNECT_TIMEOUT_SECONDS: Final = 5.0
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
"""No page of 100 rows comes near it, and all threads together can hold such bodies and what they decode to."""
USER_AGENT: Final = f"tiktok-research-collector/{__version__}"

_RETRY_AFTER_BOUNDS: Final = (1.0, 300.0)

# Before these the request cannot have left: no connection existed.
_NOTHING_SENT: Final = (wire_errors.NewConnectionError, wire_errors.ConnectTimeoutError)


@dataclass(frozen=True, slots=True)
class Form:
    """Fields and files of a multipart form; a file is its name and its bytes, by the field that holds it."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]]


class HttpClient:
    """HTTP client with bounded bodies and times: one `requests` session per thread.

    Close it, or use it as a context manager, to give back its connections.
    """

    def __init__(self, clock: "Clock", *, setting: str, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        """Takes the clock, the name of the setting to check where a host cannot be reached, and a body's bound."""
        self._clock = clock
        self._setting = setting
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

    def send(
        self,
        method: str,
        url: str,
        *,
        auth: Callable[[requests.PreparedRequest], requests.PreparedRequest],
        timeout_seconds: float,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: "Form | None" = None,
    ) -> Answer:
        """Send one request and read the whole answer.

        Args:
            method: `GET` or `POST`.
            url: Where to.
            auth: Adds what is secret; as plain headers, requests would let an entry of ~/.netrc replace it.
            timeout_seconds: The longest silence, and the longest time for reading the whole answer; a call ends after
                at most twice that and the time to connect (5 s).
            params: The query.
            body: Sent as JSON, as it is.
            form: Sent in place of a body.

        Returns:
            The answer with any HTTP status.

        Raises:
            Unreachable: no connection, so nothing was sent.
            Retriable: no complete answer; `fate_known` is True where a status line came back, False where nobody knows
                whether the server counted the request.
            InvalidRequest: the URL cannot be one.
        """
        host = host_of(url, self._setting)
        sent_at = self._clock.now()
        start = time.monotonic()
        try:
            response = self._session().request(
                method,
                url,
                params=params,
                data=form.fields if form else None if body is None else msgspec.json.encode(body),
                files=form.files if form else None,
                headers={} if body is None or form else {"Content-Type": "application/json"},
                auth=auth,
                timeout=(CONNECT_TIMEOUT_SECONDS, timeout_seconds),
                allow_redirects=False,
                stream=True,
            )
        except http_errors.RequestException as error:
            raise self._no_answer(error, timeout_seconds, url, host) from error
        with response:
            try:
                content = read_body(response, most=self._max_body_bytes, deadline=start + timeout_seconds)
            except BrokenBody as error:
                raise _broken(response, host, str(error)) from error
        latency_ms = round((time.monotonic() - start) * 1000)
        return Answer(
            status=response.status_code,
            body=content,
            headers=response.headers,
            sent_at=sent_at,
            latency_ms=latency_ms,
            retry_after=_retry_after(response.headers.get("Retry-After"), self._clock.now()),
            request=body or {},
        )

    def _no_answer(self, error: http_errors.RequestException, timeout: float, url: str, host: str) -> CollectorError:
        if isinstance(error, http_errors.InvalidURL):
            return _not_a_url(url, self._setting)
        cause = error.args[0] if error.args else error
        reason = getattr(cause, "reason", cause)
        if isinstance(error, http_errors.ConnectTimeout) or isinstance(reason, _NOTHING_SENT):
            return Unreachable(
                f"No connection to {host} ({type(reason).__name__}), so nothing was sent; "
                f"check {self._setting} and the network if it stays so."
            )
        what = f"no answer within {timeout:g} s" if isinstance(error, http_errors.ReadTimeout) else "connection lost"
        return Retriable(
            f"{host}: {what} ({type(reason).__name__}), so it is unknown whether the request was counted; "
            "it will be sent again.",
            fate_known=False,
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = OneAnswer()
            session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"})
            self._local.session = session
            with self._sessions_lock:
                self._sessions.append(session)
        return session


def host_of(url: str, setting: str) -> str:
    """The host of an http(s) URL.

    Raises:
        InvalidRequest: it is none; the message names `setting`.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _not_a_url(url, setting) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _not_a_url(url, setting)
    return parts.hostname


def _not_a_url(url: str, setting: str) -> InvalidRequest:
    return InvalidRequest(f"{url!r} is not an http(s) URL; correct the setting {setting}.")


def _broken(response: requests.Response, host: str, what: str) -> Retriable:
    return Retriable(
        f"{host} answered HTTP {response.status_code} with {what}; the request counts and will be sent again."
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
