"""Judges an answer of the Research API: a frame of rows, or the typed error that `error_table` names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NoReturn

from tiktok_collector.errors import CollectorError, Observation, RateLimited, Retriable
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.json_body import NotJson, decode_body
from tiktok_collector.research_api.endpoints import CursorKind, Endpoint
from tiktok_collector.research_api.error_table import Symptoms, rule_for
from tiktok_collector.research_api.masking import mask

DEFAULT_RETRY_AFTER: Final = timedelta(seconds=30)

_OK_CODES: Final = frozenset({"", "ok"})
_SUCCESS: Final = range(200, 300)
_INT64: Final = range(-(2**63), 2**63)
_LONGEST_SEARCH_ID: Final = 1_024
"""Each checkpoint of a task holds one, in an item of at most 400 KB; those that are known have 19 digits."""
_LOG_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class Frame:
    """A successful answer: its rows as decoded, and where the next page is."""

    error_code: str
    log_id: str | None
    cursor: int | None
    """For the next request; None where the answer has none, even if `has_more` (then nothing can follow)."""
    search_id: str | None
    """The newest one; it may differ from the one that was sent."""
    has_more: bool
    rows: list[Any]
    """In the server's order; objects unless the server broke its own form (`rows.read_rows` quarantines the others)."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the usage log keeps of an answer: without personal data."""

    error_code: str | None
    error_message: str | None
    log_id: str | None


@dataclass(frozen=True, slots=True)
class _Reading:
    """An answer taken apart; texts are empty where the answer has none."""

    data: dict[str, Any] | None
    code: str
    message: str
    log_id: str | None
    not_json: str
    """Why the body is not an API answer; empty if it is one."""


def read_frame(endpoint: Endpoint, answer: Answer) -> Frame:
    """The rows and the next position of a successful answer.

    A success is HTTP 2xx with code `ok` and data; for `playlist_info` and the user endpoints also HTTP 500 around good
    data without an error (public clients report it). A missing row list is an empty page.

    Raises:
        CollectorError: what the answer says instead, by `error_table.RULES`: `Retriable`, `CursorRejected`,
            `RateLimited`, `DailyQuotaRefused`, `TokenRejected`, `Observation`, `InvalidRequest` or `Fatal`. Messages
            hold no value of the request.
    """
    reading = _read(answer)
    if not _succeeded(endpoint, answer, reading):
        _raise(endpoint, answer, reading)
    data = reading.data or {}
    return Frame(
        error_code="ok",
        log_id=reading.log_id,
        cursor=_cursor(endpoint, data),
        search_id=_search_id(endpoint, data),
        has_more=_has_more(endpoint, data),
        rows=_rows(endpoint, data),
    )


def explain(outcome: Answer | CollectorError) -> Explanation:
    """What to log of an answer, or of the error that `ResearchApiClient.send` raised instead of one."""
    if isinstance(outcome, CollectorError):
        return Explanation(error_code=type(outcome).__name__, error_message=str(outcome), log_id=None)
    reading = _read(outcome)
    message = mask(reading.message or reading.not_json, outcome.request)
    code = reading.code or ("not_json" if reading.not_json else None)
    return Explanation(error_code=code and mask(code, {}), error_message=message or None, log_id=reading.log_id)


def _read(answer: Answer) -> _Reading:
    try:
        decoded = decode_body(answer.body)
    except NotJson as error:
        return _Reading(None, "", "", None, str(error))
    if not isinstance(decoded, dict):
        return _Reading(None, "", "", None, "JSON that is not an object")
    data = decoded.get("data")
    verdict = _error_object(decoded)
    return _Reading(
        data=data if isinstance(data, dict) else None,
        code=_text(verdict.get("code")),
        message=_text(verdict.get("message")) or _text(verdict.get("msg")),
        log_id=_log_id(verdict),
        not_json=_what_is_wrong(data, verdict),
    )


def _what_is_wrong(data: Any, verdict: dict[str, Any]) -> str:
    if data is None and not verdict:
        return "JSON without data and error"
    if data is not None and not isinstance(data, dict) and _text(verdict.get("code")) in _OK_CODES:
        return "data that is not an object"
    return ""


def _error_object(decoded: dict[str, Any]) -> dict[str, Any]:
    error = decoded.get("error")
    if isinstance(error, str):  # the flat form of the token endpoint
        return {"code": error, "message": decoded.get("error_description"), "log_id": decoded.get("log_id")}
    return error if isinstance(error, dict) else {}


def _log_id(verdict: dict[str, Any]) -> str | None:
    """The server's name for the request; it goes into every log, so that anything else is not taken for one."""
    value = _text(verdict.get("log_id"))
    return value if _LOG_ID.fullmatch(value) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _succeeded(endpoint: Endpoint, answer: Answer, reading: _Reading) -> bool:
    if reading.code not in _OK_CODES or reading.not_json:
        return False
    # Only a list may be empty: a profile or playlist without anything is no answer.
    if answer.status in _SUCCESS:
        return bool(reading.data or endpoint.row_keys)
    if not (endpoint.answers_500_with_data and answer.status == 500 and reading.data):  # noqa: PLR2004 - HTTP 500
        return False
    has_rows = not endpoint.row_keys or any(key in reading.data for key in endpoint.row_keys)
    return has_rows and (reading.code == "ok" or not reading.message)


def _raise(endpoint: Endpoint, answer: Answer, reading: _Reading) -> NoReturn:
    rule = rule_for(
        Symptoms(
            endpoint=endpoint.name,
            status=answer.status,
            code=reading.code,
            message=reading.message,
            json=not reading.not_json,
            had_cursor=_continues(answer.request),
        )
    )
    said = " ".join(part for part in (mask(reading.code, {}), mask(reading.message, answer.request)) if part)
    what = f"HTTP {answer.status}" + (f" {said}" if said else "") + (f" {reading.not_json}" if reading.not_json else "")
    message = f"{endpoint.name} answered {what.rstrip('.')}: {rule.advice}."
    if rule.kind is not None:
        raise Observation(rule.kind, message)
    if rule.raises is RateLimited:
        raise RateLimited(message, retry_after=answer.retry_after or DEFAULT_RETRY_AFTER)
    raise rule.raises(message)


def _continues(request: Mapping[str, Any]) -> bool:
    return bool(request.get("cursor")) or bool(request.get("search_id"))


def _cursor(endpoint: Endpoint, data: dict[str, Any]) -> int | None:
    value = data.get("cursor")
    if value is None or endpoint.cursor is CursorKind.NONE:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(2**63)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in _INT64:
        raise _malformed(endpoint, "a cursor that is not an integer of 64 bits")
    return value


def _search_id(endpoint: Endpoint, data: dict[str, Any]) -> str | None:
    value = data.get("search_id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and (not isinstance(value, str) or len(value.encode()) > _LONGEST_SEARCH_ID):
        raise _malformed(endpoint, f"a search id that is not text of at most {_LONGEST_SEARCH_ID} bytes")
    return value or None


def _has_more(endpoint: Endpoint, data: dict[str, Any]) -> bool:
    value = data.get("has_more")
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise _malformed(endpoint, "a has_more that is neither true nor false")


def _rows(endpoint: Endpoint, data: dict[str, Any]) -> list[Any]:
    if not endpoint.row_keys:
        return [data]
    for key in endpoint.row_keys:
        rows = data.get(key)
        if isinstance(rows, list):
            return [_with_standard_names(row) for row in rows] if endpoint.entity.endswith("videos") else rows
        if rows is not None:
            raise _malformed(endpoint, f"{key} that is not a list")
    return []


# Names that the docs or older servers give to the same fields of a video.
_STANDARD_NAMES: Final = {"video_id": "id", "favourites_count": "favorites_count"}


def _with_standard_names(row: Any) -> Any:
    if isinstance(row, dict):
        for other, standard in _STANDARD_NAMES.items():
            if other in row and standard not in row:
                row[standard] = row.pop(other)
    return row


def _malformed(endpoint: Endpoint, what: str) -> Retriable:
    return Retriable(f"{endpoint.name} answered with {what}: try again.")
