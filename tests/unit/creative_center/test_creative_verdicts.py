"""Every row of both tables from answer to error type; body codes decide, whatever the status."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.creative_center.support import (
    COOKIE,
    CSRF,
    LOGIN,
    RETRIEVED,
    SIGNATURE,
    answer,
    current,
    hashtag,
    hashtag_answer,
    hashtags,
    legacy,
    old,
    old_answer,
    overview_answer,
    read,
    videos,
)
from tiktok_collector.creative_center.verdicts import CURRENT, LEGACY
from tiktok_collector.errors import (
    CollectorError,
    CredentialsRejected,
    Fatal,
    InvalidRequest,
    RateLimited,
    Retriable,
    SourceRetired,
)
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList
from tiktok_collector.trend_lists.steps import TrendAdapter

HTML = b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"


def base(code: Any, message: str = "") -> dict[str, Any]:
    return {"BaseResp": {"StatusCode": code, "StatusMessage": message}}


def plain(code: Any, message: str = "") -> dict[str, Any]:
    return {"code": code, "msg": message, "request_id": "20261120160000ABCDEF"}


@dataclass(frozen=True)
class Case:
    rule: str
    body: bytes | dict[str, Any] | list[Any]
    raises: type[CollectorError]
    status: int = 200


# An answer of each generation may come in either envelope.
CASES = [
    Case("credentials", base(38001001, "InvalidLogin"), CredentialsRejected),
    Case("credentials", base("38001001"), CredentialsRejected),
    Case("credentials", plain(40101, "no permission"), CredentialsRejected),
    Case("credentials", plain("40101", "no permission"), CredentialsRejected, 401),
    Case("credentials", plain(40101), CredentialsRejected, 500),
    Case("credentials", {**base(0), **plain(40101)}, CredentialsRejected),
    Case("too many requests", plain(40100, "too many requests"), RateLimited),
    Case("too many requests", base(40100), RateLimited),
    Case("deprecated", {"code": "deprecated"}, SourceRetired),
    Case("deprecated", plain("Deprecated", "gone"), SourceRetired, 400),
    Case("parameters", {"code": "InvalidRequest", "message": "industryID"}, InvalidRequest),
    Case("parameters", {"code": "InvalidRequest"}, InvalidRequest, 400),
    Case("deprecated by message", plain(12345, "this API is deprecated"), SourceRetired),
    Case("credentials by message", base(12345, "InvalidLogin"), CredentialsRejected),
    Case("credentials by message", plain(12345, "No permission"), CredentialsRejected),
    Case("too many requests by message", plain(12345, "Too many requests"), RateLimited),
    Case("parameters by message", plain(40000, "Invalid params"), InvalidRequest),
    Case("parameters by message", plain(12345, "parameter error"), InvalidRequest, 400),
    Case("failure by message", plain(12345, "internal error"), Retriable),
    Case("429 without a known code", HTML, RateLimited, 429),
    Case("redirect", b"", Fatal, 302),
    Case("redirect", HTML, Fatal, 301),
    Case("path gone", HTML, SourceRetired, 404),
    Case("path gone", {"message": "Not Found"}, SourceRetired, 410),
    Case("server error", HTML, Retriable, 502),
    Case("server error", b"", Retriable, 503),
    Case("server error", plain(12345, "oops"), Retriable, 500),
    Case("server error", {**base(0), "items": [], **plain(0), "data": {"list": []}}, Retriable, 500),
    Case("request timeout", b"", Retriable, 408),
    Case("caller refused", HTML, CredentialsRejected, 403),
    Case("caller refused", b"", CredentialsRejected, 401),
    Case("bad request without a code", b"", Retriable, 400),
    Case("bad request without a code", {"message": "oops"}, Retriable, 400),
    Case("client error", b"", Fatal, 418),
    Case("success status without an answer", HTML, Retriable),
    Case("success status without an answer", b"", Retriable),
    Case("success status without an answer", b'{"BaseResp":{"StatusCode":0},"items":[{"hashtagNa', Retriable),
    Case("success status without an answer", [], Retriable),
    Case("success status without an answer", {}, Retriable),
    Case("success status without an answer", {"items": [], "data": {"list": []}}, Retriable),
    Case("success status without an answer", {"BaseResp": None, "code": None}, Retriable),
    Case("unknown code", base(99999, "a new thing"), Fatal),
    Case("unknown code", plain(99999, "a new thing"), Fatal),
    Case("unknown code", plain("NeverHeardOf", "a new thing"), Fatal, 400),
]
SOURCES: list[tuple[str, TrendAdapter, TrendList]] = [
    ("creative_center.hashtag.US.7d-all", current(login=LOGIN), hashtags()),
    ("creative_center.hashtag.US.7d-all", current(), hashtags()),
    ("creative_center.video.DE.7d-all", current(), videos("DE")),
    ("creative_center_legacy.hashtag.US.7d-all", legacy(), old(TrendKind.HASHTAG)),
]


def refused(adapter: TrendAdapter, asked: TrendList, case: Case) -> CollectorError:
    with pytest.raises(CollectorError) as caught:
        read(adapter, asked, adapter.first(asked), case.body, case.status)
    return caught.value


@pytest.mark.parametrize(("name", "adapter", "asked"), SOURCES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.status}")
def test_an_answer_becomes_the_error_type_of_its_row(
    case: Case, name: str, adapter: TrendAdapter, asked: TrendList
) -> None:
    error = refused(adapter, asked, case)
    assert type(error) is case.raises
    assert f"answered HTTP {case.status}" in str(error)
    assert f"for {name}: " in str(error)


@pytest.mark.parametrize(("generation", "source"), [(CURRENT, SOURCES[0]), (LEGACY, SOURCES[3])])
def test_a_case_reaches_the_row_that_it_names(generation: Any, source: tuple[str, TrendAdapter, TrendList]) -> None:
    _, adapter, asked = source
    advice = {rule.name: rule.advice.format(setting="CREATIVE_CENTER_URL") for rule in generation.rules}
    assert advice.keys() == {case.rule for case in CASES}
    for case in CASES:
        message = str(refused(adapter, asked, case))
        assert message.startswith(generation.name)
        assert message.endswith(f": {advice[case.rule]}.")


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("code", [0, "0", 0.0])
def test_code_0_is_success_in_either_form(status: int, code: Any) -> None:
    page = read(current(), hashtags(), current().first(hashtags()), {**base(code), "items": [hashtag()]}, status)
    assert len(page.rows) == 1
    step = legacy().first(old(TrendKind.VIDEO))
    body = {**old_answer("videos", [{"item_id": 5}]), "code": code}
    assert len(read(legacy(), old(TrendKind.VIDEO), step, body, status).rows) == 1


@pytest.mark.parametrize(("body", "status"), [(plain(40100), 200), (HTML, 429)])
def test_too_many_requests_wait_as_long_as_the_source_says_or_half_a_minute(
    body: bytes | dict[str, Any], status: int
) -> None:
    for said, waits in ((timedelta(seconds=77), 77), (None, 30)):
        with pytest.raises(RateLimited) as caught:
            current().read(hashtags(), current().first(hashtags()), answer(body, status, retry_after=said), RETRIEVED)
        assert caught.value.retry_after == timedelta(seconds=waits)


@pytest.mark.parametrize(
    ("asked", "setting"),
    [
        (hashtags("US"), "CREATIVE_CENTER_URL"),
        (videos("US"), "CREATIVE_CENTER_US_URL"),
        (videos("FR"), "CREATIVE_CENTER_EU_URL"),
        (videos("JP"), "CREATIVE_CENTER_URL"),
    ],
)
def test_a_redirect_names_the_setting_of_its_host(asked: TrendList, setting: str) -> None:
    assert f"correct the setting {setting}." in str(refused(current(), asked, Case("", b"", Fatal, 302)))


def test_rejected_credentials_say_which_part_of_the_secret_to_renew() -> None:
    assert "creative_center.cookie" in str(refused(current(login=LOGIN), hashtags(), CASES[0]))
    assert "creative_center_legacy.headers" in str(refused(legacy(), old(TrendKind.SOUND), CASES[2]))


def test_an_unknown_code_is_quoted() -> None:
    error = refused(current(), hashtags(), Case("", base(47110815, "a new thing"), Fatal))
    assert "HTTP 200 47110815 a new thing for" in str(error)


@pytest.mark.parametrize("secret", [COOKIE, "c0ffee5ecret", "cs4fvalue", CSRF])
@pytest.mark.parametrize("place", ["code", "msg", "message"])
def test_a_login_that_the_source_echoes_is_not_quoted(secret: str, place: str) -> None:
    case = Case("", {"code": "odd", place: f"x {secret} y"}, Fatal)
    assert secret not in str(refused(current(login=LOGIN), hashtags(), case))


def test_headers_that_the_source_echoes_are_not_quoted() -> None:
    case = Case("", plain("odd", f"bad sign {SIGNATURE}"), Fatal)
    assert SIGNATURE not in str(refused(legacy(), old(TrendKind.SOUND), case))


def test_a_long_message_is_cut_and_kept_on_one_line() -> None:
    message = str(refused(current(), hashtags(), Case("", plain("odd", "long\nstory " * 10_000), Fatal)))
    assert len(message) < 700
    assert "\n" not in message


def test_the_overview_is_judged_too() -> None:
    adapter = current()
    with pytest.raises(CredentialsRejected):
        read(adapter, videos(), adapter.first(videos()), {**overview_answer(), **base(38001001, "InvalidLogin")})


def test_no_status_falls_through_the_tables() -> None:
    for status in range(100, 600):
        for adapter, asked in ((current(), hashtags()), (legacy(), old(TrendKind.CREATOR))):
            refused(adapter, asked, Case("", b"", Fatal, status))


def test_hashtags_of_a_success_are_read_though_a_message_comes_with_them() -> None:
    body = {**hashtag_answer([hashtag()]), **base(0, "deprecated soon")}
    assert len(read(current(), hashtags(), current().first(hashtags()), body).rows) == 1
