"""The functions' own entry points over a cloud, loaded from their files, as Lambda runs them."""

import importlib.util
import io
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.collection.cloud import BUCKET, REGION, TASKS, USAGE_LOG, Cloud
from tiktok_collector.observability import logger

ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = ("user_extraction", "video_search", "collection_worker", "token_refresh", "quota_accounting")


@dataclass(frozen=True)
class Context:
    """What a function sees of its invocation."""

    aws_request_id: str
    seconds: float = 900

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Outcome:
    """What Lambda would answer, and what the function logged."""

    report: Any = None
    error: BaseException | None = None
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        assert self.error is not None, self.report
        return str(self.error)

    @property
    def logged_errors(self) -> list[str]:
        return [line["message"] for line in self.log if line["level"] == "ERROR"]


class Deployed:
    """The functions with their environment variables, and Lambda between them."""

    def __init__(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self._requests = 0
        self.written = io.StringIO()
        variables = {
            "AWS_DEFAULT_REGION": REGION,
            "BUCKET": BUCKET,
            "USAGE_LOG_TABLE": USAGE_LOG,
            "TASKS_TABLE": TASKS,
            "ACCESS_TOKEN_SECRET": cloud.token_secret,
            "PSEUDONYM_KEY_SECRET": cloud.pseudonym_secret,
            "CLIENT_CREDENTIALS_SECRET": cloud.client_secret,
            "TOKEN_REFRESH_FUNCTION": "token-refresh",
            "RESEARCH_API_URL": cloud.sandbox.url,
            "ADHOC_RESERVE_PERCENT": "0",
            "THREADS": "2",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        services = "tiktok_collector.collection.services"
        monkeypatch.setattr(f"{services}.SystemClock", lambda: cloud.clock)
        monkeypatch.setattr(f"{services}.lambda_client", lambda: self)
        self._apps = {name: _load(name) for name in FUNCTIONS}
        for name, app in self._apps.items():
            if hasattr(app, "SystemClock"):
                monkeypatch.setattr(app, "SystemClock", lambda: cloud.clock)
            logger(name)
            for sink in logging.getLogger(name).handlers:
                monkeypatch.setattr(sink, "stream", self.written)

    def send(self, function: str, event: object, *, seconds: float = 900) -> Outcome:
        """Invokes `function` as a new process of Lambda would."""
        self._requests += 1
        app = self._apps[function]
        for cached in ("_services", "_use_case"):
            if hasattr(app, cached):
                getattr(app, cached).cache_clear()
        start = self.written.tell()
        outcome = Outcome()
        try:
            payload = json.loads(json.dumps(event))
            outcome.report = json.loads(json.dumps(app.handler(payload, Context(f"request-{self._requests}", seconds))))
        except Exception as error:  # noqa: BLE001 - Lambda reports whatever the function raised
            outcome.error = error
        outcome.log = [json.loads(line) for line in self.written.getvalue()[start:].splitlines()]
        return outcome

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Stands in for the Lambda client of the collecting functions."""
        assert FunctionName == "token-refresh"
        outcome = self.send("token_refresh", json.loads(Payload))
        if outcome.error:
            failure = {"errorType": type(outcome.error).__name__, "errorMessage": str(outcome.error)}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(failure).encode())}
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(outcome.report).encode())}

    def finish(self, *, most_ticks: int = 30) -> None:
        """Ticks every ten minutes until no run is open."""
        for _ in range(most_ticks):
            self.cloud.clock.sleep(600)
            outcome = self.send("collection_worker", {})
            assert outcome.error is None, outcome.error
            if outcome.report["open_runs"] == 0:
                return
        raise AssertionError("runs are still open")


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"deployed_{name}", ROOT / "functions" / name / "app.py")
    assert spec
    assert spec.loader
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return app
