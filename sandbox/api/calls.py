"""A request as the handlers see it, and the lenient reading of bodies and parameters."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from sandbox.api.answers import BAD_CURSOR, invalid
from sandbox.query import INT64_MAX
from sandbox.settings import Settings
from sandbox.world.video_table import Moment

MAX_COUNT = 100
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_AROUND_NAMES = " \t\r\n'\""
"""What is stripped from field names; a published client ends its list with a stray quote."""
_WHOLE = re.compile(r"-?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a data endpoint."""

    endpoint: str
    fields: str
    body: dict[str, Any]
    now: float
    settings: Settings
    upload: bytes | None = None

    @property
    def moment(self) -> Moment:
        """The time of the call and the settings in force."""
        return Moment(self.now, self.settings)

    @property
    def page(self) -> int:
        """The number of the page asked for, from 1, where the cursor is an index."""
        count = whole_number(self.body.get("max_count")) or 20
        return (whole_number(self.body.get("cursor")) or 0) // max(count, 1) + 1

    def asked_fields(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return the fields asked for, each once.

        Raises:
            ApiError: None is asked for, or one is not known.
        """
        names = tuple(dict.fromkeys(name for part in self.fields.split(",") if (name := part.strip(_AROUND_NAMES))))
        if not names:
            raise invalid("Invalid fields: at least one field is required")
        for name in names:
            if name not in known:
                raise invalid(f"Invalid fields: {name}")
        return names

    def count(self, default: int) -> int:
        """Return `max_count`, a number or digits, 1 to 100."""
        value = self.integer("max_count", default)
        if not 1 <= value <= MAX_COUNT:
            raise invalid(BAD_CURSOR)
        return value

    def cursor(self) -> int:
        """Return `cursor`, 0 if missing or null."""
        value = self.integer("cursor", 0)
        if value < 0:
            raise invalid(BAD_CURSOR)
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """Return a whole number from the body, written as a number or as digits.

        Raises:
            ApiError: It is required and missing, or not a whole number.
        """
        value = self.body.get(name)
        if value in (None, ""):
            if default is None:
                raise invalid(f"Invalid parameters: {name} is required")
            return default
        number = whole_number(value)
        if number is None:
            raise invalid(BAD_CURSOR if name in ("max_count", "cursor") else f"Invalid parameters: {name}")
        return number


def whole_number(value: Any) -> int | None:
    """Return the integer that a JSON number or a string of digits stands for, or None."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip() if isinstance(value, str) or abs(value) <= INT64_MAX else ""
    number = int(text) if _WHOLE.fullmatch(text) else None
    return None if number is None or abs(number) > INT64_MAX else number


def read_body(raw: bytes) -> dict[str, Any]:
    """Return the body: JSON whatever the Content-Type says, else a form whose `query` may be JSON.

    Raises:
        ApiError: It is neither.
    """
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        return _read_form(raw)
    if not isinstance(body, dict):
        raise invalid("Invalid parameters: the body must be a JSON object")
    if _SURROGATE.search(raw) and not _encodable(body):
        raise invalid("Invalid parameters: the body is not valid Unicode")
    return body


def _encodable(body: dict[str, Any]) -> bool:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_form(raw: bytes) -> dict[str, Any]:
    try:
        form = parse_qs(raw.decode(), strict_parsing=True, keep_blank_values=True)
    except ValueError as error:
        raise invalid("Invalid parameters: the body is not valid JSON") from error
    body: dict[str, Any] = {name: values[-1] for name, values in form.items()}
    if isinstance(body.get("query"), str):
        try:
            body["query"] = json.loads(body["query"])
        except ValueError as error:
            raise invalid("Invalid parameters: query is not valid JSON") from error
    return body
