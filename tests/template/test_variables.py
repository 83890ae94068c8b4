"""A function's environment variables: its settings model can be loaded from them, and nothing in them is secret."""

import json
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from tests.template.statements import Resources, of_type
from tests.template.test_functions import SETTINGS

BOUNDS = {"ge": "MinValue", "le": "MaxValue"}


def variables_of(resources: Resources, function: str) -> dict[str, Any]:
    return dict(resources[function]["Properties"]["Environment"]["Variables"])


def parameter_of(value: Any, template: dict[str, Any]) -> dict[str, Any] | None:
    """The parameter that a variable has its value from; none for one from a resource or the template itself."""
    name = value.get("Ref") if isinstance(value, dict) else None
    found: dict[str, Any] | None = template["Parameters"].get(name)
    return found


def text_of(value: Any, template: dict[str, Any]) -> str:
    """What Lambda would put there: a parameter's default, or for what only a deployment knows some text."""
    parameter = parameter_of(value, template)
    if parameter:
        return str(parameter["Default"])
    return value if isinstance(value, str) else "known-after-the-deployment"


@pytest.mark.parametrize("name", ["plain", "taken-over", "own-key"])
@pytest.mark.parametrize("function", SETTINGS)
def test_the_settings_can_be_loaded_from_the_variables(
    variants: dict[str, dict[str, Any]], name: str, function: str
) -> None:
    template = variants[name]
    variables = variables_of(template["Resources"], function)
    environment = {name: text_of(value, template) for name, value in variables.items()}
    settings = SETTINGS[function].load(environment)
    assert {field.upper() for field in settings.model_fields_set} == {
        variable for variable in variables if variable.lower() in SETTINGS[function].model_fields
    }


@pytest.mark.parametrize("function", SETTINGS)
def test_a_parameter_and_its_setting_have_the_same_default_and_bounds(
    template: dict[str, Any], resources: Resources, function: str
) -> None:
    for variable, value in variables_of(resources, function).items():
        parameter = parameter_of(value, template)
        field = SETTINGS[function].model_fields.get(variable.lower())
        if parameter and parameter["Type"] == "Number":
            assert field, variable
            assert field.default == parameter["Default"], variable
            assert bounds_of(field) == {
                name: parameter[theirs] for name, theirs in BOUNDS.items() if theirs in parameter
            }, variable


def bounds_of(field: FieldInfo) -> dict[str, float]:
    return {name: getattr(each, name) for each in field.metadata for name in BOUNDS if hasattr(each, name)}


def test_no_variable_holds_a_secret(resources: Resources) -> None:
    secrets = set(of_type(resources, "AWS::SecretsManager::Secret"))
    for function in SETTINGS:
        for variable, value in variables_of(resources, function).items():
            assert "resolve:" not in json.dumps(value), variable
            if "SECRET" in variable:
                assert value["Fn::GetAtt"][0] in secrets, variable
                assert value["Fn::GetAtt"][1] == "Id", variable
            elif isinstance(value, str):
                assert value == "INFO", f"{variable} has a value of its own in the template"


def test_no_parameter_takes_a_secret_and_no_property_looks_one_up(template: dict[str, Any]) -> None:
    assert not [name for name, each in template["Parameters"].items() if "NoEcho" in each]
    assert "{{resolve:" not in json.dumps(template)
    assert "SecretString" not in json.dumps(template).replace("GenerateSecretString", "")
