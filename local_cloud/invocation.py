"""Sends one event to one function of the stack and reads what it answers."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError

from local_cloud.endpoint import Aws
from local_cloud.errors import LocalCloudError, in_words


class FunctionFailed(LocalCloudError):
    """The function ended with an error; the message is its own sentence."""


def invoke(aws: Aws, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """The function's report on `event`.

    Raises:
        FunctionFailed: the function raised; the message is its error's.
        LocalCloudError: AWS did not answer, or refused the invocation.
    """
    try:
        answer = aws.lambda_.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        payload = answer["Payload"].read()
    except HTTPClientError as error:
        raise LocalCloudError(
            f"{_sentence(aws.name)} stopped answering; what was stored is kept, and the next time goes on from there."
        ) from error
    except ClientError as error:
        raise LocalCloudError(f"{_sentence(aws.name)} refused to invoke {function}: {in_words(error)}") from error
    report = _decoded(payload)
    if answer.get("FunctionError"):
        raise FunctionFailed(in_words(report.get("errorMessage") or payload.decode(errors="replace")))
    return report


def _sentence(name: str) -> str:
    return name[:1].upper() + name[1:]


def _decoded(payload: bytes) -> dict[str, Any]:
    try:
        report = json.loads(payload or b"null")
    except ValueError:
        return {}
    return dict(report) if isinstance(report, dict) else {}
