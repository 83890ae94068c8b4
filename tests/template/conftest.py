"""The template as CloudFormation gets it: translated by SAM's own transform, once for all tests."""

from pathlib import Path
from typing import Any

import pytest

from tests.template.translate import translate
from tests.template.variants import VARIANTS, variant

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return translate(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = template["Resources"]
    return found


@pytest.fixture(scope="session")
def variants(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The template of each of `VARIANTS`, every choice taken."""
    return {name: variant(template, parameters) for name, parameters in VARIANTS.items()}


@pytest.fixture(scope="session")
def plain(variants: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The resources where no parameter is given."""
    found: dict[str, dict[str, Any]] = variants["plain"]["Resources"]
    return found


@pytest.fixture(scope="session")
def own_key(variants: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The resources of a stack with a KMS key of its own."""
    found: dict[str, dict[str, Any]] = variants["own-key"]["Resources"]
    return found
