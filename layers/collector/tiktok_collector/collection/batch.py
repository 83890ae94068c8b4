"""Pure: the usernames of a batch, a video query about many accounts at once, and its halves.

TikTok fails such a query for good if it cannot stand one of the names; which one, only smaller batches tell.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from tiktok_collector.tasks.task import TaskSpec

_USERNAME: Final = "username"
_IN: Final = "IN"
_EQ: Final = "EQ"


def batch_query(usernames: Sequence[str]) -> dict[str, Any]:
    """The query for the videos of several accounts, as the body of a request has it."""
    return {"query": {"and": [_condition(usernames)]}}


def usernames_of(spec: TaskSpec) -> tuple[str, ...]:
    """The accounts that a batch asks for; none if the task is no batch, or wants only so many videos of all of them.

    A study asks for an account that is known to be bad alone; that is a batch, too.
    """
    lists = [each for each in _conditions(spec) if _names_accounts(each) or (_of_cohort(spec) and _names_one(each))]
    if len(lists) != 1 or spec.limit is not None:
        return ()
    return tuple(lists[0]["field_values"])


def halves(usernames: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The two halves of at least two names, the first not the smaller one."""
    middle = (len(usernames) + 1) // 2
    return usernames[:middle], usernames[middle:]


def narrowed(spec: TaskSpec, usernames: Sequence[str]) -> TaskSpec:
    """A batch that asks the same of some of its accounts."""
    conditions = [_condition(usernames) if _names_accounts(each) else each for each in _conditions(spec)]
    return msgspec.structs.replace(spec, params={**spec.params, "query": {**spec.params["query"], "and": conditions}})


def _conditions(spec: TaskSpec) -> Sequence[Mapping[str, Any]]:
    conditions: Sequence[Mapping[str, Any]] = spec.params.get("query", {}).get("and", ())
    return conditions


def _names_accounts(condition: Mapping[str, Any]) -> bool:
    return (condition["field_name"], condition["operation"]) == (_USERNAME, _IN)


def _names_one(condition: Mapping[str, Any]) -> bool:
    return (condition["field_name"], condition["operation"]) == (_USERNAME, _EQ)


def _of_cohort(spec: TaskSpec) -> bool:
    return bool(spec.collections) and not spec.search


def _condition(usernames: Sequence[str]) -> dict[str, Any]:
    return {"operation": _IN, "field_name": _USERNAME, "field_values": list(usernames)}
