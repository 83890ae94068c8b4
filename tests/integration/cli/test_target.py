"""A missing stack, a wrong region, an expired login and the like: a code and one sentence each, never a traceback."""

import json
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    InvalidRegionError,
    NoCredentialsError,
    TokenRetrievalError,
)

from cli import target
from cli.exit_codes import ExitCode
from local_cloud.layout import Layout, Source
from tests.integration.cli.moto_stack import NAME, REGION, MotoStack, on_stack, run

pytestmark = pytest.mark.usefixtures("stack")
# Every command that takes a stack says the same, so one that reads little stands for all.
COMMAND = "status"


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith(".\n") and "Traceback" not in text


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ([], ExitCode.USAGE, "Which stack? Name one with --stack"),
        (["--stack", "theirs", "--region", REGION], ExitCode.NO_STACK, f"There is no stack theirs in {REGION} or in"),
        (["--stack", NAME, "--region", "us-east-1"], ExitCode.WRONG_REGION, f"is in {REGION}, not in us-east-1: add"),
        (["--stack", NAME], ExitCode.WRONG_REGION, "No AWS region is set: name it with --region"),
        (["--stack", NAME, "--profile", "nobody"], ExitCode.NO_SESSION, "config profile (nobody) could not be found"),
        (["--local", "--stack", NAME], ExitCode.NO_STACK, f"not {NAME}."),
        (["--local", "--region", REGION], ExitCode.USAGE, "leave --profile and --region out"),
    ],
)
def test_what_was_named_wrongly(arguments: list[str], code: ExitCode, sentence: str) -> None:
    result = run(COMMAND, *arguments)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert one_sentence(result.stderr)
    assert result.stdout == ""


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE", "UPDATE_FAILED", "DELETE_IN_PROGRESS"])
def test_a_stack_that_is_not_complete(stack: MotoStack, status: str) -> None:
    stack.status = status
    result = on_stack(COMMAND)
    assert (result.exit_code, one_sentence(result.stderr)) == (ExitCode.STACK_INCOMPLETE, True)
    assert status in result.stderr


def test_a_stack_of_something_else(stack: MotoStack) -> None:
    del stack.outputs["TasksTable"]
    result = on_stack(COMMAND)
    assert (result.exit_code, one_sentence(result.stderr)) == (ExitCode.STACK_INCOMPLETE, True)
    assert "no output TasksTable" in result.stderr


@pytest.mark.parametrize(
    ("raised", "code", "sentence"),
    [
        (refused("ExpiredToken"), ExitCode.NO_SESSION, "does not take your credentials any more (ExpiredToken)"),
        (refused("InvalidClientTokenId"), ExitCode.NO_SESSION, "log in again"),
        (NoCredentialsError(), ExitCode.NO_SESSION, "There are no AWS credentials to use"),
        (TokenRetrievalError(provider="sso", error_msg="expired"), ExitCode.NO_SESSION, "aws sso login"),
        (refused("AccessDenied"), ExitCode.NO_PERMISSION, "does not let you do DescribeStacks"),
        (refused("AccessDeniedException"), ExitCode.NO_PERMISSION, "ask who administers the account"),
        (refused("Throttling"), ExitCode.NO_ANSWER, "try again later"),
        (InvalidRegionError(region_name="b a d"), ExitCode.WRONG_REGION, "correct --region"),
        (EndpointConnectionError(endpoint_url="https://x"), ExitCode.NO_ANSWER, "check the network"),
    ],
)
def test_what_aws_refuses(monkeypatch: pytest.MonkeyPatch, raised: Exception, code: ExitCode, sentence: str) -> None:
    def refuse(*_: Any) -> Any:
        raise raised

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    result = on_stack(COMMAND)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert one_sentence(result.stderr)


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [("AccessDeniedException", ExitCode.NO_PERMISSION), ("ExpiredTokenException", ExitCode.NO_SESSION)],
)
def test_what_aws_refuses_behind_the_stack(monkeypatch: pytest.MonkeyPatch, code: str, exit_code: ExitCode) -> None:
    asked: Any = vars(BaseClient)["_make_api_call"]

    def refuse(self: BaseClient, operation_name: str, api_params: dict[str, Any]) -> Any:
        if operation_name == "Query":
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation_name)
        return asked(self, operation_name, api_params)

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    result = on_stack(COMMAND, "--json")
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert one_sentence(result.stderr)


def test_a_name_that_no_stack_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "1 validation error detected: Value 'a b' at 'stackName' failed to satisfy constraint: ..."

    def refuse(_: BaseClient, operation_name: str, __: dict[str, Any]) -> Any:
        raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation_name)

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    result = run(COMMAND, "--stack", "a b", "--region", REGION)
    assert result.exit_code == ExitCode.NO_STACK
    assert "There is no stack a b" in result.stderr


def test_an_empty_region_is_none_given(stack: MotoStack) -> None:
    assert stack.outputs
    result = run(COMMAND, "--stack", NAME, "--region", "")
    assert (result.exit_code, "No AWS region is set" in result.stderr) == (ExitCode.WRONG_REGION, True)


def test_a_region_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://cloudformation.mars-north-1.amazonaws.com")

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    result = run(COMMAND, "--stack", NAME, "--region", "mars-north-1")
    assert (result.exit_code, result.stderr) == (
        ExitCode.WRONG_REGION,
        "There is no AWS region mars-north-1: correct --region.\n",
    )


def test_the_local_cloud_that_does_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(target, "checkout", lambda: tmp_path)
    result = run(COMMAND, "--local")
    assert (result.exit_code, result.stderr) == (
        ExitCode.LOCAL_DOWN,
        "The local cloud does not run: start it with `make run`.\n",
    )
    assert list(tmp_path.iterdir()) == []  # looking leaves nothing behind
    assert not Layout(tmp_path, Source.SANDBOX).state.exists()


def test_a_defect_is_one_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(BaseClient, "_make_api_call", broken)
    result = on_stack(COMMAND)
    assert result.exit_code == ExitCode.DEFECT
    assert one_sentence(result.stderr)


def test_the_stack_may_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK_COLLECTOR_STACK", NAME)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    result = run(COMMAND, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["stack"] == NAME
