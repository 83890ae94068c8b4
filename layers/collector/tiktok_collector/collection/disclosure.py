"""How an export names people: by pseudonyms, or as TikTok does where the event asks for that."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from tiktok_collector.pseudonyms.people import NOBODY, Pseudonyms
from tiktok_collector.pseudonyms.rows import PseudonymousRows

_USERNAME: Final = "username"
# An unkeyed digest of few names is found by trying.
_TELLS_NAMES: Final = "usernames_digest"


class Disclosure(Protocol):
    """What becomes of each part of an export."""

    @property
    def key_id(self) -> str:
        """The key of its pseudonyms; empty where people are named."""
        ...

    def name(self, username: str) -> str:
        """What stands for an account."""
        ...

    def row(self, row: dict[str, Any], entity: str) -> dict[str, Any]:
        """What stands for an exportable row."""
        ...

    def broken(self, row: Any) -> Any:
        """What stands for a row that broke its model."""
        ...

    def request(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What stands for what was asked."""
        ...

    def report(self, report: dict[str, Any]) -> dict[str, Any]:
        """What stands for the report of a stream."""
        ...


class AsGiven:
    """Names people."""

    key_id: Final = ""

    def name(self, username: str) -> str:
        """The same."""
        return username

    def row(self, row: dict[str, Any], _: str) -> dict[str, Any]:
        """The same."""
        return row

    def broken(self, row: Any) -> Any:
        """The same."""
        return row

    def request(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The same."""
        return dict(request)

    def report(self, report: dict[str, Any]) -> dict[str, Any]:
        """The same."""
        return report


class Pseudonymous:
    """Puts pseudonyms in the place of people; `known` are names that are looked for in texts, too."""

    def __init__(self, people: Pseudonyms, known: Sequence[str]) -> None:
        self._people = people
        self._known = NOBODY.plus(known)
        self._rows = PseudonymousRows(people, known)

    @property
    def key_id(self) -> str:
        """The key of the pseudonyms."""
        return self._people.key_id

    def name(self, username: str) -> str:
        """The account's pseudonym."""
        return self._people.of_name(username)

    def row(self, row: dict[str, Any], entity: str) -> dict[str, Any]:
        """The row with pseudonyms, without fields that are not known."""
        return self._rows.row(row, entity)

    def broken(self, _: Any) -> None:
        """Nothing: what it holds is not known. The page's key and the row's place in it lead there."""

    def request(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The request with pseudonyms in its query, without the digest of its usernames."""
        asked = {name: value for name, value in request.items() if name != _TELLS_NAMES}
        if "query" in asked:
            asked["query"] = _over_conditions(asked["query"], self._condition)
        return asked

    def report(self, report: dict[str, Any]) -> dict[str, Any]:
        """The report with pseudonyms in what TikTok said and in what is missing."""
        told = self._told(report, "observation_detail")
        if "gaps" in told:
            told["gaps"] = [self._told(gap, "detail", "item") for gap in told["gaps"]]
        return told

    def _condition(self, condition: Mapping[str, Any]) -> dict[str, Any]:
        of_accounts = condition["field_name"] == _USERNAME
        values = [
            self._people.of_name(value) if of_accounts else self._people.in_text(value, self._known)
            for value in condition["field_values"]
        ]
        return {**condition, "field_values": values}

    def _told(self, report: Mapping[str, Any], *fields: str) -> dict[str, Any]:
        replaced = {name: self._people.in_text(report[name], self._known) for name in fields if name in report}
        return {**report, **replaced}


def known_names(username: str, profile: Mapping[str, Any] | None, request: Mapping[str, Any]) -> list[str]:
    """The names that an export is about: of its account, from its profile, and of the accounts in its query."""
    names = [username, (profile or {}).get("display_name"), *_queried(request.get("query") or {})]
    return [name for name in dict.fromkeys(names) if name]


def _queried(query: Mapping[str, Any]) -> Iterator[str]:
    for conditions in query.values():
        for condition in conditions:
            if condition["field_name"] == _USERNAME:
                yield from condition["field_values"]


def _over_conditions(query: Mapping[str, Any], change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    return {name: [change(each) for each in conditions] for name, conditions in query.items()}
