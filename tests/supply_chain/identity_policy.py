"""What an identity policy allows: actions and resources with wildcards, and the conditions that ours use."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "deployer"

type Statement = Mapping[str, Any]

# Actions without a resource: their documentation knows the resource * only.
EVERYWHERE: Final = "*"


def statements(*names: str) -> list[Statement]:
    """The statements of these files of docs/deployer, in order."""
    return [each for name in names for each in json.loads((FOLDER / name).read_text())["Statement"]]


def listed(value: str | Sequence[str]) -> list[str]:
    """One value or several, as a list."""
    return [value] if isinstance(value, str) else list(value)


def allows(policy: Iterable[Statement], action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether some statement allows `action` on `resource`; a condition key that `context` lacks does not fit."""
    return any(
        _fits(action, listed(each["Action"]), ignore_case=True)
        and _fits(resource, listed(each["Resource"]))
        and _holds(each.get("Condition", {}), context)
        for each in policy
    )


def _fits(text: str, patterns: Iterable[str], *, ignore_case: bool = False) -> bool:
    flags = re.IGNORECASE if ignore_case else 0
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, flags) for pattern in patterns
    )


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    for operator, keys in conditions.items():
        assert operator in {"StringEquals", "ForAnyValue:StringEquals", "ArnLike"}, operator
        for key, values in keys.items():
            wanted = listed(values)
            if key not in context:
                return False
            if not (_fits(context[key], wanted) if operator == "ArnLike" else context[key] in wanted):
                return False
    return True
