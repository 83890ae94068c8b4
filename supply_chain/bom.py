"""Makes of CycloneDX's inventory of an environment the bill of materials that is committed.

Left out are the addresses that packages give (they say nothing about what ships, and name registries) and whatever the
environment holds beside the lock, such as pip.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from supply_chain.lock import Locked, normal

_ROOT = "root-component"


def tidy(inventory: Mapping[str, Any], lock: Sequence[Locked]) -> dict[str, Any]:
    """The bill of materials of what `lock` names.

    Args:
        inventory: What `cyclonedx-py environment --output-reproducible` has written.
        lock: The requirements that ship.

    Raises:
        ValueError: the environment does not hold what the lock says; the message says what differs.
    """
    locked = {each.name: each for each in lock}
    found = {normal(each["name"]): each for each in inventory["components"] if normal(each["name"]) in locked}
    wrong = [f"{name} {each.version}" for name, each in locked.items() if not _holds(found.get(name), each)]
    if wrong:
        raise ValueError(f"The environment does not hold {', '.join(wrong)}: remove .local/shipped and make bom again.")
    references = {component["bom-ref"] for component in found.values()}
    direct = sorted(found[each.name]["bom-ref"] for each in lock if _is_direct(each))
    return {
        **{key: value for key, value in inventory.items() if key not in {"components", "dependencies", "metadata"}},
        "metadata": _without_addresses(inventory["metadata"]),
        "components": [_without_addresses(found[name]) for name in sorted(found)],
        "dependencies": [
            {"ref": _ROOT, "dependsOn": direct},
            *(each for each in inventory["dependencies"] if each["ref"] in references),
        ],
    }


def _holds(component: Mapping[str, Any] | None, locked: Locked) -> bool:
    return component is not None and component["version"] == locked.version


def _is_direct(locked: Locked) -> bool:
    return any(each.endswith(".in") for each in locked.wanted_by)


def _without_addresses(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_addresses(each) for key, each in value.items() if key != "externalReferences"}
    if isinstance(value, list):
        return [_without_addresses(each) for each in value]
    return value
