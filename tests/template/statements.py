"""Walks the translated template for the permissions that each function ends up with."""

from collections.abc import Iterator
from typing import Any

type Resources = dict[str, dict[str, Any]]
type Statement = dict[str, Any]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def of_type(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    """Properties by logical id."""
    return {name: each.get("Properties", {}) for name, each in resources.items() if each["Type"] == kind}


def role_of(resources: Resources, function: str) -> dict[str, Any]:
    properties: dict[str, Any] = resources[resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
    return properties


def statements_of(resources: Resources, function: str) -> list[Statement]:
    """Every Allow of the function's role: inline and in the managed policies that the template itself defines."""
    role = role_of(resources, function)
    documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
    documents += [policy["PolicyDocument"] for policy in _managed_policies_of(resources, function)]
    return [each for document in documents for each in document["Statement"] if each["Effect"] == "Allow"]


def _managed_policies_of(resources: Resources, function: str) -> Iterator[dict[str, Any]]:
    """Those of the template that the role names, and those that name the role."""
    role = resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
    named = [each["Ref"] for each in resources[role]["Properties"].get("ManagedPolicyArns", []) if "Ref" in each]
    for name, policy in of_type(resources, "AWS::IAM::ManagedPolicy").items():
        if name in named or {"Ref": role} in policy.get("Roles", []):
            yield policy


def all_documents(resources: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every identity policy document of the template, with the resource that holds it."""
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            yield name, policy["PolicyDocument"]
    for name, policy in of_type(resources, "AWS::IAM::ManagedPolicy").items():
        yield name, policy["PolicyDocument"]


def resource_text(resource: Any) -> str:
    """A statement's resource as text: the logical id of a GetAtt or a Ref, the pattern of a Sub, or the string."""
    if isinstance(resource, dict):
        if "Ref" in resource:
            return str(resource["Ref"])
        if "Fn::GetAtt" in resource:
            return ".".join(resource["Fn::GetAtt"])
        return str(as_list(resource["Fn::Sub"])[0])
    return str(resource)
