"""What an answer means: its code first, then its status."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.business_api.support import (
    ACCOUNT,
    ADVERTISER,
    ALL,
    API,
    HASHTAGS,
    TOKEN,
    WHEN,
    answer,
    body,
    hashtag,
    json_values,
    read,
    refusal,
    rows_key,
)
from tiktok_collector.business_api.adapter import BusinessApi
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
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.steps import TrendPage

RENEW = "store a new business_api.access_token in the secret of trend credentials"
HTML = b"<!DOCTYPE html><html><title>502 Bad Gateway</title></html>"


def outcome(content: Any, wanted: TrendList, status: int) -> str:
    """What came of it, in words; an error that is not ours passes through."""
    try:
        return type(read(content, wanted, status)).__name__
    except CollectorError as error:
        return str(error)


def refused(content: Any, status: int = 200, retry_after: timedelta | None = None) -> CollectorError:
    with pytest.raises(CollectorError) as caught:
        read(content, status=status, retry_after=retry_after)
    return caught.value


@pytest.mark.parametrize(
    ("content", "status", "kind", "sentence"),
    [
        (refusal(40105, "Access token is incorrect"), 200, CredentialsRejected, RENEW),
        (refusal(40104, "Access token is empty"), 200, CredentialsRejected, RENEW),
        (refusal("40102", "Token is expired"), 401, CredentialsRejected, "HTTP 401, code 40102: Token is expired"),
        (refusal(40101, "No."), 200, CredentialsRejected, "code 40101: No): store a new"),
        (refusal(40105), 500, CredentialsRejected, RENEW),
        (b"", 401, CredentialsRejected, "(HTTP 401): store a new"),
        (refusal(40001, "No permission"), 200, ScopeMissing, "code 40001: No permission): its app needs"),
        (refusal(40001), 200, ScopeMissing, "scope Discovery (Creative Management; for keywords"),
        (refusal(40100, "Too many requests"), 200, RateLimited, "wait 60 s"),
        (HTML, 429, RateLimited, "wait 60 s"),
        (refusal(40999), 429, RateLimited, "HTTP 429, code 40999"),
        (refusal(40002, "date_range: wrong"), 200, InvalidRequest, "code 40002: date_range: wrong): correct"),
        (refusal(40002, "no"), 400, InvalidRequest, "business_api.hashtag.US.7d-all"),
        (refusal("deprecated"), 200, SourceRetired, "has no business_api.hashtag.US.7d-all any more"),
        (refusal(40002, "This endpoint is Deprecated."), 200, SourceRetired, "take another source"),
        (refusal(40999, "deprecated since v1.4"), 400, SourceRetired, "take another source"),
        (HTML, 404, SourceRetired, "setting BUSINESS_API_URL"),
        (b"", 410, SourceRetired, "HTTP 410"),
        (refusal(50000, "System error"), 200, Retriable, "HTTP 200, code 50000: System error"),
        (refusal("59999"), 200, Retriable, "code 59999"),
        (refusal(40999), 503, Retriable, "HTTP 503, code 40999"),
        (HTML, 502, Retriable, "business_api.hashtag.US.7d-all (HTTP 502 with HTML instead of JSON)"),
        (HTML, 200, Retriable, "HTTP 200 with HTML instead of JSON"),
        (HTML, 403, Retriable, "HTTP 403 with HTML instead of JSON"),
        (b"", 200, Retriable, "HTTP 200 with an empty body"),
        (b"{}", 408, Retriable, "HTTP 408"),
        (b'{"code":0,"message":"OK","data":{"list":[{"hash', 200, Retriable, "breaks off or is malformed"),
        ({"data": {"list": [hashtag()]}}, 200, Retriable, "JSON without a code"),
        ([hashtag()], 200, Retriable, "JSON without a code"),
        (body([hashtag()]), 500, Retriable, "HTTP 500, code 0"),
        (body([hashtag()]), 400, Retriable, "HTTP 400, code 0"),
        ({"code": 0, "message": "OK"}, 200, Retriable, "data.list is not in it"),
        ({"code": 0, "message": "OK", "data": {}}, 200, Retriable, "data.list is not in it"),
        ({"code": 0, "message": "OK", "data": {"list": None}}, 200, Retriable, "data.list is not in it"),
        ({"code": 0, "message": "OK", "data": [hashtag()]}, 200, Retriable, "data.list is not in it"),
        (b"", 302, Fatal, "correct the setting BUSINESS_API_URL"),
        (body([hashtag()]), 301, Fatal, "correct the setting BUSINESS_API_URL"),
        (refusal(40999, "What?"), 200, Fatal, "HTTP 200, code 40999: What?): look it up"),
        (refusal("InvalidThing"), 400, Fatal, "code InvalidThing"),
        (refusal(True), 200, Retriable, "JSON without a code"),
    ],
)  # fmt: skip
def test_codes_decide_then_statuses(content: Any, status: int, kind: type[CollectorError], sentence: str) -> None:
    error = refused(content, status)
    assert type(error) is kind
    assert sentence in str(error)
    assert str(error).endswith(".")


@pytest.mark.parametrize(("content", "status"), [(refusal(40100), 200), (b"", 429)])
def test_a_rate_limit_says_how_long(content: Any, status: int) -> None:
    for given_seconds, waits in ((None, 60), (7, 7)):
        error = refused(content, status, None if given_seconds is None else timedelta(seconds=given_seconds))
        assert isinstance(error, RateLimited)
        assert error.retry_after == timedelta(seconds=waits)


@pytest.mark.parametrize("wanted", ALL)
def test_the_list_may_be_empty_but_not_absent(wanted: TrendList) -> None:
    assert read(body([], wanted), wanted) == TrendPage()
    with pytest.raises(Retriable, match=rf"data\.{rows_key(wanted)} is not in it"):
        read({"code": 0, "message": "OK", "data": {"other": []}}, wanted)


def test_a_code_in_text_is_a_code() -> None:
    assert len(read(body([hashtag()], code="0")).rows) == 1


def test_success_is_not_undone_by_a_word_in_its_message() -> None:
    assert len(read(body([hashtag()], message="OK; views is deprecated")).rows) == 1


@pytest.mark.parametrize("code", [40001, 40002, 40100, 40102, 40104, 40105, 50000, 40999, "deprecated", "Strange"])
def test_no_message_quotes_token_or_accounts(code: int | str) -> None:
    said = f"token={TOKEN}, advertiser {ADVERTISER} and account ({ACCOUNT}) of request 20261121060000123"
    for content in (refusal(code, said), refusal(f"{code} {TOKEN}", said)):
        text = str(refused(content))
        assert not any(secret in text for secret in (TOKEN, ADVERTISER, ACCOUNT, "20261121060000123"))
        assert "\n" not in text


def test_a_long_message_is_cut_and_kept_on_one_line() -> None:
    text = str(refused(refusal(40002, "wrong\nvalue " * 100_000)))
    assert len(text) < 600
    assert "\n" not in text


def test_reading_needs_no_credentials() -> None:
    page = BusinessApi("http://127.0.0.1", None).read(HASHTAGS, API.first(HASHTAGS), answer(body([hashtag()])), WHEN)
    assert len(page.rows) == 1


@given(content=json_values, status=st.integers(100, 599), wanted=st.sampled_from(ALL))
def test_any_json_is_a_page_or_an_error_of_ours(content: Any, status: int, wanted: TrendList) -> None:
    assert outcome(content, wanted, status)


@given(content=st.binary(max_size=200), wanted=st.sampled_from(ALL))
def test_bytes_that_are_no_answer_may_succeed_later(content: bytes, wanted: TrendList) -> None:
    with pytest.raises(Retriable):
        read(content, wanted)


@given(
    code=json_values, message=json_values, data=json_values, status=st.integers(100, 599), wanted=st.sampled_from(ALL)
)
def test_any_envelope_is_a_page_or_an_error_of_ours(
    code: Any, message: Any, data: Any, status: int, wanted: TrendList
) -> None:
    assert outcome({"code": code, "message": message, "data": data}, wanted, status)
