"""The study of a simulated month: cohorts that share accounts, and searches, over a generated world."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import yaml

from sandbox.world import AccountSpec

FIRST_PASS: Final = 2
LAST_PASS: Final = 10
COMMENTED: Final = ("commented_one", "commented_two")
"""Two accounts of a few videos, whose comments are collected too."""

_SEARCHES: Final[dict[str, dict[str, Any]]] = {
    "bakers": {"and": [{"field_name": "hashtag_name", "operation": "IN", "field_values": ["baking", "bread"]}]},
    "fossils": {"and": [{"field_name": "keyword", "operation": "IN", "field_values": ["fossil"]}]},
    "icelandic": {
        "and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}],
        "not": [{"field_name": "keyword", "operation": "IN", "field_values": ["football"]}],
    },
    "choirs": {"and": [{"field_name": "hashtag_name", "operation": "EQ", "field_values": ["choir"]}]},
    "debates": {
        "and": [{"field_name": "region_code", "operation": "IN", "field_values": ["DE", "FR", "GB"]}],
        "or": [
            {"field_name": "hashtag_name", "operation": "EQ", "field_values": ["debate"]},
            {"field_name": "keyword", "operation": "IN", "field_values": ["parliament"]},
        ],
    },
}


def commented_accounts(days: int) -> list[AccountSpec]:
    """The accounts whose comments are collected, with a video every fifth day before the world's end."""
    return [AccountSpec(name, videos=days // 5, days=days, comments_per_video=3) for name in COMMENTED]


def searches(number: int) -> dict[str, dict[str, Any]]:
    """So many of the queries, by name."""
    return dict(list(_SEARCHES.items())[:number])


def cohorts(usernames: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Two cohorts of all accounts, with a fifth of them in both, and the small one with comments."""
    accounts = [name for name in usernames if name not in COMMENTED]
    return {
        "north": tuple(accounts[: len(accounts) * 6 // 10]),
        "south": tuple(accounts[len(accounts) * 4 // 10 :]),
        "commented": COMMENTED,
    }


def study_text(
    *, first_day: date, followed: Mapping[str, tuple[str, ...]], searched: Mapping[str, Mapping[str, Any]]
) -> str:
    """The study file: everything from `first_day` on."""
    include = {"commented": ["profile", "videos", "comments"]}
    content: dict[str, Any] = {
        "version": 1,
        "name": "month",
        "first_day": first_day.isoformat(),
        "passes": [FIRST_PASS, LAST_PASS],
        "cohorts": {
            name: {"accounts": list(accounts), "include": include.get(name, ["videos"])}
            for name, accounts in followed.items()
        },
        "searches": {name: {"query": dict(query)} for name, query in searched.items()},
    }
    return yaml.safe_dump(content, sort_keys=False)


def days_due(first_day: date, last: date) -> list[date]:
    """The days of videos whose last pass is due when `last` is the last day that asks."""
    return [first_day + timedelta(days=number) for number in range((last - first_day).days - LAST_PASS + 1)]
