"""Judges an answer of the Creative Center: one table per generation; body codes decide, not the status alone."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from tiktok_collector.errors import (
    CollectorError,
    CredentialsRejected,
    Fatal,
    InvalidRequest,
    RateLimited,
    Retriable,
    SourceRetired,
)
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.json_body import NotJson, decode_body
from tiktok_collector.research_api.masking import MASK, mask
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.kinds import TrendList

DEFAULT_RETRY_AFTER: Final = timedelta(seconds=30)

_OK: Final = "0"
_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_CLIENT_ERROR: Final = range(400, 500)
_SERVER_ERROR: Final = range(500, 600)
_PARAMETERS: Final = r"invalid[ _]?(request|param|argument)|\bparam(eter)?s? (error|invalid|is|are)\b"
_LONGEST_CODE: Final = len("38001001")
# Shorter values, such as a language, are no secrets, and hiding them would tear messages apart.
_SHORTEST_SECRET: Final = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table: it applies where all that it names is so; `{setting}` in the advice names the host's one."""

    name: str
    raises: type[CollectorError]
    advice: str
    codes: frozenset[str] | None = None
    """Case-folded; an absent code is empty."""
    message: re.Pattern[str] | None = None
    statuses: Collection[int] | None = None
    failed: bool | None = None
    """Whether the body must have a code other than success, or must not."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of the source: how messages call it, and its table; the first row that applies decides."""

    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """An answer taken apart; texts are empty where it has none."""

    body: dict[str, Any]
    code: str
    message: str
    not_json: str
    """What the body is instead of an object of JSON; empty if it is one."""


def _says(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _table(*, renew: str, refused: frozenset[str]) -> tuple[Rule, ...]:
    retired = "TikTok has given this list up, so take another source for its kind"
    correct = "correct the country, period or industry"
    return (
        Rule("credentials", CredentialsRejected, renew, codes=refused),
        Rule("too many requests", RateLimited, "wait", codes=frozenset({"40100"})),
        Rule("deprecated", SourceRetired, retired, codes=frozenset({"deprecated"})),
        Rule(
            "parameters",
            InvalidRequest,
            correct,
            codes=frozenset({"invalidrequest", "invalid_request", "invalidparam", "invalidparams", "invalid_params"}),
        ),
        Rule("deprecated by message", SourceRetired, retired, message=_says(r"\bdeprecated\b")),
        Rule("credentials by message", CredentialsRejected, renew, message=_says(r"invalid ?login|no permission")),
        Rule("too many requests by message", RateLimited, "wait", message=_says(r"too many requests|rate limit")),
        Rule("parameters by message", InvalidRequest, correct, message=_says(_PARAMETERS)),
        Rule("failure by message", Retriable, "try again", message=_says(r"internal (server )?error|server internal")),
        Rule("429 without a known code", RateLimited, "wait", statuses=(429,)),
        Rule("redirect", Fatal, "correct the setting {setting}", statuses=_REDIRECT),
        Rule("path gone", SourceRetired, f"{retired}, or correct the setting {{setting}}", statuses=(404, 410)),
        Rule("server error", Retriable, "try again", statuses=_SERVER_ERROR),
        Rule("request timeout", Retriable, "try again", statuses=(408,)),
        Rule("caller refused", CredentialsRejected, renew, statuses=(401, 403)),
        Rule("bad request without a code", Retriable, "try again", statuses=(400,), failed=False),
        Rule("client error", Fatal, "it cannot succeed as it is", statuses=_CLIENT_ERROR, failed=False),
        Rule("success status without an answer", Retriable, "try again", statuses=_SUCCESS, failed=False),
        Rule("unknown code", Fatal, "the code is new here, so find out what it means before asking again"),
    )


CURRENT: Final = Generation(
    "The Creative Center",
    _table(
        renew="store a new creative_center.cookie (and its csrf_token) in the secret of trend credentials",
        refused=frozenset({"38001001", "invalidlogin", "40101"}),
    ),
)
LEGACY: Final = Generation(
    "The legacy Creative Center",
    _table(
        renew="store new creative_center_legacy.headers in the secret of trend credentials",
        refused=frozenset({"40101", "38001001"}),
    ),
)


def accepted(
    generation: Generation, asked: TrendList, answer: Answer, *, setting: str, secrets: Collection[str]
) -> dict[str, Any]:
    """The body of a successful answer: HTTP 2xx with code 0.

    Args:
        generation: Whose table decides.
        asked: The list that was asked for.
        answer: What came back.
        setting: The setting that names the host.
        secrets: What no message may quote.

    Raises:
        CollectorError: what the answer says instead, as `TrendAdapter.read` has it.
    """
    reading = _read(answer)
    if reading.code == _OK and answer.status in _SUCCESS:
        return reading.body
    rule = next(rule for rule in generation.rules if _applies(rule, reading, answer.status))
    parts = (_fit(reading.code, secrets), _fit(reading.message, secrets), reading.not_json)
    said = " ".join(filter(None, (f"HTTP {answer.status}", *parts))).rstrip(".")
    message = f"{generation.name} answered {said} for {asked.name}: {rule.advice.format(setting=setting)}."
    if rule.raises is RateLimited:
        raise RateLimited(message, retry_after=answer.retry_after or DEFAULT_RETRY_AFTER)
    raise rule.raises(message)


def listed(generation: Generation, asked: TrendList, holder: Any, key: str) -> list[Any]:
    """The list under `key`, as decoded.

    Raises:
        Retriable: there is none; never taken for an empty one.
    """
    found = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(found, list):
        raise missing(generation, asked, key)
    return found


def missing(generation: Generation, asked: TrendList, key: str) -> Retriable:
    """A success that lacks what it should hold."""
    return Retriable(f"{generation.name} answered with success but without {key} for {asked.name}: try again.")


def _read(answer: Answer) -> _Reading:
    try:
        body = decode_body(answer.body)
    except NotJson as error:
        return _Reading({}, "", "", str(error))
    if not isinstance(body, dict):
        return _Reading({}, "", "", "JSON that is not an object")
    base = body.get("BaseResp")
    base = base if isinstance(base, dict) else {}
    codes = [_code(base.get("StatusCode")), _code(body.get("code"))]
    texts = (base.get("StatusMessage"), body.get("message"), body.get("msg"))
    return _Reading(
        body=body,
        # A failure in either place counts; success is said in at least one of them.
        code=next((code for code in codes if code not in {"", _OK}), _OK if _OK in codes else ""),
        message=next((text for text in texts if isinstance(text, str) and text.strip()), ""),
        not_json="",
    )


def _code(value: Any) -> str:
    number = lenient.integer(value)
    return str(number) if number is not None else (lenient.text(value) or "").strip()


def _applies(rule: Rule, reading: _Reading, status: int) -> bool:
    return (
        (rule.codes is None or reading.code.casefold() in rule.codes)
        and (rule.message is None or rule.message.search(reading.message) is not None)
        and (rule.statuses is None or status in rule.statuses)
        and (rule.failed is None or rule.failed is (reading.code not in {"", _OK}))
    )


def _fit(text: str, secrets: Collection[str]) -> str:
    """`text` as a message may quote it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_CODE:
        return text
    return mask(text, {})
