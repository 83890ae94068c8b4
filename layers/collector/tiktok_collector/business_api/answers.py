"""Judges an answer of the Business API: its list, or the error that its body code, else its status, stands for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from tiktok_collector.business_api.lists import list_of
from tiktok_collector.errors import (
    CollectorError,
    CredentialsRejected,
    Fatal,
    InvalidRequest,
    RateLimited,
    Retriable,
    ScopeMissing,
    SourceRetired,
)
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.json_body import NotJson, decode_body
from tiktok_collector.research_api.masking import mask
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.kinds import TrendList

SETTING: Final = "BUSINESS_API_URL"
DEFAULT_RETRY_AFTER: Final = timedelta(seconds=60)

_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_SERVER_ERROR: Final = range(500, 600)
_SERVER_CODES: Final = range(50_000, 60_000)
_GONE: Final = frozenset({404, 410})
_TIMEOUT: Final = 408
_TOO_MANY: Final = 429
_UNAUTHORISED: Final = 401
_WRONG_PARAMETERS: Final = 40002
_CODE_DIGITS: Final = 5
_RENEW: Final = "store a new business_api.access_token in the secret of trend credentials"


@dataclass(frozen=True, slots=True)
class _Reading:
    """An answer taken apart; texts are empty where it has none."""

    name: str
    """Of the list, for messages."""
    status: int
    code: int | str | None
    """None: the answer has none, so it is not the API's."""
    said: str
    """Code and message as a person reads them, without secrets."""
    message: str
    data: Any
    not_json: str
    """What the body is instead of JSON; empty if it is JSON."""
    retry_after: timedelta


type _Judge = Callable[[_Reading], CollectorError]


def listed(asked: TrendList, answer: Answer, secrets: tuple[str, ...]) -> list[Any]:
    """The rows of a successful answer, as decoded.

    Args:
        asked: The list that was asked for.
        answer: What came back.
        secrets: What no message may quote: the token and the ids of accounts.

    Raises:
        CollectorError: what the answer says instead, as `TrendAdapter.read` has it.
    """
    reading = _read(asked, answer, secrets)
    if reading.code != 0 or reading.status not in _SUCCESS:
        raise _refusal(reading)
    key = list_of(asked).rows
    rows = reading.data.get(key) if isinstance(reading.data, dict) else None
    if not isinstance(rows, list):
        raise Retriable(
            f"The Business API calls its answer for {reading.name} a success, but data.{key} is not in it; "
            "it will be asked again."
        )
    return rows


def _read(asked: TrendList, answer: Answer, secrets: tuple[str, ...]) -> _Reading:
    body: Any = None
    not_json = ""
    try:
        body = decode_body(answer.body)
    except NotJson as error:
        not_json = str(error)
    parts = body if isinstance(body, dict) else {}
    code, message = _code(parts.get("code")), _masked(lenient.text(parts.get("message")) or "", secrets)
    return _Reading(
        name=asked.name,
        status=answer.status,
        code=code,
        said=_said(answer.status, code, message, secrets),
        message=message,
        data=parts.get("data"),
        not_json=not_json,
        retry_after=answer.retry_after or DEFAULT_RETRY_AFTER,
    )


def _code(value: Any) -> int | str | None:
    found = lenient.integer(value)
    return lenient.text(value) if found is None else found


def _masked(text: str, secrets: tuple[str, ...]) -> str:
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return mask(text, {})


def _said(status: int, code: int | str | None, message: str, secrets: tuple[str, ...]) -> str:
    said = f"HTTP {status}"
    if code is not None:
        plain = isinstance(code, int) and len(str(code)) <= _CODE_DIGITS
        said += f", code {code if plain else _masked(str(code), secrets)}"
    return f"{said}: {message.rstrip('. ')}" if message else said


def _token(reading: _Reading) -> CollectorError:
    return CredentialsRejected(
        f"The Business API does not take the access token for {reading.name} ({reading.said}): {_RENEW}."
    )


def _permission(reading: _Reading) -> CollectorError:
    return ScopeMissing(
        f"The Business API does not let this access token read {reading.name} ({reading.said}): its app needs the "
        "scope Discovery (Creative Management; for keywords discovery.search.words), and the token the account."
    )


def _too_many(reading: _Reading) -> CollectorError:
    seconds = reading.retry_after.total_seconds()
    return RateLimited(
        f"The Business API wants fewer requests ({reading.said}, for {reading.name}): wait {seconds:g} s.",
        retry_after=reading.retry_after,
    )


def _parameters(reading: _Reading) -> CollectorError:
    return InvalidRequest(
        f"The Business API refuses the parameters of {reading.name} ({reading.said}): correct country, period, "
        "industry or the account's id."
    )


def _retired(reading: _Reading) -> CollectorError:
    return SourceRetired(
        f"The Business API has no {reading.name} any more ({reading.said}): take another source for it, or correct the "
        f"setting {SETTING} if it names another place."
    )


def _later(reading: _Reading) -> CollectorError:
    what = reading.not_json or ("JSON without a code" if reading.code is None else "")
    said = f"HTTP {reading.status} with {what}" if what else reading.said
    return Retriable(f"The Business API did not answer for {reading.name} ({said}); it will be asked again.")


def _moved(reading: _Reading) -> CollectorError:
    return Fatal(
        f"The Business API sends the request for {reading.name} elsewhere (HTTP {reading.status}): correct the setting "
        f"{SETTING} (for example https://business-api.tiktok.com)."
    )


def _unknown(reading: _Reading) -> CollectorError:
    return Fatal(
        f"The Business API refuses {reading.name} with a code that is new here ({reading.said}): look it up in its "
        "documentation."
    )


_BY_CODE: Final[Mapping[int | str | None, _Judge]] = MappingProxyType(
    {
        40001: _permission,
        40100: _too_many,
        40101: _token,  # not authorised
        40102: _token,  # expired
        40104: _token,  # not sent
        40105: _token,  # wrong or revoked
    }
)


def _refusal(reading: _Reading) -> CollectorError:
    judge = _BY_CODE.get(reading.code) or _by_message(reading) or _by_status(reading.status, reading.code)
    return judge(reading)


def _by_message(reading: _Reading) -> _Judge | None:
    if "deprecated" in f"{reading.code} {reading.message}".lower():
        return _retired
    return _parameters if reading.code == _WRONG_PARAMETERS else None


def _by_status(status: int, code: int | str | None) -> _Judge:
    if status in _REDIRECT:
        return _moved
    if status in _GONE:
        return _retired
    if status == _TOO_MANY:
        return _too_many
    if status == _UNAUTHORISED:
        return _token
    if status in _SERVER_ERROR or status == _TIMEOUT or code in {None, 0} or code in _SERVER_CODES:
        return _later
    return _unknown
