"""What a key may be made of: each part is checked, so that none names an object outside its prefix."""

import re
from typing import Final

from tiktok_collector.errors import InvalidRequest

_SAFE: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def safe(what: str, value: str) -> str:
    """`value`, which may be a part of a key.

    Raises:
        InvalidRequest: it may not; the message calls it `what`.
    """
    if _SAFE.fullmatch(value) is None or ".." in value:
        raise InvalidRequest(
            f"The {what} {value!r} cannot be part of a key: use 1 to 128 of the characters A-Z a-z 0-9 . _ - "
            "and no two dots in a row."
        )
    return value


def day(value: str) -> str:
    """`value`, a UTC day in the form `YYYY-MM-DD`.

    Raises:
        InvalidRequest: it is none.
    """
    if _DAY.fullmatch(value) is None:
        raise InvalidRequest(f"{value!r} is not a UTC day in the form YYYY-MM-DD.")
    return value
