"""The function as Lambda calls it."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.integration.imports.bucket import BUCKET, TASKS, Bucket, comments
from tiktok_collector.errors import InvalidRequest

ROOT = Path(__file__).resolve().parents[3]
CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000, aws_request_id="request")


@pytest.fixture
def handler(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("BUCKET", bucket.files.bucket)
    monkeypatch.setenv("TASKS_TABLE", TASKS)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    spec = importlib.util.spec_from_file_location("app_of_dataset_import", ROOT / "functions/dataset_import/app.py")
    assert spec
    assert spec.loader
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return app.handler


def object_created(key: str, bucket: str = BUCKET) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events/dataset_import_object.json").read_text())
    event["detail"]["bucket"]["name"] = bucket
    event["detail"]["object"]["key"] = key
    return event


def test_an_object_that_was_put_is_imported_once_however_often_it_is_said(bucket: Bucket, handler: Any) -> None:
    key = bucket.put("my comments.csv", comments(2))
    first = handler(object_created(key), CONTEXT)
    assert (first["state"], first["taken"], first["report"]) == ("imported", {"comments": 2}, f"{key}.report.json")
    assert handler(object_created(key), CONTEXT)["state"] == "known"
    assert handler(object_created("imports/my+comments.csv"), CONTEXT)["state"] == "known"
    assert handler(object_created(f"{key}.report.json"), CONTEXT)["state"] == "ignored"
    assert handler({"key": key}, CONTEXT)["state"] == "known"
    assert handler({"key": key, "again": True}, CONTEXT)["state"] == "imported"
    assert len(bucket.rows("comments")) == 2
    assert handler({}, CONTEXT)["key"] is None


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"key": "raw/page.json.gz"}, "key"),
        ({"key": "imports/a.csv", "table": "videos"}, "table"),
        (object_created("imports/a.csv", "another-bucket"), "another-bucket"),
        ({"detail": {}}, "source"),
        ("imports/a.csv", "JSON object"),
    ],
)
def test_an_event_that_cannot_be_is_refused(handler: Any, event: Any, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        handler(event, CONTEXT)
