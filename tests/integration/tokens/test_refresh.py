"""Obtaining a token: when, how often, and what is said when it fails."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.tokens.conftest import Stack
from tests.integration.tokens.support import KEY, SECRET, token
from tests.support.clock import START
from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import CollectorError, Fatal, MissingResource, TokenUnavailable
from tiktok_collector.tokens.grant import Granted
from tiktok_collector.tokens.lease import LEASE, TokenLease
from tiktok_collector.tokens.trial import Trial


def stored(stack: Stack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(stack.secrets.get_secret_value(SecretId=stack.token_arn)["SecretString"])
    return content


def test_the_first_refresh_stores_a_token_with_its_expiry(stack: Stack) -> None:
    report = stack.refresh().run()
    assert report.refreshed
    assert report.expires_at == START + timedelta(hours=2)
    assert stored(stack) == {
        "access_token": token(1),
        "expires_at": "2026-11-20T14:00:00.000Z",
        "obtained_at": "2026-11-20T12:00:00.000Z",
    }
    assert stack.server.forms == [
        {
            "client_key": [KEY],
            "client_secret": [SECRET],
            "grant_type": ["client_credentials"],
            "path": ["/v2/oauth/token/"],
        }
    ]


def test_an_hourly_schedule_refreshes_each_hour_and_a_second_delivery_does_not(stack: Stack) -> None:
    refreshed = []
    for _ in range(3):
        refreshed += [stack.refresh().run().refreshed, stack.refresh().run().refreshed]
        stack.clock.advance(minutes=59)
    assert refreshed == [True, False] * 3
    assert stack.server.grants == 3


@pytest.mark.parametrize(("minutes", "refreshed"), [(49, False), (51, True)])
def test_a_token_is_refreshed_below_70_minutes(stack: Stack, minutes: int, *, refreshed: bool) -> None:
    stack.refresh().run()
    stack.clock.advance(minutes=minutes)
    assert stack.refresh().run().refreshed is refreshed


def test_a_rejected_version_is_replaced_and_another_one_is_simply_used(stack: Stack) -> None:
    first = stack.refresh().run()
    second = stack.refresh().run(rejected_version=first.version_id)
    assert second.refreshed
    again = stack.refresh().run(rejected_version=first.version_id)
    assert (again.version_id, again.refreshed) == (second.version_id, False)
    assert stack.server.grants == 2


def test_many_functions_at_once_cause_one_grant(stack: Stack) -> None:
    stack.server.seconds = 0.3
    clock = SystemClock()
    first = stack.refresh(clock=clock).run()
    with ThreadPoolExecutor(12) as pool:
        reports = list(pool.map(lambda _: stack.refresh(clock=clock).run(first.version_id), range(12)))
    assert stack.server.grants == 2
    assert len({report.version_id for report in reports}) == 1
    assert [report.refreshed for report in reports].count(True) == 1


def test_a_crashed_holder_delays_the_next_grant_until_its_lease_ends(stack: Stack) -> None:
    assert TokenLease(stack.dynamodb, "tasks", stack.clock).acquire()
    with pytest.raises(TokenUnavailable, match="Another function is obtaining an access token"):
        stack.refresh().run()
    assert stack.server.grants == 0
    stack.clock.advance(seconds=LEASE.total_seconds())
    assert stack.refresh().run().refreshed


def test_only_the_holder_gives_the_lease_back(stack: Stack) -> None:
    lease = TokenLease(stack.dynamodb, "tasks", stack.clock)
    former = lease.acquire()
    assert former
    assert lease.acquire() is None
    stack.clock.advance(seconds=LEASE.total_seconds())
    present = lease.acquire()
    assert present
    assert present.held.fence == former.held.fence + 1
    assert lease.release(former, ()) is False
    assert lease.acquire() is None
    assert lease.release(present, ()) is True
    assert lease.acquire()


def test_a_failed_grant_gives_the_lease_back(stack: Stack) -> None:
    stack.server.refuse("invalid_client")
    with pytest.raises(Fatal):
        stack.refresh().run()
    stack.clock.advance(minutes=1)
    assert stack.refresh().run().refreshed


def test_a_holder_paused_past_its_lease_does_not_replace_the_successors_token(stack: Stack) -> None:
    first = stack.refresh().run()
    late = stack.refresh()
    attempt = late._granting.attempt

    def paused(former: Trial | None) -> tuple[Granted | None, Trial]:
        granted = attempt(former)
        stack.clock.advance(seconds=LEASE.total_seconds())
        stack.refresh().run(first.version_id)
        return granted

    late._granting.attempt = paused  # type: ignore[method-assign] # the pause of another process
    report = late.run(first.version_id)
    assert not report.refreshed
    assert stored(stack)["access_token"] == token(3)
    assert report.version_id == stack.secrets.get_secret_value(SecretId=stack.token_arn)["VersionId"]


def test_tokens_rejected_again_and_again_do_not_flood_the_secret_with_versions(stack: Stack) -> None:
    version = stack.refresh().run().version_id
    for _ in range(11):
        stack.clock.advance(seconds=5)
        version = stack.refresh().run(version).version_id
    with pytest.raises(TokenUnavailable, match="12 access tokens were obtained within two hours"):
        stack.refresh().run(version)
    assert stack.server.grants == 12
    stack.clock.advance(hours=2)
    assert stack.refresh().run(version).refreshed


def test_a_version_set_back_by_hand_can_be_succeeded_again(stack: Stack) -> None:
    first = stack.refresh().run()
    second = stack.refresh().run(first.version_id)
    stack.secrets.update_secret_version_stage(
        SecretId=stack.token_arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=first.version_id,
        RemoveFromVersionId=second.version_id,
    )
    third = stack.refresh().run(first.version_id)
    assert third.refreshed
    assert stored(stack)["access_token"] == token(3)


@pytest.mark.parametrize("text", [" ", "not json", '{"access_token": ""}', '{"access_token": 5}', "[]"])
def test_a_damaged_token_secret_is_replaced(stack: Stack, text: str) -> None:
    stack.secrets.put_secret_value(SecretId=stack.token_arn, SecretString=text)
    assert stack.refresh().run().refreshed
    assert stored(stack)["access_token"] == token(1)


@pytest.mark.parametrize(
    "text",
    [" ", "not json", "[]", '{"client_key": "k"}', '{"client_key": "k", "client_secret": " "}', '{"client_key": 1}'],
)
def test_damaged_credentials_are_named_with_the_form_they_should_have(stack: Stack, text: str) -> None:
    stack.hold(text)
    with pytest.raises(Fatal, match=r'store \{"client_key": "\.\.\.", "client_secret": "\.\.\."\} in it') as caught:
        stack.refresh().run()
    assert stack.credentials_arn in str(caught.value)
    assert stack.server.grants == 0


def test_a_credentials_secret_without_a_value_is_named(stack: Stack) -> None:
    stack.credentials_arn = stack.secrets.create_secret(Name="unfilled")["ARN"]
    with pytest.raises(Fatal, match=r"unfilled.* is empty or does not exist"):
        stack.refresh().run()


def test_credentials_pasted_with_a_line_end_are_used_without_it(stack: Stack) -> None:
    text = json.dumps({"client_key": f"{KEY}\n", "client_secret": f" {SECRET}\r\n"})
    stack.secrets.put_secret_value(SecretId=stack.credentials_arn, SecretString=text)
    stack.refresh().run()
    assert (stack.server.forms[0]["client_key"], stack.server.forms[0]["client_secret"]) == ([KEY], [SECRET])


def test_an_absent_token_secret_is_a_missing_resource(stack: Stack) -> None:
    stack.token_arn = "absent"
    with pytest.raises(MissingResource, match="no secret absent"):
        stack.refresh().run()


def test_an_absent_table_is_a_missing_resource(stack: Stack) -> None:
    stack.dynamodb.delete_table(TableName="tasks")
    with pytest.raises(MissingResource, match="no table tasks"):
        stack.refresh().run()


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        ("invalid_client", Fatal, "TikTok refuses the client credentials (invalid_client: no): correct client_key"),
        ("invalid_scope", Fatal, "TikTok does not allow this client the Research API (invalid_scope: no)"),
        ("invalid_request", Fatal, "TikTok does not understand the token request (invalid_request: no)"),
    ],
)
def test_a_refusal_is_understood_in_both_error_styles(
    stack: Stack, status: int, error: str, kind: type[CollectorError], sentence: str
) -> None:
    stack.server.refuse(error, status)
    with pytest.raises(kind) as caught:
        stack.refresh().run()
    assert str(caught.value).startswith(sentence)
    assert stack.server.grants == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"<html>oops</html>"),
        (200, b""),
        (200, b"{}"),
        (200, b'{"access_token": "", "expires_in": 7200}'),
        (200, b'{"access_token": "clt.x", "expires_in": 0}'),
        (503, b'{"error": "temporarily_unavailable", "error_description": "later"}'),
        (302, b""),
    ],
)
def test_a_passing_failure_is_tried_once_more(stack: Stack, answer: tuple[int, bytes]) -> None:
    stack.server.answers = [answer]
    assert stack.refresh().run().refreshed
    stack.clock.advance(hours=3)
    stack.server.answers = [answer, answer]
    with pytest.raises(TokenUnavailable, match=f"answered {answer[0]}"):
        stack.refresh().run()
    assert stack.server.grants == 4


def test_an_endpoint_that_is_down_is_named(stack: Stack) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(TokenUnavailable, match=rf"{url}/v2/oauth/token/ does not answer \(ConnectionError\)"):
        stack.refresh(url=url).run()
