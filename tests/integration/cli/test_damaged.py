"""Objects of the bucket that are damaged: each command says what it can, or one sentence."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack
from tiktok_collector.tasks.items import run_key

MANIFEST = "manifests/run=broken.json"


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"status": "complete"}'])
def test_a_damaged_manifest_hides_no_other_run(stack: MotoStack, content: bytes) -> None:
    stack.put_manifest("good")
    stack.put(MANIFEST, content)
    found = {each["run_id"]: each for each in as_json("runs")["runs"]}
    assert found.keys() == {"good", "broken"}
    assert (found["broken"]["gaps"], found["good"]["gaps"]) == (None, 0)
    assert {each["run_id"] for each in as_json("status")["ended_runs"]} == {"good", "broken"}
    result = on_stack("runs", "broken")
    assert result.exit_code == ExitCode.REFUSED
    assert result.stderr == f"The manifest {MANIFEST} is damaged: put back an older version of that object.\n"


@pytest.mark.parametrize(
    ("attributes", "said"),
    [({"run": {"S": "{}"}}, "cannot be read"), ({"version": {"N": "2"}}, "has version 2, and this code reads 1")],
)
def test_a_run_that_cannot_be_read_hides_no_other_run(stack: MotoStack, attributes: dict[str, Any], said: str) -> None:
    for run_id in ("good", "broken"):
        stack.put_run(run_id)
    updates = {name: {"Action": "PUT", "Value": value} for name, value in attributes.items()}
    stack.dynamodb.update_item(TableName="tasks", Key=run_key("broken"), AttributeUpdates=updates)
    for command in (["runs"], ["status"]):
        document = as_json(*command)
        found = {each["run_id"]: each for each in document.get("runs", document.get("open_runs"))}
        assert found.keys() == {"good", "broken"}
        assert said in found["broken"]["about"]
        assert (found["broken"]["gaps"], found["good"]["gaps"]) == (None, 0)
    assert on_stack("runs").exit_code == ExitCode.DONE


def test_a_damaged_history_leaves_today(stack: MotoStack) -> None:
    stack.put("usage/history.json", b"{")
    report = {"day": "2026-11-20", "at": "2026-11-20T16:00:00Z", "families": [], "forecasts": []}
    stack.functions["quota_accounting"] = lambda _: report
    assert as_json("quota") == {"report": report, "history": {}}


def test_a_reader_that_has_enough_is_no_defect() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    root = Path(__file__).parents[3]
    file = root / "examples/study.yaml"
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli", "study", "validate", file, "--json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": "layers/collector:layers/analytics"},
        check=False,
    )
    os.close(writing)
    assert ended.stderr == b""
