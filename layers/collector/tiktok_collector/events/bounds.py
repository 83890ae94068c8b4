"""What an event may be made of, before anybody looks at what it says."""

from collections.abc import Mapping
from typing import Any, Final

from tiktok_collector.errors import InvalidRequest

MOST_VALUES: Final = 150_000
"""Twice as many as the largest list that an event may have; each wrong one costs a kilobyte to report."""
_MOST_DEPTH: Final = 30
_SHOWN: Final = 200


def check_bounds(event: Mapping[Any, Any]) -> None:
    """Does nothing if the event has a bounded number of values, not nested without end, and its texts are Unicode.

    Raises:
        InvalidRequest: it has not; the message says what, and where.
    """
    values = 0
    waiting: list[tuple[str, int, Any]] = [("", 0, event)]
    while waiting:
        place, depth, value = waiting.pop()
        values += len(value)
        if values > MOST_VALUES:
            raise InvalidRequest(f"The event has more than {MOST_VALUES} values: send several smaller ones.")
        if depth > _MOST_DEPTH:
            raise InvalidRequest(
                f"The event's field {place!r} is wrong: lists and objects are nested more than {_MOST_DEPTH} "
                "deep, and no field needs that."
            )
        inside = value.items() if isinstance(value, Mapping) else enumerate(value)
        for name, each in inside:
            below = (f"{place}.{name}" if place else str(name))[:_SHOWN]
            if not (_is_text(name) and _is_text(each)):
                raise InvalidRequest(
                    f"The event's field {below!r} is wrong: it holds half a character (U+D800 to U+DFFF), "
                    "which no text can; correct how the event was written."
                )
            if isinstance(each, Mapping | list):
                waiting.append((below, depth + 1, each))


def _is_text(value: object) -> bool:
    """Whether a value, if it is a text, can be written as UTF-8."""
    if not isinstance(value, str) or value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
