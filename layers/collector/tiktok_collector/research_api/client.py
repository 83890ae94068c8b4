"""Sends one request to the Research API and returns the answer unjudged; it never retries by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

import requests
from requests.auth import AuthBase

from tiktok_collector.clock import Clock
from tiktok_collector.errors import Fatal
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.client import MAX_BODY_BYTES, Form, HttpClient, host_of
from tiktok_collector.research_api.endpoints import Endpoint

if TYPE_CHECKING:
    from pydantic import SecretStr  # only the name: importing pydantic would double this module's cold start

_SETTING: Final = "RESEARCH_API_URL (for example https://open.tiktokapis.com)"


class ResearchApiClient:
    """HTTP client of the Research API.

    Close it, or use it as a context manager, to give back its connections.
    """

    def __init__(self, base_url: str, clock: Clock, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        host_of(base_url, _SETTING)
        self._base_url = base_url.rstrip("/")
        self._http = HttpClient(clock, setting=_SETTING, max_body_bytes=max_body_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all threads; a later `send` opens new ones."""
        self._http.close()

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
            timeout_seconds: As `HttpClient.send` takes it.

        Returns:
            The answer with any HTTP status; `answers.read_frame` judges it.

        Raises:
            Unreachable: no connection, so nothing was sent.
            Retriable: no complete answer; `fate_known` is True where a status line came back, False where nobody knows
                whether the server counted the request.
            Fatal: the access token cannot be an HTTP header, or the base URL cannot be one.
        """
        return self._http.send(
            "POST", self.url(endpoint), auth=_Bearer(token), timeout_seconds=timeout_seconds, body=body
        )

    def upload(self, endpoint: Endpoint, form: Form, token: "SecretStr", *, timeout_seconds: float) -> Answer:
        """The same with a file: POST `form` to `endpoint`. Raises as `send` does."""
        return self._http.send(
            "POST", self.url(endpoint), auth=_Bearer(token), timeout_seconds=timeout_seconds, form=form
        )


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
