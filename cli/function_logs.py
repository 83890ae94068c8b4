"""What the functions have logged: the last lines, and what is known of their last invocations and failures."""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.target import Target
from tiktok_collector.aws_errors import error_code

_LOG_GROUP: Final = "AWS::Logs::LogGroup"
_PLATFORM: Final = "PLATFORM"
_FAILED: Final = frozenset({"error", "timeout", "failure"})
_THREADS: Final = 8
_OF_FAILURES: Final = ("ERROR", "CRITICAL", "timeout", "timed out")
_TOGETHER: Final = 10
"""Seconds within which the same sentence is one failure: the function logs it, and then the runtime does."""
_TIMED_OUT: Final = "The function's time was over."
_BESIDE: Final = frozenset({"level", "message", "timestamp", "service", "location", "time", "record", "type"})


@dataclass(frozen=True)
class LogLine:
    """One line. `level` is `PLATFORM` for what Lambda itself says; `fields` are what stands beside the message."""

    at: datetime
    function: str
    level: str
    message: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_failure(self) -> bool:
        """Whether a person should know: an error of the function, or an invocation that did not end well."""
        if self.level == _PLATFORM:
            return self.fields.get("status") in _FAILED
        return self.level in {"ERROR", "CRITICAL"}


@dataclass(frozen=True)
class FunctionHealth:
    """When a function was last at work, as far as its log shows, and its last failure in the time asked for."""

    function: str
    last_seen: datetime | None
    failures: int
    last_failure: LogLine | None


def line_of(function: str, event: Mapping[str, Any]) -> LogLine:
    """The line of a log event, whichever form it has."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000, tz=UTC)
    text: str = event["message"].rstrip()
    try:
        said: Any = json.loads(text)
    except ValueError:
        return _plain(at, function, text)
    if not isinstance(said, dict):
        return _plain(at, function, text)
    if str(said.get("type", "")).startswith("platform."):
        record = said.get("record") or {}
        message = _TIMED_OUT if record.get("status") == "timeout" else str(said["type"])
        return LogLine(at, function, _PLATFORM, message, record)
    if "_aws" in said:  # what Powertools has for CloudWatch's metrics
        return LogLine(
            at, function, _PLATFORM, "metrics", {name: each for name, each in said.items() if name != "_aws"}
        )
    # What the runtime writes of an error that nobody caught has no message but an errorMessage.
    said_so = said.get("message", said.get("errorMessage"))
    return LogLine(
        at,
        function,
        str(said.get("level", "INFO")),
        said_so if isinstance(said_so, str) else json.dumps(said_so, ensure_ascii=False),
        {name: value for name, value in said.items() if name not in _BESIDE},
    )


def _plain(at: datetime, function: str, text: str) -> LogLine:
    if "Task timed out" in text:
        return LogLine(at, function, _PLATFORM, _TIMED_OUT, {"status": "timeout"})
    if text.startswith(("START ", "END ", "REPORT ", "INIT_START ", "EXTENSION ")):
        return LogLine(at, function, _PLATFORM, text)
    return LogLine(at, function, "INFO", text)


def log_groups(target: Target) -> dict[str, str]:
    """The log group of each function, by the function's documented name."""
    made = {each.logical_id: each.name for each in target.of_kind(_LOG_GROUP)}
    wanted = {name: "".join(part.capitalize() for part in name.split("_")) + "Log" for name in target.functions}
    return {name: made[logical] for name, logical in wanted.items() if logical in made}


def lines(
    target: Target, function: str, group: str, *, since: datetime, holding: str = "", most: int | None = None
) -> list[LogLine]:
    """The function's lines since a time that hold a text, oldest first; only the last so many with `most`."""
    return list(deque(_lines(target, function, group, since, holding), maxlen=most))


def _lines(target: Target, function: str, group: str, since: datetime, holding: str) -> Iterator[LogLine]:
    pattern: Any = {"filterPattern": json.dumps(holding)} if holding else {}
    pages = target.aws.logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(since.timestamp() * 1000), **pattern
    )
    for page in pages:
        for event in page["events"]:
            # The local AWS takes every pattern apart in its own way, so what it gives is looked at again.
            if holding in event["message"]:
                yield line_of(function, event)


def health(target: Target, since: datetime) -> list[FunctionHealth]:
    """What the logs tell of each function since a time."""
    groups = log_groups(target)
    with ThreadPoolExecutor(_THREADS) as pool:
        found = dict(
            zip(groups, pool.map(lambda name: _health(target, name, groups[name], since), groups), strict=True)
        )
    return [found.get(name) or FunctionHealth(name, None, 0, None) for name in target.functions]


def _health(target: Target, function: str, group: str, since: datetime) -> FunctionHealth:
    failures = [
        line
        for word in _OF_FAILURES
        for line in lines(target, function, group, since=since, holding=word)
        if line.is_failure
    ]
    last = max(failures, key=lambda line: line.at, default=None)
    distinct = {(int(each.at.timestamp()) // _TOGETHER, each.message) for each in failures}
    return FunctionHealth(function, _last_seen(target, group), len(distinct), last)


def _last_seen(target: Target, group: str) -> datetime | None:
    """When the newest stream got its last line; what the list of streams says of that may be an hour old."""
    try:
        streams = target.aws.logs.describe_log_streams(
            logGroupName=group, orderBy="LastEventTime", descending=True, limit=1
        )["logStreams"]
        times = [
            event["timestamp"]
            for stream in streams
            for event in target.aws.logs.get_log_events(
                logGroupName=group, logStreamName=stream["logStreamName"], limit=1, startFromHead=False
            )["events"]
        ]
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return None
        raise
    return datetime.fromtimestamp(max(times) / 1000, tz=UTC) if times else None
