"""The code of a function that makes calls with the role it was given, and answers what came of each.

It is sent to AWS as it is, so it imports nothing of this project.
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

_ONCE = Config(retries={"total_max_attempts": 1})


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """The answers to `{"calls": {name: {"service", "operation", "parameters"}}}` by name: a code, or `ok`."""
    services = {call["service"] for call in event["calls"].values()}
    clients = {service: boto3.client(service, config=_ONCE) for service in services}
    return {name: answer(clients[call["service"]], call) for name, call in event["calls"].items()}


def answer(client: Any, call: dict[str, Any]) -> str:
    """The code of the error that the call ends with; `ok` if it ends with none."""
    try:
        getattr(client, call["operation"])(**call["parameters"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"
