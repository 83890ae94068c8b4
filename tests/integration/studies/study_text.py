"""Study files of tests."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import yaml


def study_text(
    *,
    first_day: date,
    cohorts: Mapping[str, Sequence[str]] | None = None,
    searches: Mapping[str, Any] | None = None,
    include: Iterable[str] = ("videos",),
    **more: Any,
) -> str:
    """A study file; `cohorts` are by name, `searches` are queries by name, all collected alike."""
    content: dict[str, Any] = {"version": 1, "name": "test", "first_day": first_day.isoformat()}
    if cohorts:
        content["cohorts"] = {
            name: {"accounts": list(accounts), "include": list(include)} for name, accounts in cohorts.items()
        }
    if searches:
        content["searches"] = {name: {"query": query} for name, query in searches.items()}
    return yaml.safe_dump({**content, **more}, sort_keys=False)
