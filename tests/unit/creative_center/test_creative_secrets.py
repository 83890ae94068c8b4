"""Logins and headers: what is sent, and that nothing shows them."""

import pytest
from pydantic import SecretStr

from tests.unit.creative_center.support import (
    COOKIE,
    CSRF,
    HEADERS,
    LOGIN,
    SIGNATURE,
    current,
    hashtags,
    legacy,
    old,
    videos,
)
from tiktok_collector.creative_center.current import CreativeCenterLogin
from tiktok_collector.creative_center.legacy import LegacyHeaders
from tiktok_collector.errors import CredentialsMissing
from tiktok_collector.tokens.secret_json import decode_secret
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList
from tiktok_collector.trend_lists.steps import TrendAdapter


def sent(adapter: TrendAdapter, asked: TrendList) -> dict[str, str]:
    headers = adapter.headers(adapter.first(asked))
    return {
        name.lower(): value if isinstance(value, str) else value.get_secret_value() for name, value in headers.items()
    }


def test_without_a_login_nothing_secret_is_sent() -> None:
    assert sent(current(), hashtags()) == {
        "accept": "application/json",
        "content-type": "application/json",
        "agw-js-conv": "str",
    }
    assert sent(current(), videos()) == {"accept": "application/json", "agw-js-conv": "str"}


def test_a_login_is_sent_with_its_token() -> None:
    headers = sent(current(login=LOGIN), hashtags())
    assert (headers["cookie"], headers["x-csrftoken"]) == (COOKIE, CSRF)


def test_the_token_may_be_taken_from_the_cookie() -> None:
    login = CreativeCenterLogin(cookie=SecretStr(COOKIE))
    assert sent(current(login=login), hashtags())["x-csrftoken"] == "cs4fvalue"


def test_a_login_without_any_token_is_sent_as_it_is() -> None:
    headers = sent(current(login=CreativeCenterLogin(cookie=SecretStr("sid_tt=1; xcsrftoken=2"))), hashtags())
    assert headers["cookie"] == "sid_tt=1; xcsrftoken=2"
    assert "x-csrftoken" not in headers


def test_a_blank_cookie_is_no_login() -> None:
    assert "cookie" not in sent(current(login=CreativeCenterLogin(cookie=SecretStr(" "))), hashtags())


def test_the_operators_headers_are_sent_as_they_are() -> None:
    headers = sent(legacy(), old(TrendKind.SOUND))
    assert headers == {
        "accept": "application/json",
        "user-sign": SIGNATURE,
        "timestamp": "1795132800",
        "anonymous-user-id": "0b0e7a5c-made-up",
        "lang": "en",
    }


@pytest.mark.parametrize("name", ["User-Agent", "host", "Content-Length", "accept-encoding"])
def test_headers_that_are_the_clients_own_affair_are_not_passed_on(name: str) -> None:
    own = LegacyHeaders(headers={**HEADERS.headers, name: SecretStr("something else")})
    assert name.lower() not in sent(legacy(own), old(TrendKind.SOUND))


@pytest.mark.parametrize("headers", [{}, {"user-sign": SecretStr(" ")}, {"User-Agent": SecretStr("a browser")}])
def test_headers_that_leave_nothing_to_send_are_missing(headers: dict[str, SecretStr]) -> None:
    with pytest.raises(CredentialsMissing):
        legacy(LegacyHeaders(headers=headers)).first(old(TrendKind.SOUND))


def test_secrets_are_in_no_repr() -> None:
    asked = old(TrendKind.SOUND)
    shown = repr(
        (
            LOGIN,
            HEADERS,
            current(login=LOGIN),
            vars(current(login=LOGIN)),
            current(login=LOGIN).first(hashtags()),
            current(login=LOGIN).headers(current().first(hashtags())),
            legacy(),
            vars(legacy()),
            legacy().first(asked),
            {name: value for name, value in legacy().headers(legacy().first(asked)).items() if name != "Accept"},
        )
    )
    for secret in ("c0ffee5ecret", "cs4fvalue", CSRF, SIGNATURE, "0b0e7a5c-made-up"):
        assert secret not in shown


def test_both_parts_are_read_from_the_text_of_a_secret() -> None:
    login = decode_secret('{"cookie": " sid_tt=1 "}', CreativeCenterLogin)
    headers = decode_secret('{"headers": {"user-sign": "abc"}}', LegacyHeaders)
    assert login == CreativeCenterLogin(cookie=SecretStr("sid_tt=1"))
    assert headers == LegacyHeaders(headers={"user-sign": SecretStr("abc")})
