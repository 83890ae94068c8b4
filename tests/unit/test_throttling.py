"""Throttled requests are counted though botocore's retries hide them, and told once, in the log and as a metric."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from tiktok_collector import aws, throttling
from tiktok_collector.errors import Fatal
from tiktok_collector.handling import answer
from tiktok_collector.observability import logger, metrics

ITEM: dict[str, Any] = {"Item": {"pk": {"S": "a"}}}


class Table:
    """DynamoDB's side of the wire: answers with what it is told, one answer a request."""

    def __init__(self, *answers: dict[str, Any] | str) -> None:
        self.answers = list(answers)

    def send(self, request: Any, **_: object) -> AWSResponse:
        content = self.answers.pop(0)
        body = {"__type": f"com.amazonaws.dynamodb.v20120810#{content}"} if isinstance(content, str) else content

        class Raw:
            def stream(self, *_: object, **__: object) -> Iterator[bytes]:
                yield json.dumps(body).encode()

        headers = HTTPHeaders()
        headers["content-type"] = "application/x-amz-json-1.0"
        status = 200 if not isinstance(content, str) else 500 if content == "InternalServerError" else 400
        return AWSResponse(request.url, status, headers, Raw())


class Done(msgspec.Struct):
    """A report."""

    ok: bool = True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_SERVICE_NAME": "stack-a",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    metrics.cache_clear()
    throttling.throttles().take()


def read(*answers: dict[str, Any] | str) -> Any:
    """Reads an item from a table that answers so."""
    client = aws.dynamodb_client()
    table: Any = Table(*answers)
    client.meta.events.register("before-send.dynamodb", table.send)
    return client.get_item(TableName="t", Key={"pk": {"S": "a"}}).get("Item")


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The EMF lines among what was printed."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_what_was_refused_and_tried_again_with_success_is_counted(
    code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def use_case() -> Done:
        assert read(code, code, ITEM) == ITEM["Item"]
        return Done()

    assert answer(logger("test"), use_case) == {"ok": True}
    (line,) = told(capsys)
    assert (line["service"], line["ThrottledRequests"]) == ("stack-a", [2.0])
    answer(logger("test"), Done)
    assert told(capsys) == []


def test_a_function_that_fails_for_it_tells_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    def use_case() -> Done:
        with pytest.raises(ClientError):
            read(*["ThrottlingException"] * 5)
        raise Fatal("It is over.")

    with pytest.raises(Fatal):
        answer(logger("test"), use_case)
    (line,) = told(capsys)
    assert line["ThrottledRequests"] == [5.0]


def test_other_refusals_are_not_throttling(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ClientError):
        read("ConditionalCheckFailedException")
    assert read("InternalServerError", ITEM) == ITEM["Item"]
    throttling.tell(logger("test"))
    assert told(capsys) == []
