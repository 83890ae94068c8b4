"""No secret and no token is written down: not in a log of any level, not in an error, not in an answer."""

import io
import json
import logging
import socket
import traceback
from collections.abc import Callable, Iterator

import pytest

from functions.token_refresh import app
from tests.integration.tokens.conftest import Stack
from tests.integration.tokens.support import KEY, SECRET, InProcessLambda, token
from tiktok_collector.errors import CollectorError
from tiktok_collector.handling import UnexpectedFailure
from tiktok_collector.observability import logger

BOTH_VERSIONS = ("the current one", "the previous one")
BOTH_TIMES = ("for the function", "for the collector")
HIDDEN = (SECRET, KEY, "clt.token-number", "clt.half")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the function's own logger writes."""
    written = io.StringIO()
    logger("token_refresh")
    for sink in logging.getLogger("token_refresh").handlers:
        monkeypatch.setattr(sink, "stream", written)
    return written


@pytest.fixture
def handler(stack: Stack, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcessLambda]:
    """The function as deployed on the stack."""
    assert log.getvalue() == ""
    monkeypatch.setenv("CLIENT_CREDENTIALS_SECRET", stack.credentials_arn)
    monkeypatch.setenv("ACCESS_TOKEN_SECRET", stack.token_arn)
    monkeypatch.setenv("TASKS_TABLE", "tasks")
    monkeypatch.setenv("RESEARCH_API_URL", stack.server.url)
    app._use_case.cache_clear()
    yield InProcessLambda(app.handler)
    app._use_case.cache_clear()


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The records of all loggers at all levels, botocore's and urllib3's among them."""
    caplog.set_level(1)
    for name in ("botocore", "boto3", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def written(caplog: pytest.LogCaptureFixture, log: io.StringIO) -> str:
    formatter = logging.Formatter()
    records = [f"{formatter.format(record)} {record.__dict__}" for record in caplog.records]
    return "\n".join([*records, log.getvalue()])


def told(error: BaseException | None) -> str:
    """All that an error and the errors behind it say, suppressed ones included."""
    texts = []
    while error is not None:
        texts += [str(error), repr(error), repr(error.args), repr(vars(error)), *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def assert_hidden(text: str) -> None:
    assert [secret for secret in HIDDEN if secret in text] == []


def test_the_way_of_a_token_leaves_no_trace(
    stack: Stack,
    handler: InProcessLambda,
    everything_logged: pytest.LogCaptureFixture,
    log: io.StringIO,
) -> None:
    tokens = stack.collector(handler)
    first = tokens.get()
    second = tokens.renew(first)
    assert [each.value.get_secret_value() for each in (first, second)] == [token(1), token(2)]
    text = written(everything_logged, log)
    assert "urllib3.connectionpool" in text
    assert '"refreshed":true' in text
    assert_hidden(text + repr(first) + str(first) + b"".join(handler.payloads).decode())
    assert set(json.loads(handler.payloads[0])) == {
        "version_id",
        "expires_at",
        "refreshed",
        "credentials",
        "problem",
    }


def test_falling_back_on_the_previous_credentials_is_told_and_shows_none(
    stack: Stack,
    handler: InProcessLambda,
    everything_logged: pytest.LogCaptureFixture,
    log: io.StringIO,
) -> None:
    wrong = "secret-of-the-client-0002"
    stack.secrets.put_secret_value(
        SecretId=stack.credentials_arn, SecretString=json.dumps({"client_key": KEY, "client_secret": wrong})
    )
    stack.server.accepted = {SECRET}
    assert stack.collector(handler).get().value.get_secret_value() == token(2)
    (line,) = [line for line in log.getvalue().splitlines() if '"level":"ERROR"' in line]
    assert json.loads(line)["client_refused"] is True
    assert "previous version of the secret is used" in json.loads(line)["message"]
    text = written(everything_logged, log) + b"".join(handler.payloads).decode()
    text += str(stack.dynamodb.scan(TableName="tasks")["Items"])
    assert '"credentials":"previous"' in text
    assert_hidden(text)
    assert wrong not in text


def break_credentials(stack: Stack) -> None:
    for _ in BOTH_VERSIONS:
        stack.secrets.put_secret_value(
            SecretId=stack.credentials_arn, SecretString=f'{{"client_secret": "{SECRET}", }}'
        )


def repeat_the_secret(stack: Stack) -> None:
    for _ in BOTH_TIMES:
        stack.server.refuse("invalid_client", description=f"Secret {SECRET} of client {KEY} is wrong")


def answer_half_a_token(stack: Stack) -> None:
    stack.server.answers = [(200, b'{"access_token": "clt.half-a-tok')] * 4


def answer_a_token_without_an_expiry(stack: Stack) -> None:
    stack.server.answers = [(200, b'{"access_token": "clt.half", "expires_in": "soon"}')] * 4


def lose_the_token_secret(stack: Stack) -> None:
    stack.secrets.delete_secret(SecretId=stack.token_arn, ForceDeleteWithoutRecovery=True)


def stop_the_server(stack: Stack) -> None:
    stack.server._server.socket.shutdown(socket.SHUT_RDWR)


def corrupt_the_token(stack: Stack) -> None:
    stack.secrets.put_secret_value(SecretId=stack.token_arn, SecretString='{"access_token": "clt.half')
    for _ in BOTH_TIMES:
        stack.server.refuse("invalid_client")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (break_credentials, "does not hold the client's credentials"),
        (repeat_the_secret, "Secret … of client … is wrong"),
        (answer_half_a_token, "answered 200 without a token"),
        (answer_a_token_without_an_expiry, "answered 200 without a token"),
        (lose_the_token_secret, "There is no secret"),
        (stop_the_server, "does not answer"),
        (corrupt_the_token, "invalid_client"),
    ],
)
def test_a_failure_tells_its_reason_and_no_secret(
    stack: Stack,
    handler: InProcessLambda,
    *,
    everything_logged: pytest.LogCaptureFixture,
    log: io.StringIO,
    harm: Callable[[Stack], None],
    sentence: str,
) -> None:
    harm(stack)
    with pytest.raises(CollectorError, match=sentence) as at_function:
        app.handler({}, None)
    with pytest.raises(CollectorError) as at_collector:
        stack.collector(handler).get()
    text = written(everything_logged, log)
    assert sentence in text
    assert_hidden(text + told(at_function.value) + told(at_collector.value) + b"".join(handler.payloads).decode())


def test_a_defect_is_named_without_its_words(
    handler: InProcessLambda,
    everything_logged: pytest.LogCaptureFixture,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def defect(*_: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr("tiktok_collector.tokens.granting.client_versions", defect)
    payload = json.loads(handler.invoke(InvocationType="RequestResponse", Payload="{}")["Payload"].read())
    with pytest.raises(UnexpectedFailure, match="KeyError in defect, line") as caught:
        app.handler({}, None)
    assert payload["errorType"] == "UnexpectedFailure"
    assert_hidden(written(everything_logged, log) + told(caught.value) + json.dumps(payload))


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ([], "The event is a list, not a JSON object"),
        ({"rejected": "x"}, "field 'rejected' that is not known"),
        ({"rejected_version": ""}, "field 'rejected_version' is wrong"),
        ({"scheduled_time": "yesterday"}, "field 'scheduled_time' is wrong"),
    ],
)
def test_a_wrong_event_is_answered_with_one_sentence(handler: InProcessLambda, event: object, sentence: str) -> None:
    answer = handler.invoke(InvocationType="RequestResponse", Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read())
    assert (answer["FunctionError"], payload["errorType"]) == ("Unhandled", "InvalidRequest")
    assert sentence in payload["errorMessage"]


def test_a_schedule_whose_placeholder_came_through_is_served(stack: Stack, handler: InProcessLambda) -> None:
    event = {"scheduled_time": "<aws.scheduler.scheduled-time>"}
    answer = handler.invoke(InvocationType="RequestResponse", Payload=json.dumps(event))
    assert "FunctionError" not in answer
    assert stack.server.grants == 1


def test_a_missing_variable_is_named(handler: InProcessLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TASKS_TABLE")
    payload = json.loads(handler.invoke(InvocationType="RequestResponse", Payload="{}")["Payload"].read())
    assert "The environment variable TASKS_TABLE is not usable" in payload["errorMessage"]
