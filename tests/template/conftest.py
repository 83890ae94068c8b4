"""The template as CloudFormation gets it: translated by SAM's own transform, once for all tests."""

from pathlib import Path
from typing import Any

import pytest

from tests.template.translate import translate

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return translate(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = template["Resources"]
    return found
