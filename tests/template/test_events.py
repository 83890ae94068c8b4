"""What the schedules send is what the files in `events/` show."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.events import MODELS
from tests.template.statements import Resources
from tests.template.test_schedules import schedule_of

EVENTS = Path(__file__).resolve().parents[2] / "events"


def file(name: str) -> dict[str, Any]:
    return dict(json.loads((EVENTS / f"{name}.json").read_text()))


@pytest.mark.parametrize("function", ["token_refresh", "collection_worker", "quota_accounting"])
def test_a_schedules_file_is_its_input(resources: Resources, function: str) -> None:
    resource = "".join(part.capitalize() for part in function.split("_")) + "Function"
    assert json.loads(schedule_of(resources, resource)["Target"]["Input"]) == file(f"{function}_schedule")


def test_the_daily_file_is_the_daily_input_with_accounts(resources: Resources) -> None:
    pattern, _ = schedule_of(resources, "UserExtractionFunction")["Target"]["Input"]["Fn::Sub"]
    shown = file("user_extraction_daily")
    sent = json.loads(pattern.replace("${Usernames}", '","'.join(shown["usernames"])))
    assert sent == shown
    MODELS["user_extraction"].model_validate(sent)
