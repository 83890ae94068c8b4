"""Values as sources send them: numbers as text, text as numbers, ids beyond 2^53 as either.

Each function gives None for what it cannot read; a row is then kept without the value, or left out where it needs it.
"""

from typing import Any, Final

from tiktok_collector.trend_lists.text import normalise

_MOST_DIGITS: Final = 40
_LONGEST_NUMBER: Final = 100
_LONGEST_ID: Final = 200
LONGEST_LABEL: Final = 500
"""Of a hashtag or keyword: bringing one into its form takes time that grows with the square of its length."""
_INFINITY: Final = float("inf")
_LARGEST: Final = 2**63 - 1


def integer(value: Any) -> int | None:
    """A whole number, exact; a fraction is not rounded but refused, unless it is whole (`5.0`)."""
    if isinstance(value, str):
        text = value.strip()
        written = len(text) <= _MOST_DIGITS and text.isascii() and text.removeprefix("-").isdigit()
        return int(text) if written else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def count(value: Any) -> int | None:
    """A whole number from 0 to 2^63 - 1; what lies beyond is a defect of the source."""
    found = integer(value)
    return found if found is not None and 0 <= found <= _LARGEST else None


def number(value: Any) -> float | None:
    """A finite number."""
    if not isinstance(value, float):
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
            return None
        try:
            value = float(value)
        except (ValueError, OverflowError):
            return None
    # Neither infinity nor NaN lies between.
    return value if -_INFINITY < value < _INFINITY else None


def identifier(value: Any) -> str | None:
    """An id as text; a float has lost its last digits and is refused."""
    if isinstance(value, bool | float):
        return None
    found = str(value) if isinstance(value, int) else value.strip() if isinstance(value, str) else ""
    return found if 0 < len(found) <= _LONGEST_ID else None


def text(value: Any) -> str | None:
    """Text that is not blank; whole numbers count as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def flag(value: Any) -> bool | None:
    """A truth value; 0 and 1 count as such."""
    return bool(value) if isinstance(value, bool) or value in (0, 1) else None


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing where it is missing or no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def identifiers(value: Any) -> tuple[str, ...]:
    """The ids of a list, in order; what is none is left out."""
    found = map(identifier, value) if isinstance(value, list) else ()
    return tuple(each for each in found if each is not None)


def label(value: Any) -> tuple[str, str] | None:
    """A hashtag or keyword: normalised, and as it was written; None where nothing is left of it."""
    written = text(value)
    found = normalise(written) if written and len(written) <= LONGEST_LABEL else ""
    return (found, written) if written and found else None
