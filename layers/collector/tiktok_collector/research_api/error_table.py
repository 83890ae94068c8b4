"""The one table from status, code and message to an error type; nothing else looks at a status code.

Sources of the rows: TikTok's "Error handling" page and Research API FAQ, and what public clients report
(docs/api-errors.md says which).
"""

import re
from dataclasses import dataclass
from typing import Final

from tiktok_collector.errors import (
    CollectorError,
    CursorRejected,
    DailyQuotaRefused,
    Fatal,
    InvalidRequest,
    Observation,
    ObservationKind,
    RateLimited,
    Retriable,
    ScopeMissing,
    TokenRejected,
)

_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_CLIENT_ERROR: Final = range(400, 500)
_SERVER_ERROR: Final = range(500, 600)


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What the table looks at; texts are empty where the answer has none."""

    endpoint: str
    status: int
    code: str
    message: str
    json: bool
    """Whether the body is an answer of the API at all."""
    had_cursor: bool
    """Whether the request continued a listing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: it applies where all that it names is so."""

    name: str
    raises: type[CollectorError]
    advice: str
    codes: frozenset[str] | None = None
    message: re.Pattern[str] | None = None
    statuses: range | None = None
    endpoints: frozenset[str] | None = None
    json: bool | None = None
    """Whether the body must be an API answer, or must not be."""
    had_cursor: bool | None = None
    """Whether the request must have continued a listing, or must not have."""
    kind: ObservationKind | None = None


def _status(code: int) -> range:
    return range(code, code + 1)


def _codes(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def _says(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_GRANT: Final = "ask TikTok for the scope research.data.basic, or leave this endpoint out"

RULES: Final = (
    Rule(
        "daily quota",
        DailyQuotaRefused,
        "it opens again after 00:00 UTC",
        codes=_codes("daily_quota_limit_exceeded"),
    ),
    Rule(
        "daily quota by message",
        DailyQuotaRefused,
        "it opens again after 00:00 UTC",
        message=_says("daily quota"),
        statuses=_status(429),
    ),
    Rule("short-term rate limit", RateLimited, "wait", codes=_codes("rate_limit_exceeded")),
    Rule("429 without a known code", RateLimited, "wait", statuses=_status(429)),
    Rule("scope", ScopeMissing, _GRANT, codes=_codes("scope_not_authorized", "scope_permission_missed")),
    Rule("scope by message", ScopeMissing, _GRANT, message=_says("did not authorize the scope")),
    Rule("token", TokenRejected, "get a new token", codes=_codes("access_token_invalid")),
    Rule("401 without a known code", TokenRejected, "get a new token", statuses=_status(401)),
    Rule(
        "search id",
        CursorRejected,
        "the same request often succeeds seconds later",
        message=_says(r"search[ _]id\b.*\b(invalid|expired)"),
    ),
    Rule(
        "cursor that the API issued",
        CursorRejected,
        "the same request often succeeds seconds later",
        message=_says("invalid count or cursor"),
        had_cursor=True,
    ),
    Rule(
        "cursor out of nowhere",
        InvalidRequest,
        "send at most 100 rows a page and no cursor at first",
        message=_says("invalid count or cursor"),
        had_cursor=False,
    ),
    Rule(
        "unknown account", Observation, "record it", message=_says("cannot find the user"), kind=ObservationKind.UNKNOWN
    ),
    Rule(
        "account out of scope",
        Observation,
        "record it",
        message=_says("cannot return this user'?s? information"),
        kind=ObservationKind.OUT_OF_SCOPE,
    ),
    Rule("private account", Observation, "record it", message=_says(r"\bis private\b"), kind=ObservationKind.PRIVATE),
    Rule(
        "hidden list",
        Observation,
        "record it",
        message=_says("information cannot be returned"),
        kind=ObservationKind.HIDDEN,
    ),
    Rule(
        "likes that are not public",
        Observation,
        "record it",
        statuses=_status(403),
        endpoints=frozenset({"user_liked_videos"}),
        json=True,
        kind=ObservationKind.HIDDEN,
    ),
    Rule(
        "backend failure by message",
        Retriable,
        "try again",
        message=_says(r"something (is|went) wrong|server internal error|internal server error"),
    ),
    Rule("backend failure", Retriable, "try again", codes=_codes("internal_error", "timeout")),
    Rule("server error", Retriable, "try again", statuses=_SERVER_ERROR),
    Rule("request timeout", Retriable, "try again", statuses=_status(408)),
    Rule("wrong path", Fatal, "check RESEARCH_API_URL", statuses=_status(404)),
    Rule("redirect", Fatal, "check RESEARCH_API_URL", statuses=_REDIRECT),
    Rule(
        "rejected parameters",
        InvalidRequest,
        "correct the request",
        codes=_codes("invalid_params", "invalid_param", "invalid_request", "invalid_file_upload"),
    ),
    Rule("bad request", InvalidRequest, "correct the request", statuses=_status(400)),
    Rule("client error", Fatal, "this request cannot succeed as it is", statuses=_CLIENT_ERROR),
    Rule("success status without an answer", Retriable, "try again", statuses=_SUCCESS, codes=_codes("", "ok")),
    Rule("unknown code", Fatal, "this code is new: look it up in TikTok's documentation"),
)
"""The first row that applies decides; the last applies to everything. docs/api-errors.md explains each."""


def rule_for(symptoms: Symptoms) -> Rule:
    """The row of the table that applies to an answer that is no success."""
    return next(rule for rule in RULES if _applies(rule, symptoms))


def _applies(rule: Rule, symptoms: Symptoms) -> bool:
    return (
        (rule.codes is None or symptoms.code in rule.codes)
        and (rule.message is None or rule.message.search(symptoms.message) is not None)
        and (rule.statuses is None or symptoms.status in rule.statuses)
        and (rule.endpoints is None or symptoms.endpoint in rule.endpoints)
        and (rule.json is None or rule.json is symptoms.json)
        and (rule.had_cursor is None or rule.had_cursor is symptoms.had_cursor)
    )
