"""A local cloud whose functions run in Lambda containers, by `make sam-local`'s command."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config

from local_cloud.environment import REGION
from tests.e2e.conftest import Checkout, plain_environment
from tests.e2e.local_stack import LocalStack

_START_SECONDS = 180


@dataclass(frozen=True)
class Answer:
    """What a function answered: its report, or how it failed."""

    report: dict[str, Any]
    error: str = ""
    sentence: str = ""


class Containers:
    """The local cloud in a copy of the checkout; `stack` looks past the functions."""

    def __init__(self, copy: Checkout) -> None:
        self.root = copy.root
        self.stack = LocalStack(copy)

    def env_file(self, **environment: str) -> dict[str, dict[str, str]]:
        """What `make env-file` wrote, given further variables."""
        how = {**self._how, "env": self._how["env"] | environment}
        done = subprocess.run(self._command("env-file"), **how, capture_output=True, text=True, check=True)  # noqa: S603 # ours
        return dict(json.loads(Path(done.stdout.strip()).read_text()))

    def invoke(self, function: str, event: Mapping[str, Any]) -> Answer:
        """By `sam local invoke`: one container for this event."""
        file = self.root / "event.json"
        file.write_text(json.dumps(event))
        command = self._command("sam-local", "invoke", logical_id(function), "--event", str(file))
        done = subprocess.run(command, **self._how, capture_output=True, text=True, check=False, timeout=280)  # noqa: S603 # ours
        assert done.returncode == 0, done.stdout + done.stderr
        return _answer(json.loads(done.stdout))

    @contextmanager
    def start_lambda(self) -> Iterator[Any]:
        """By `sam local start-lambda`: a client of Lambda; a function keeps its container from event to event."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        log = self.root / "start-lambda.log"
        command = self._command("sam-local", "start-lambda", "--port", port, "--warm-containers", "LAZY")
        with (
            log.open("wb") as said,
            subprocess.Popen(command, **self._how, stdout=said, stderr=said) as served,  # noqa: S603 # ours
        ):
            try:
                _wait_for(f"http://127.0.0.1:{port}", served, log)
                once = Config(read_timeout=280, retries={"total_max_attempts": 1})
                yield boto3.Session("test", "test", region_name=REGION).client(
                    "lambda", endpoint_url=f"http://127.0.0.1:{port}", config=once
                )
            finally:
                served.send_signal(signal.SIGINT)
                served.wait(60)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "local_cloud", *words]

    @property
    def _how(self) -> dict[str, Any]:
        environment = {**plain_environment(), "PYTHONPATH": "layers/collector:layers/analytics"}
        return {"cwd": self.root, "env": environment, "stdin": subprocess.DEVNULL}


def logical_id(function: str) -> str:
    """The name of a function in the template."""
    return "".join(word.capitalize() for word in function.split("_")) + "Function"


def send(client: Any, function: str, event: Mapping[str, Any]) -> Answer:
    """What a function answers to a client of `start-lambda`."""
    answer = client.invoke(FunctionName=logical_id(function), Payload=json.dumps(event).encode())
    return _answer(json.loads(answer["Payload"].read()))


def _answer(document: dict[str, Any]) -> Answer:
    if "errorType" in document:
        return Answer({}, document["errorType"], document["errorMessage"])
    return Answer(document)


def _wait_for(url: str, served: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while served.poll() is None and time.monotonic() < deadline:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text())
