"""Answers: the envelope, the error texts, log ids."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

type Data = dict[str, Any]

TRY_LATER = "Something is wrong. Please try again later."
BAD_CURSOR = "Invalid count or cursor"
DAILY_QUOTA = "The API daily quota limit exceeded. Please try again later"
TOO_FAST = "The API rate limit was exceeded. Please try again later"
TOKEN_INVALID = "The access token is invalid or not found in the request."  # noqa: S105
NO_SCOPE = "The user did not authorize the scope required for completing this request."


class ApiError(Exception):
    """The request is answered with an error envelope."""

    def __init__(
        self, status: int, code: str, message: str, *, data: Data | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.data = data
        self.retry_after = retry_after


def invalid(message: str) -> ApiError:
    """Return a 400 `invalid_params`."""
    return ApiError(400, "invalid_params", message)


def search_id_invalid(search_id: str) -> ApiError:
    """Return the rejection of a search_id, whether it expired or is not visible yet."""
    return invalid(f"Search Id {search_id} is invalid or expired")


def too_fast(retry_after: int | None) -> ApiError:
    """Return the 429 of the short-term limit; unlike the daily one it is charged."""
    return ApiError(429, "rate_limit_exceeded", TOO_FAST, data={}, retry_after=retry_after)


def server_error(message: str = TRY_LATER) -> ApiError:
    """Return a 500 `internal_error`."""
    return ApiError(500, "internal_error", message)


@dataclass(slots=True)
class Page:
    """A good answer: its `data`, and under which key the rows are (None if it has no list of objects)."""

    data: Data
    rows_key: str | None = None
    message: str = ""

    @property
    def rows(self) -> list[Any]:
        """The rows, or nothing."""
        found = self.data.get(self.rows_key) if self.rows_key else None
        return found if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class TextFile:
    """A good answer that is a text file and no JSON."""

    text: bytes
    rows: int


@dataclass(slots=True)
class Answer:
    """What goes over the wire."""

    status: int
    body: bytes
    code: str = ""
    log_id: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0


def new_log_id(now: float) -> str:
    """Return a log id: 14 digits of UTC time (of this Unix second), then 20 upper-case hexadecimal digits."""
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%d%H%M%S}{secrets.randbits(80):020X}"


def error_answer(error: ApiError, log_id: str, *, with_status: bool = False) -> Answer:
    """Return the envelope of an error; `data` is there only where the error has some, the status where it is told."""
    envelope: Data = {} if error.data is None else {"data": error.data}
    envelope["error"] = {"code": error.code, "message": error.message, "log_id": log_id}
    if with_status:
        envelope["error"]["http_status_code"] = error.status
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Answer(error.status, msgspec.json.encode(envelope), code=error.code, log_id=log_id, headers=headers)


def html_answer(status: int, title: str) -> Answer:
    """Return a gateway's own error page."""
    name = f"{status} {title}"
    page = f"<html>\r\n<head><title>{name}</title></head>\r\n<body>\r\n<center><h1>{name}</h1></center>\r\n"
    return Answer(
        status, f"{page}<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n".encode(), content_type="text/html"
    )
