"""The client secret is renewed while tokens are asked for: whichever version TikTok takes is used, and that is told."""

import json

import msgspec
import pytest

from tests.integration.tokens.conftest import Stack
from tests.integration.tokens.support import KEY, InProcessLambda, token
from tiktok_collector.errors import Fatal, TokenUnavailable
from tiktok_collector.tokens.lease import TokenLease
from tiktok_collector.tokens.trial import Stage, Trial

OLD, NEW, WRONG = "the-old-secret-0001", "the-new-secret-0002", "a-wrong-secret-0003"


def text(secret: str, key: str = KEY) -> str:
    return json.dumps({"client_key": key, "client_secret": secret})


def put_pending(stack: Stack, secret: str) -> str:
    return stack.secrets.put_secret_value(
        SecretId=stack.credentials_arn, SecretString=text(secret), VersionStages=["AWSPENDING"]
    )["VersionId"]


def asked_with(stack: Stack) -> list[str]:
    return [form["client_secret"][0] for form in stack.server.forms]


def noted(stack: Stack) -> Trial:
    trial = TokenLease(stack.dynamodb, "tasks", stack.clock).trial()
    assert trial
    return trial


def test_the_current_version_alone_is_asked_for_while_it_is_taken(stack: Stack) -> None:
    stack.hold(text(OLD), text(NEW))
    put_pending(stack, WRONG)
    report = stack.refresh().run()
    assert (report.credentials, report.problem) == ("current", "")
    assert asked_with(stack) == [NEW]
    assert noted(stack) == Trial(Stage.CURRENT)


def test_the_new_secret_is_put_in_before_tiktok_takes_it(stack: Stack) -> None:
    stack.hold(text(OLD), text(NEW))
    stack.server.accepted = {OLD}
    report = stack.refresh().run()
    assert report.refreshed
    assert report.credentials == "previous"
    assert report.problem.startswith(
        "TikTok refuses the client credentials (invalid_client: Client secret is incorrect."
    )
    assert report.problem.endswith("Until then the previous version of the secret is used, which TikTok takes.")
    assert asked_with(stack) == [NEW, OLD]
    assert noted(stack).problem == report.problem
    stack.server.accepted = {NEW}
    stack.clock.advance(minutes=61)
    assert (stack.refresh().run().credentials, noted(stack).problem) == ("current", "")


def test_tiktok_takes_the_new_secret_only_and_it_waits_as_pending(stack: Stack) -> None:
    stack.hold(text(OLD))
    pending = put_pending(stack, NEW)
    stack.server.accepted = {NEW}
    first = stack.refresh().run()
    assert first.credentials == "pending"
    current = stack.secrets.get_secret_value(SecretId=stack.credentials_arn)["VersionId"]
    stack.secrets.update_secret_version_stage(
        SecretId=stack.credentials_arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=pending,
        RemoveFromVersionId=current,
    )
    assert stack.refresh().run(first.version_id).credentials == "current"


@pytest.mark.parametrize(
    "damaged", ["not json", "[]", '{"client_key": "k"}', '{"client_key": "", "client_secret": ""}']
)
def test_a_value_that_cannot_be_used_does_not_end_the_one_before(stack: Stack, damaged: str) -> None:
    stack.hold(text(OLD), damaged)
    report = stack.refresh().run()
    assert report.credentials == "previous"
    assert "does not hold the client's credentials" in report.problem
    assert '{"client_key": "...", "client_secret": "..."}' in report.problem
    assert asked_with(stack) == [OLD]


def test_another_client_is_not_fallen_back_on(stack: Stack) -> None:
    stack.hold(text(OLD, key="the-client-before"), text(NEW))
    stack.server.accepted = {OLD}
    with pytest.raises(Fatal, match="TikTok refuses the client credentials") as caught:
        stack.refresh().run()
    assert "previous" not in str(caught.value)
    assert asked_with(stack) == [NEW]


def test_the_same_value_put_in_twice_is_tried_once(stack: Stack) -> None:
    stack.hold(text(WRONG), text(WRONG))
    stack.server.accepted = {OLD}
    with pytest.raises(Fatal, match="TikTok refuses the client credentials"):
        stack.refresh().run()
    assert asked_with(stack) == [WRONG]


def test_where_no_version_is_taken_the_current_one_is_named_first(stack: Stack) -> None:
    stack.hold(text(OLD), text(NEW))
    put_pending(stack, WRONG)
    stack.server.accepted = set()
    with pytest.raises(Fatal) as caught:
        stack.refresh().run()
    assert type(caught.value) is Fatal  # which collectors of every version know
    assert str(caught.value).startswith("TikTok refuses the client credentials")
    assert "Its pending version does not work either. Its previous version does not work either." in str(caught.value)
    assert noted(stack).used is None


def test_a_failing_endpoint_says_nothing_about_the_credentials(stack: Stack) -> None:
    stack.hold(text(OLD), text(NEW))
    stack.server.answers = [(503, b"")] * 2
    with pytest.raises(TokenUnavailable):
        stack.refresh().run()
    assert asked_with(stack) == [NEW, NEW]


def test_many_that_ask_at_once_do_not_each_repeat_what_was_refused(stack: Stack) -> None:
    stack.hold(text(OLD), text(NEW))
    stack.server.accepted = set()
    for _ in range(16):
        with pytest.raises(Fatal, match="TikTok refuses the client credentials"):
            stack.refresh().run()
    assert asked_with(stack) == [NEW, OLD]
    stack.clock.advance(minutes=1)
    stack.server.accepted = {NEW}
    assert stack.refresh().run().credentials == "current"


def test_a_value_put_in_after_a_refusal_is_tried_at_once(stack: Stack) -> None:
    stack.hold(text(WRONG))
    stack.server.accepted = {NEW}
    with pytest.raises(Fatal):
        stack.refresh().run()
    stack.secrets.put_secret_value(SecretId=stack.credentials_arn, SecretString=text(NEW))
    assert stack.refresh().run().credentials == "current"


def test_a_note_that_other_code_wrote_keeps_nobody_from_a_token(stack: Stack) -> None:
    for note in ("[]", "not json", '{"used": "AWSOTHER", "version": 2}'):
        stack.dynamodb.put_item(
            TableName="tasks", Item={"pk": {"S": "TOKEN"}, "sk": {"S": "LEASE"}, "trial": {"S": note}}
        )
        assert stack.refresh().run().version_id
    stack.clock.advance(hours=1)
    assert stack.refresh().run().refreshed
    assert stack.secrets.get_secret_value(SecretId=stack.token_arn)["SecretString"].count(token(2)) == 1


def test_a_rejected_token_that_cannot_be_replaced_is_not_given_out_again(stack: Stack) -> None:
    function = InProcessLambda(lambda event, _: msgspec.to_builtins(stack.refresh().run(event.get("rejected_version"))))
    rejected = stack.collector(function).get()
    stack.server.accepted = set()
    for _ in range(2):
        with pytest.raises(Fatal, match="TikTok refuses the client credentials"):
            stack.collector(function).renew(rejected)
        with pytest.raises(Fatal, match="TikTok refuses the client credentials"):
            stack.collector(function).get()
        stack.clock.advance(minutes=10)
    assert stack.versions() == 2
    stack.server.accepted = None
    assert stack.collector(function).get().value != rejected.value
