"""The query of a video search: conditions and how they combine. API page "Query videos"."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

COMPARISONS = ("GT", "GTE", "LT", "LTE")
_ALL = frozenset(("EQ", "IN", *COMPARISONS))
_EXACT = frozenset(("EQ", "IN"))
OPERATIONS: dict[str, frozenset[str]] = {
    "create_date": _ALL,
    "username": _EXACT,
    "region_code": _EXACT,
    "video_id": _EXACT,
    "hashtag_name": _EXACT,
    "keyword": _EXACT,
    "music_id": _EXACT,
    "effect_id": _EXACT,
    "video_length": _EXACT,
    "view_count": _ALL,
    "comment_count": _ALL,
}
INT64_MAX = (1 << 63) - 1
VIDEO_LENGTHS = ("SHORT", "MID", "LONG", "EXTRA_LONG")
_DAY = re.compile(r"[0-9]{8}")
_NUMBERS = frozenset(("video_id", "music_id", "effect_id", "view_count", "comment_count"))


class InvalidQueryError(ValueError):
    """The query breaks the API's rules; the message is what the API says."""


class EmptyBucketError(ValueError):
    """An `and`, `or` or `not` list is there and empty, which the real service answers with a 500."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `values` are strings, as in the documentation."""

    field: str
    operation: str
    values: tuple[str, ...]

    @property
    def numbers(self) -> list[int]:
        """The values as exact integers, for the numeric fields and `create_date` (days since 1970)."""
        if self.field == "create_date":
            return [_day_number(value) for value in self.values]
        return [int(value) for value in self.values]


@dataclass(frozen=True, slots=True)
class Query:
    """All of `all_of`, at least one of `any_of` (if there are any), none of `none_of`."""

    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition, whichever list it is in."""
        return self.all_of + self.any_of + self.none_of


def parse_query(query: Any) -> Query:
    """Return the query of a request body.

    Raises:
        InvalidQueryError: Unknown key, field or operation, or values that do not fit.
        EmptyBucketError: A list is present and empty.
    """
    if not isinstance(query, dict) or not query:
        raise InvalidQueryError("The query is missing: it needs at least one of and, or, not")
    for name, bucket in query.items():
        if name not in ("and", "or", "not"):
            raise InvalidQueryError(f"Invalid query: unknown clause {name}")
        if bucket is not None and not isinstance(bucket, list):
            raise InvalidQueryError(f"Invalid query: {name} must be a list of conditions")
        if bucket == []:
            raise EmptyBucketError(name)
    buckets = {name: tuple(_condition(item) for item in query.get(name) or ()) for name in ("and", "or", "not")}
    if not any(buckets.values()):
        raise InvalidQueryError("The query is missing: it needs at least one of and, or, not")
    return Query(buckets["and"], buckets["or"], buckets["not"])


def _condition(item: Any) -> Condition:
    if not isinstance(item, dict):
        raise InvalidQueryError("Invalid query: a condition must be an object")
    field, operation, values = item.get("field_name"), item.get("operation"), item.get("field_values")
    if not isinstance(field, str) or field not in OPERATIONS:
        raise InvalidQueryError(f"Invalid field_name: {field}")
    if not isinstance(operation, str) or operation not in OPERATIONS[field]:
        raise InvalidQueryError(f"Invalid operation {operation} for field_name {field}")
    if not isinstance(values, list) or not values:
        raise InvalidQueryError(f"Invalid field_values for field_name {field}: a non-empty list is needed")
    if operation != "IN" and len(values) != 1:
        raise InvalidQueryError(f"Invalid field_values for field_name {field}: {operation} takes exactly one value")
    condition = Condition(field, operation, tuple(_text(field, value) for value in values))
    _check_values(condition)
    return condition


def _text(field: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidQueryError(f"Invalid field_values for field_name {field}: strings are needed")
    return str(value)


def _check_values(condition: Condition) -> None:
    refusal = InvalidQueryError(f"Invalid field_values for field_name {condition.field}")
    if condition.field == "video_length" and not set(condition.values) <= set(VIDEO_LENGTHS):
        raise refusal
    if condition.field in _NUMBERS or condition.field == "create_date":
        try:
            numbers = condition.numbers
        except ValueError as error:
            raise refusal from error
        if any(abs(number) > INT64_MAX for number in numbers):
            raise refusal


def _day_number(value: str) -> int:
    return int(parse_day(value).timestamp()) // 86_400


def parse_day(value: str) -> datetime:
    """Return midnight UTC of a `YYYYMMDD` day.

    Raises:
        ValueError: It is not such a day.
    """
    if not _DAY.fullmatch(value):
        raise ValueError(f"{value!r} is not a day in the form YYYYMMDD")
    return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC)
