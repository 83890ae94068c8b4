"""The grant against the sandbox: a token that its data endpoints take, and both error styles."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from pydantic import SecretStr

from sandbox.testing import SandboxServer
from tests.support.clock import HandClock
from tiktok_collector.errors import Fatal
from tiktok_collector.tokens.client_versions import ClientCredentials
from tiktok_collector.tokens.grant import TokenEndpoint


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def grant_with(sandbox: SandboxServer, secret: str) -> str:
    credentials = ClientCredentials(SecretStr(sandbox.client_key), SecretStr(secret))
    granted = TokenEndpoint(sandbox.url, HandClock()).grant(credentials)
    assert granted.lifetime == timedelta(hours=2)
    return granted.access_token.get_secret_value()


def test_a_granted_token_opens_the_data_endpoints(sandbox: SandboxServer) -> None:
    token = grant_with(sandbox, sandbox.client_secret)
    answer = requests.post(
        f"{sandbox.url}/v2/research/user/info/?fields=display_name",
        json={"username": "sandbox_alice"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "ok")


@pytest.mark.parametrize("style", ["4xx", "200"])
def test_a_wrong_secret_is_understood_in_both_error_styles(sandbox: SandboxServer, style: str) -> None:
    sandbox.change(token_errors=style)
    with pytest.raises(Fatal, match=r"TikTok refuses the client credentials \(invalid_client: "):
        grant_with(sandbox, "wrong")
