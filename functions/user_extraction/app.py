"""Entry point of the function `user_extraction`."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, str]:
    """Says that this function is deployed but collects nothing yet."""
    raise NotImplementedError("user_extraction has no handler yet")
