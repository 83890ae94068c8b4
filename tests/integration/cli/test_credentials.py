"""`credentials`: what TikTok refuses is not stored, and a stack that gets along with older credentials says so."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from sandbox.testing import SandboxServer
from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack
from tiktok_collector.clock import SystemClock
from tiktok_collector.tokens.lease import TokenLease
from tiktok_collector.tokens.trial import Refused, Stage, Trial

TRENDS = "TrendCredentialsSecret"
OLD, NEW, WRONG = "the-old-secret-0001", "the-new-secret-0002", "a-wrong-secret-0003"
PROBLEM = "TikTok refuses the client credentials (invalid_client: no): correct client_key and client_secret."


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(settings={"client_secrets": [OLD, NEW]}) as server:
        yield server


@pytest.fixture
def asking(stack: MotoStack, sandbox: SandboxServer) -> MotoStack:
    """A stack that asks the sandbox for tokens and has the old secret."""
    stack.variables["RESEARCH_API_URL"] = sandbox.url
    put(stack, json.dumps({"client_key": sandbox.client_key, "client_secret": OLD}))
    return stack


def put(stack: MotoStack, text: str, name: str = "ClientCredentialsSecret") -> None:
    stack.secretsmanager.put_secret_value(SecretId=name, SecretString=text)


def stored(stack: MotoStack, stage: str = "AWSCURRENT", name: str = "ClientCredentialsSecret") -> Any:
    return json.loads(stack.secretsmanager.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"])


def given(sandbox: SandboxServer, secret: str) -> str:
    return f"{sandbox.client_key}\n{secret}\n"


def test_what_tiktok_refuses_is_not_stored(asking: MotoStack, sandbox: SandboxServer) -> None:
    result = on_stack("credentials", "set", typed=given(sandbox, WRONG))
    assert result.exit_code == ExitCode.CREDENTIALS
    assert "Nothing was stored. TikTok refuses the client credentials (invalid_client" in result.stderr
    assert WRONG not in result.output
    assert stored(asking)["client_secret"] == OLD


@pytest.mark.parametrize(("typed", "missing"), [("", "Client key"), ("a-key\n", "Client secret (not shown)")])
def test_an_input_that_ends_too_early_is_told_apart_from_ctrl_c(asking: MotoStack, typed: str, missing: str) -> None:
    result = on_stack("credentials", "set", typed=typed)
    assert result.exit_code == ExitCode.USAGE
    assert f"Nothing was done: the input ended where '{missing}' was asked." in result.stderr
    assert stored(asking)["client_secret"] == OLD


def test_what_tiktok_takes_is_stored_and_the_one_before_is_kept_beside_it(
    asking: MotoStack, sandbox: SandboxServer
) -> None:
    result = on_stack("credentials", "set", typed=given(sandbox, NEW))
    assert result.exit_code == 0
    assert "Stored: TikTok takes them." in result.stdout
    assert (stored(asking)["client_secret"], stored(asking, "AWSPREVIOUS")["client_secret"]) == (NEW, OLD)
    again = on_stack("credentials", "set", "--json", typed=given(sandbox, NEW))
    assert json.loads(again.stdout) == {"changed": False}
    assert stored(asking, "AWSPREVIOUS")["client_secret"] == OLD


def test_what_cannot_be_tried_from_here_is_stored_and_said_to_be_untried(
    asking: MotoStack, sandbox: SandboxServer
) -> None:
    asking.variables["RESEARCH_API_URL"] = "http://127.0.0.1:9"
    result = on_stack("credentials", "set", "--json", typed=given(sandbox, NEW))
    found = json.loads(result.stdout)
    assert (found["changed"], found["taken"]) == (True, False)
    assert found["untried"].startswith("They were not tried: The token endpoint http://127.0.0.1:9/")
    assert stored(asking)["client_secret"] == NEW


def test_a_person_may_know_better(asking: MotoStack, sandbox: SandboxServer) -> None:
    asked = len(sandbox.requests())
    result = on_stack("credentials", "set", "--untested", typed=given(sandbox, WRONG))
    assert "Stored. They were not tried." in result.stdout
    assert stored(asking)["client_secret"] == WRONG
    assert len(sandbox.requests()) == asked


def test_a_stack_that_uses_older_credentials_says_so(asking: MotoStack) -> None:
    asking.functions["token_refresh"] = lambda _: {
        "version_id": "v",
        "expires_at": "2026-11-20T14:00:00.000Z",
        "refreshed": True,
        "credentials": "previous",
        "problem": PROBLEM,
    }
    result = on_stack("credentials", "test")
    assert result.exit_code == ExitCode.CREDENTIALS
    assert "Collecting goes on, but" in result.stdout


def test_status_tells_what_became_of_the_credentials(asking: MotoStack) -> None:
    assert as_json("status")["credentials_problem"] == ""
    clock = SystemClock()
    lease = TokenLease(asking.dynamodb, "tasks", clock)
    for used, words in ((Stage.PREVIOUS, "Until then the previous version"), (None, PROBLEM)):
        held = lease.acquire()
        assert held
        refused = Refused(Stage.CURRENT, "v", "2026-11-20T14:00:00.000Z", PROBLEM)
        lease.release(held, (), trial=Trial(used, (refused,)))
        assert words in as_json("status")["credentials_problem"]
        assert "client credentials:" in on_stack("status").stdout


def test_a_damaged_secret_of_trends_does_not_cost_the_other_sources(asking: MotoStack) -> None:

    put(asking, json.dumps({"creative_center": {"cookie": "sid_tt=1"}}), TRENDS)
    put(asking, "not json", TRENDS)
    result = on_stack("credentials", "set", "--trends", "business_api", typed="1\n2\na-token\n")
    assert result.exit_code == 0, result.stderr
    assert stored(asking, name=TRENDS) == {
        "creative_center": {"cookie": "sid_tt=1"},
        "business_api": {"access_token": "a-token", "advertiser_id": "1", "business_id": "2"},
    }
