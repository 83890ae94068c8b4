"""How accounts are put together, and the query that asks for them."""

from collections.abc import Sequence
from typing import Any


def balanced(names: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """The fewest groups of at most `size`, in order, whose sizes differ by one at most."""
    if not names:
        return []
    count = -(-len(names) // size)
    shortest, longer = divmod(len(names), count)
    groups, start = [], 0
    for index in range(count):
        end = start + shortest + (index < longer)
        groups.append(tuple(names[start:end]))
        start = end
    return groups


def batch_size(setting: int, too_large: int | None) -> int:
    """How many accounts are asked for together: half of the smallest batch that was too large, if there was one."""
    return setting if too_large is None else max(1, min(setting, too_large // 2))


def query_of(usernames: Sequence[str]) -> dict[str, Any]:
    """The query for the videos of these accounts."""
    operation = "EQ" if len(usernames) == 1 else "IN"
    return {"and": [{"operation": operation, "field_name": "username", "field_values": list(usernames)}]}
