"""Entry point of the function `collection_worker`."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, str]:
    """Says that this function is deployed but collects nothing yet."""
    raise NotImplementedError("collection_worker has no handler yet")
