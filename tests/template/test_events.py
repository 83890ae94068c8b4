"""What the schedules send is what the files in `events/` show."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.template.statements import Resources
from tests.template.test_schedules import schedule_of

EVENTS = Path(__file__).resolve().parents[2] / "events"


def file(name: str) -> dict[str, Any]:
    return dict(json.loads((EVENTS / f"{name}.json").read_text()))


@pytest.mark.parametrize(
    "function",
    ["token_refresh", "collection_worker", "quota_accounting", "lake_curation", "data_refresh", "dataset_import"],
)
def test_a_schedules_file_is_its_input(resources: Resources, function: str) -> None:
    resource = "".join(part.capitalize() for part in function.split("_")) + "Function"
    assert json.loads(schedule_of(resources, resource)["Target"]["Input"]) == file(f"{function}_schedule")


@pytest.mark.parametrize("resource", ["UserExtractionFunction", "VideoSearchFunction"])
def test_both_schedules_of_the_study_send_its_file(resources: Resources, resource: str) -> None:
    assert json.loads(schedule_of(resources, resource)["Target"]["Input"]) == file("study_schedule")
