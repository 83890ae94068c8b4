"""What CloudFormation makes of a translated template for given parameters: conditions decided, choices taken.

Run as `python -m tests.template.variants template.yaml <folder>`: writes one JSON file for each of `VARIANTS`.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.template.translate import translate

KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
VARIANTS: Final[Mapping[str, Mapping[str, str]]] = {
    "plain": {},
    "own-key": {"KmsKeyArn": KEY, "AlarmEmail": "data@example.org"},
    "taken-over": {"ExistingBucket": "bucket", "ExistingUsageLogTable": "usage-log", "ExistingTasksTable": "tasks"},
    "local": {"EndpointUrl": "http://127.0.0.1:4566", "EndpointTls": "false", "Architecture": "x86_64"},
}
"""The parameters of each variant; others have their defaults."""

_NOTHING: Final = {"Ref": "AWS::NoValue"}


def variant(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """The template with these parameters as defaults and every choice taken: no condition and no `Fn::If` is left.

    Raises:
        KeyError: a parameter is not declared, or a choice is by a condition that is not.
    """
    declared = {name: dict(each) for name, each in template["Parameters"].items()}
    for name, value in parameters.items():
        declared[name]["Default"] = value
    values = {name: str(each["Default"]) for name, each in declared.items()}
    holds: dict[str, bool] = {}
    for name in template["Conditions"]:
        _decide(name, template["Conditions"], values, holds)
    resources = {
        name: {key: value for key, value in _chosen(each, holds).items() if key != "Condition"}
        for name, each in template["Resources"].items()
        if "Condition" not in each or holds[each["Condition"]]
    }
    rest = {name: each for name, each in template.items() if name != "Conditions"}
    return {**rest, "Parameters": declared, "Resources": resources, "Outputs": _chosen(template["Outputs"], holds)}


def _decide(name: str, conditions: Mapping[str, Any], values: Mapping[str, str], holds: dict[str, bool]) -> bool:
    """Whether the condition holds; notes it and those that it names."""

    def decided(condition: Mapping[str, Any]) -> bool:
        ((function, operands),) = condition.items()
        match function:
            case "Condition":
                return _decide(operands, conditions, values, holds)
            case "Fn::Not":
                return not decided(operands[0])
            case "Fn::Or":
                return any(decided(each) for each in operands)
            case "Fn::And":
                return all(decided(each) for each in operands)
            case "Fn::Equals":
                one, other = (values[each["Ref"]] if isinstance(each, dict) else each for each in operands)
                return bool(one == other)
        raise KeyError(f"{function} is not a function of conditions")

    if name not in holds:
        holds[name] = decided(conditions[name])
    return holds[name]


def _chosen(value: Any, holds: Mapping[str, bool]) -> Any:
    """The value with every `Fn::If` replaced by its choice, and without what has no value."""
    if isinstance(value, dict):
        if "Fn::If" in value:
            condition, then, otherwise = value["Fn::If"]
            return _chosen(then if holds[condition] else otherwise, holds)
        made = {name: _chosen(each, holds) for name, each in value.items()}
        return {name: each for name, each in made.items() if each != _NOTHING}
    if isinstance(value, list):
        return [each for each in (_chosen(each, holds) for each in value) if each != _NOTHING]
    return value


if __name__ == "__main__":
    whole = translate(Path(sys.argv[1]))
    for kind, given in VARIANTS.items():
        (Path(sys.argv[2]) / f"{kind}.json").write_text(json.dumps(variant(whole, given), indent=1))
