"""A token in its secret is used if it is of a version that is known; else it counts as damaged."""

import json

import pytest
from pydantic import SecretStr

from tiktok_collector.tokens.secret_store import SecretVersion
from tiktok_collector.tokens.stored_token import read_token

CONTENT = {
    "access_token": "clt.1",
    "obtained_at": "2026-11-20T12:00:00.000Z",
    "expires_at": "2026-11-20T14:00:00.000Z",
}


@pytest.mark.parametrize(("version", "used"), [({}, True), ({"version": 1}, True), ({"version": 2}, False)])
def test_a_token_of_a_newer_version_is_not_used(version: dict[str, int], *, used: bool) -> None:
    text = json.dumps({**CONTENT, **version})
    assert (read_token(SecretVersion(SecretStr(text), "v")) is not None) is used
