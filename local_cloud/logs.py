"""The functions' last log lines, of all functions together, in their order."""

from collections.abc import Iterable
from datetime import UTC, datetime

import boto3
from rich.console import Console

from local_cloud.environment import REGION
from local_cloud.progress import printable

_LINES = 200

type Line = tuple[int, str, str]
"""Milliseconds since 1970, the function, and what it said."""


def print_logs(url: str, console: Console) -> None:
    """Prints the last lines that the functions of the local AWS at `url` have logged."""
    client = boto3.client(
        "logs",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 # the emulator's
    )
    lines: list[Line] = []
    for group in client.describe_log_groups()["logGroups"]:
        name = group["logGroupName"].rpartition("/")[2]
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            lines += [(event["timestamp"], name, event["message"].rstrip()) for event in page["events"]]
    for timestamp, name, message in in_order(lines)[-_LINES:]:
        at = datetime.fromtimestamp(timestamp / 1000, tz=UTC)
        console.print(f"{at:%H:%M:%S} {name:<20} {printable(message)}", markup=False, highlight=False, soft_wrap=True)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """The lines by time; those of one millisecond stay as they came, since a function writes several in one."""
    return sorted(lines, key=lambda line: line[0])
