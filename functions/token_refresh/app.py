"""Entry point of the function `token_refresh`."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, str]:
    """Says that this function is deployed but collects nothing yet."""
    raise NotImplementedError("token_refresh has no handler yet")
