"""Every row of the table from answer to error type, each with an answer that public sources report."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.research_api.support import answer, error_body
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
from tiktok_collector.research_api.answers import read_frame
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.error_table import RULES, Symptoms, rule_for


@dataclass(frozen=True)
class Case:
    rule: str
    status: int
    body: bytes | dict[str, Any]
    raises: type[CollectorError]
    endpoint: str = "video_query"
    request: dict[str, Any] = field(default_factory=dict)
    kind: ObservationKind | None = None


HTML = b"<html><head><title>504 Gateway Time-out</title></head></html>"
NEXT_PAGE = {"cursor": 100, "search_id": "7354367454467855403"}
CURSOR = error_body("invalid_params", "Invalid count or cursor")
SOMEONE = {"username": "someone"}

CASES = [
    Case("daily quota", 429, error_body("daily_quota_limit_exceeded", "The API daily quota limit exceeded."),
         DailyQuotaRefused),
    Case("daily quota", 429, error_body("daily_quota_limit_exceeded", data={}), DailyQuotaRefused),
    Case("daily quota", 200, error_body("daily_quota_limit_exceeded"), DailyQuotaRefused),
    Case("daily quota by message", 429,
         error_body("", "The API daily quota limit exceeded. Please try again later"), DailyQuotaRefused),
    Case("short-term rate limit", 429, error_body("rate_limit_exceeded", "Too many requests"), RateLimited),
    Case("short-term rate limit", 200, error_body("rate_limit_exceeded"), RateLimited),
    Case("429 without a known code", 429, HTML, RateLimited),
    Case("scope", 401, error_body("scope_not_authorized", "The user did not authorize the scope"), ScopeMissing,
         endpoint="user_followers"),
    Case("scope", 401, error_body("scope_permission_missed"), ScopeMissing),
    Case("scope by message", 401, error_body(
        "other", "The user did not authorize the scope required for completing this request."), ScopeMissing),
    Case("token", 401, error_body("access_token_invalid", "The access token is invalid"), TokenRejected),
    Case("token", 200, error_body("access_token_invalid"), TokenRejected),
    Case("401 without a known code", 401, b"", TokenRejected),
    Case("search id", 400, error_body("invalid_params", "Search Id 7354367454467855403 is invalid or expired"),
         CursorRejected, request=NEXT_PAGE),
    Case("search id", 200, error_body("invalid_params", "Search Id 7354367454467855403 is invalid or expired"),
         CursorRejected, request=NEXT_PAGE),
    Case("search id", 400, {"error": {"code": "invalid_params", "msg": "Search Id 7 is invalid or expired"}},
         CursorRejected, request=NEXT_PAGE),
    Case("cursor that the API issued", 400, CURSOR, CursorRejected, request=NEXT_PAGE),
    Case("cursor that the API issued", 400, CURSOR, CursorRejected, request={"cursor": 1_706_837_834},
         endpoint="user_followers"),
    Case("cursor out of nowhere", 400, CURSOR, InvalidRequest, request={"max_count": 100}),
    Case("cursor out of nowhere", 400, CURSOR, InvalidRequest, request={"cursor": 0, "search_id": ""}),
    Case("cursor out of nowhere", 400, CURSOR, InvalidRequest, request={"cursor": None, "search_id": None}),
    Case("unknown account", 400, error_body("invalid_params", "`username: someone` is invalid: cannot find the user"),
         Observation, endpoint="user_info", request=SOMEONE, kind=ObservationKind.UNKNOWN),
    Case("account out of scope", 400, error_body("invalid_params", "API cannot return this user's information"),
         Observation, endpoint="user_info", request=SOMEONE, kind=ObservationKind.OUT_OF_SCOPE),
    Case("private account", 400, error_body("invalid_params", "This account is private"), Observation,
         endpoint="user_reposted_videos", request=SOMEONE, kind=ObservationKind.PRIVATE),
    Case("hidden list", 400, error_body("invalid_params", "The user's liked information cannot be returned"),
         Observation, endpoint="user_liked_videos", request=SOMEONE, kind=ObservationKind.HIDDEN),
    Case("hidden list", 403, error_body("forbidden", "information cannot be returned"), Observation,
         endpoint="user_following", request=SOMEONE, kind=ObservationKind.HIDDEN),
    Case("likes that are not public", 403, error_body("forbidden", "no"), Observation,
         endpoint="user_liked_videos", request=SOMEONE, kind=ObservationKind.HIDDEN),
    Case("backend failure by message", 400,
         error_body("invalid_params", "Something went wrong. Please try again later."), Retriable),
    Case("backend failure by message", 500,
         error_body("internal_error", "Something is wrong. Please try again later."), Retriable),
    Case("backend failure by message", 500, error_body("", "Server Internal Error"), Retriable),
    Case("backend failure", 200, error_body("internal_error"), Retriable),
    Case("backend failure", 500, error_body("internal_error", "oops"), Retriable),
    Case("backend failure", 504, error_body("timeout", "upstream timed out"), Retriable),
    Case("server error", 504, HTML, Retriable),
    Case("server error", 502, b"", Retriable),
    Case("server error", 503, error_body("never_heard_of_it"), Retriable),
    Case("server error", 500, {"data": {}, "error": {"code": "ok"}}, Retriable, endpoint="user_info"),
    Case("server error", 500, {"data": {"videos": [{"id": 1}]}, "error": {"code": "ok"}}, Retriable),
    Case("request timeout", 408, HTML, Retriable),
    Case("wrong path", 404, HTML, Fatal),
    Case("redirect", 302, b"", Fatal),
    Case("rejected parameters", 400, error_body("invalid_params", "The end date is too late"), InvalidRequest),
    Case("rejected parameters", 200, error_body("invalid_params", "The fields are invalid"), InvalidRequest),
    Case("rejected parameters", 400, {"error": "invalid_request", "error_description": "no"}, InvalidRequest),
    Case("bad request", 400, error_body("new_code", "no"), InvalidRequest),
    Case("bad request", 400, HTML, InvalidRequest),
    Case("client error", 403, HTML, Fatal, endpoint="user_liked_videos"),
    Case("client error", 403, error_body("forbidden", "no"), Fatal, endpoint="user_info"),
    Case("client error", 418, error_body("teapot", "short and stout"), Fatal),
    Case("success status without an answer", 200, HTML, Retriable),
    Case("success status without an answer", 200, b"", Retriable),
    Case("success status without an answer", 200, b'{"data":{"videos":[{"id":1},{"i', Retriable),
    Case("success status without an answer", 200, {}, Retriable),
    Case("success status without an answer", 200, b"[]", Retriable),
    Case("success status without an answer", 200, {"data": [], "error": {"code": "ok"}}, Retriable),
    Case("success status without an answer", 200, error_body("ok", data={}), Retriable, endpoint="user_info"),
    Case("success status without an answer", 200, error_body("ok"), Retriable, endpoint="playlist_info"),
    Case("unknown code", 200, error_body("never_heard_of_it", "what"), Fatal),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.status}-{case.endpoint}")
def test_an_answer_becomes_the_error_type_of_its_row(case: Case) -> None:
    with pytest.raises(CollectorError) as caught:
        read_frame(ENDPOINTS[case.endpoint], answer(case.status, case.body, request=case.request))

    assert type(caught.value) is case.raises
    if isinstance(caught.value, Observation):
        assert caught.value.kind is case.kind
    assert f"HTTP {case.status}" in str(caught.value)
    assert case.endpoint in str(caught.value)


def test_every_row_of_the_table_has_a_case() -> None:
    assert {rule.name for rule in RULES} == {case.rule for case in CASES}


def test_the_docs_list_the_rows_in_the_same_order() -> None:
    text = Path("docs/api-errors.md").read_text(encoding="utf-8")
    section = text.partition("## Errors")[2].partition("Without any answer")[0]
    listed = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]
    assert listed == ["row", *(rule.name for rule in RULES)]


@pytest.mark.parametrize("rule", sorted({case.rule for case in CASES}))
def test_a_case_reaches_the_row_that_it_names(rule: str) -> None:
    advice = next(row.advice for row in RULES if row.name == rule)
    for case in (case for case in CASES if case.rule == rule):
        with pytest.raises(CollectorError) as caught:
            read_frame(ENDPOINTS[case.endpoint], answer(case.status, case.body, request=case.request))
        assert str(caught.value).endswith(f"{advice}.")


def test_no_status_falls_through_the_table() -> None:
    for status in range(100, 600):
        symptoms = Symptoms("video_query", status, code="", message="", json=False, had_cursor=False)
        assert rule_for(symptoms) in RULES


def test_a_short_term_429_waits_as_long_as_the_server_says() -> None:
    with pytest.raises(RateLimited) as caught:
        read_frame(
            ENDPOINTS["video_query"],
            answer(429, error_body("rate_limit_exceeded"), retry_after=timedelta(seconds=77)),
        )
    assert caught.value.retry_after == timedelta(seconds=77)


def test_a_short_term_429_without_a_time_waits_half_a_minute() -> None:
    with pytest.raises(RateLimited) as caught:
        read_frame(ENDPOINTS["video_query"], answer(429, error_body("rate_limit_exceeded")))
    assert caught.value.retry_after == timedelta(seconds=30)


def test_a_missing_scope_says_what_to_do() -> None:
    with pytest.raises(Fatal, match=r"ask TikTok for the scope research\.data\.basic, or leave this endpoint out"):
        read_frame(ENDPOINTS["user_followers"], answer(401, error_body("scope_not_authorized")))


def test_an_unknown_client_error_names_code_and_message_without_the_values_of_the_request() -> None:
    body = error_body("teapot", "no tea for Some.One (7320768196569599275)")
    with pytest.raises(Fatal) as caught:
        read_frame(ENDPOINTS["user_info"], answer(418, body, request={"username": "some.one"}))
    assert "HTTP 418 teapot no tea for … (…)" in str(caught.value)


def test_an_answered_failure_is_of_known_fate() -> None:
    with pytest.raises(Retriable) as caught:
        read_frame(ENDPOINTS["video_query"], answer(504, HTML))
    assert caught.value.fate_known
