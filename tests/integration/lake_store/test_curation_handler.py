"""The function `lake_curation` with its environment over moto: events in, reports and metrics out."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.lake_store.store import TASKS, LakeStore
from tiktok_collector import observability
from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import InvalidRequest
from tiktok_lake.lease import LakeBusy, lake_lease

APP = Path(__file__).resolve().parents[3] / "functions" / "lake_curation" / "app.py"

type Handler = Callable[[Any], dict[str, Any]]


class Context:
    aws_request_id = "request"

    def get_remaining_time_in_millis(self) -> int:
        return 600_000


@pytest.fixture
def handler(store: LakeStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handler]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("BUCKET", store.bucket)
    monkeypatch.setenv("TASKS_TABLE", TASKS)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "stack")
    observability.metrics.cache_clear()
    spec = importlib.util.spec_from_file_location("lake_curation_app", APP)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield lambda event: module.handler(event, Context())
    observability.metrics.cache_clear()


def metrics_in(text: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in text.splitlines() if '"_aws"' in line]
    return lines[-1] if lines else {}


def test_a_schedules_event_curates_everything(
    handler: Handler, store: LakeStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.put("videos", [{"id": 1}, {"id": "x", "username": "ann"}])
    report = handler({"scheduled_time": "<aws.scheduler.scheduled-time>"})
    assert report["rows"] == {"quarantine": 1, "video_stats": 1, "videos": 1}
    written = capsys.readouterr().out
    assert '"waits"' not in written  # nothing is left
    assert "ann" not in written


def test_the_alarm_hears_of_pages_that_cannot_be_read(
    handler: Handler, store: LakeStore, caplog: pytest.LogCaptureFixture
) -> None:
    key = store.put("videos", [{"id": 1}])
    store.files.objects.put_bytes(key, b"no gzip")
    assert list(handler({})["unreadable"]) == [key]
    (told,) = [each for each in caplog.records if getattr(each, "waits", False)]
    assert vars(told)["unreadable"] == 1


def test_a_run_alone_publishes_nothing(handler: Handler, store: LakeStore, capsys: pytest.CaptureFixture[str]) -> None:
    store.put("videos", [{"id": 1}])
    store.put("videos", [{"id": 2}], run_id="r2")
    assert handler({"run_id": "r2", "compact": False})["pages"] == 1
    assert metrics_in(capsys.readouterr().out) == {}


def test_while_another_holds_the_row_store_it_fails_and_nothing_is_changed(handler: Handler, store: LakeStore) -> None:
    store.put("videos", [{"id": 1}])
    with lake_lease(store.dynamodb, TASKS, SystemClock()), pytest.raises(LakeBusy):
        handler({})
    assert store.keys("curated/") == store.keys("lake/") == []
    assert handler({})["pages"] == 1


@pytest.mark.parametrize(
    "event", [{"day": 20261120}, {"day": "2026-13-01"}, {"run_id": "../x"}, {"days": "2026-11-20"}]
)
def test_a_wrong_event_is_one_sentence(handler: Handler, event: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match="The event"):
        handler(event)
