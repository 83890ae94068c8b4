"""From a response body to exact JSON values: fast where the body is sound, forgiving where one string in it is not."""

import json
from typing import Any, Final

import msgspec

# Beyond this many digits Python refuses a conversion, since its cost grows with the square.
_MAX_DIGITS: Final = 4_300
MOST_VALUES: Final = 500_000
"""Of a body: an empty list is two bytes of JSON and thirty times that in memory. No known answer has a tenth of it."""


class NotJson(ValueError):
    """A body that no reading makes JSON; the message says what it is instead, without quoting it."""


def decode_body(body: bytes) -> Any:
    """The JSON value of `body`, integers exact at any size that Python converts.

    Where strict decoding fails, a second reading keeps what one bad value would otherwise take with it: invalid UTF-8
    and lone surrogates become U+FFFD, and numbers that cannot be represented, NaN among them, stay text (so that their
    row is quarantined and its neighbours are not).

    Raises:
        NotJson: the body is empty, HTML, truncated, nested beyond reason, of too many values, or otherwise not JSON.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise NotJson(f"JSON of more than {MOST_VALUES} values")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _decode_forgiving(body)


def _decode_forgiving(body: bytes) -> Any:
    start = body.lstrip()
    if not start:
        raise NotJson("an empty body")
    if start.startswith(b"<"):
        raise NotJson("HTML instead of JSON")
    text = body.decode("utf-8-sig", errors="replace")
    try:
        value = json.loads(text, strict=False, parse_int=_integer, parse_float=_float, parse_constant=str)
        return _without_surrogates(value)
    except json.JSONDecodeError as error:
        raise NotJson(f"JSON that breaks off or is malformed at character {error.pos} of {len(text)}") from error
    except RecursionError as error:
        raise NotJson("JSON nested beyond reason") from error


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _float(digits: str) -> float | str:
    number = float(digits)
    return digits if number in {float("inf"), float("-inf")} else number


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value
