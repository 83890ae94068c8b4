"""Parameters and outputs: each described, in the docs too, and with a value that deploys."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.docs import DOCS, names, table_of
from tests.template.statements import of_type

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", ["Parameters", "Outputs"])
def test_each_is_described(template: dict[str, Any], kind: str) -> None:
    for name, each in template[kind].items():
        assert len(each.get("Description", "")) >= len("The lake"), name


def test_every_parameter_stands_in_one_group_and_in_the_docs(template: dict[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    shown = [name for group in groups for name in group["Parameters"]]
    assert sorted(shown) == sorted(template["Parameters"])
    assert sorted(names(table_of((DOCS / "deploy.md").read_text(), "## Parameters", "parameter"))) == sorted(shown)


def test_every_parameter_has_a_default_within_its_own_bounds(template: dict[str, Any]) -> None:
    for name, each in template["Parameters"].items():
        default = each["Default"]
        assert re.fullmatch(each.get("AllowedPattern", ".*"), str(default)), name
        assert default in each.get("AllowedValues", [default]), name
        assert each.get("MinValue", default) <= default <= each.get("MaxValue", default), name


def test_every_parameter_is_used(template: dict[str, Any]) -> None:
    text = json.dumps({name: template[name] for name in ("Conditions", "Resources", "Outputs")})
    used = {*re.findall(r'"Ref": "(\w+)"', text), *re.findall(r"\$\{(\w+)\}", text)}
    assert set(template["Parameters"]) <= used


def test_samconfig_overrides_what_there_is_with_what_is_allowed(template: dict[str, Any]) -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())
    overrides = [
        each
        for stage in ("default", "dev", "prod")
        for each in settings[stage]["deploy"]["parameters"]["parameter_overrides"]
    ]
    assert overrides
    for override in overrides:
        name, _, value = override.partition("=")
        allowed = template["Parameters"][name].get("AllowedValues", [value])
        assert value in map(str, allowed), override


def test_a_deployment_may_make_roles_and_nothing_that_asks_for_more(template: dict[str, Any]) -> None:
    """`CAPABILITY_IAM` in samconfig.toml does for roles and policies without names of their own."""
    for kind, key in (("AWS::IAM::Role", "RoleName"), ("AWS::IAM::ManagedPolicy", "ManagedPolicyName")):
        assert not [name for name, each in of_type(template["Resources"], kind).items() if key in each]
