"""The one secret of trend credentials: what is read from it, and what is said where it is wrong."""

import json
import logging
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tiktok_collector.errors import Fatal
from tiktok_collector.tokens.secret_store import SecretVersion
from tiktok_collector.trends.credentials import TrendCredentials, read_credentials

COOKIE = "sid_tt=0a1b2c3d4e5f; csrftoken=Zz9Yy8"
CSRF = "csrf-4711-value"
SIGN = "9f8e7d6c5b4a3f2e"
TOKEN = "act.0123456789secret"
SECRETS = (COOKIE, CSRF, SIGN, TOKEN)
WHOLE: dict[str, Any] = {
    "creative_center": {"cookie": COOKIE, "csrf_token": CSRF},
    "creative_center_legacy": {"headers": {"user-sign": SIGN, "timestamp": "1795132800"}},
    "business_api": {"access_token": TOKEN, "advertiser_id": "7300000000000000011", "business_id": "open-id"},
}


def stored(content: Any) -> SecretVersion:
    text = content if isinstance(content, str) else json.dumps(content)
    return SecretVersion(SecretStr(text), "v1")


def read(content: Any) -> TrendCredentials:
    return read_credentials(stored(content), "trends-secret")


def refused(content: Any) -> str:
    with pytest.raises(Fatal) as caught:
        read(content)
    # What a log would show of it, the errors that led to it among them.
    shown = "".join(traceback.format_exception(caught.value))
    assert not any(secret in shown for secret in SECRETS)
    return str(caught.value)


def test_every_part_is_read() -> None:
    found = read(WHOLE)
    assert found.creative_center is not None
    assert found.creative_center.cookie.get_secret_value() == COOKIE
    assert found.creative_center.csrf_token == SecretStr(CSRF)
    assert found.creative_center_legacy is not None
    assert found.creative_center_legacy.headers == {"user-sign": SecretStr(SIGN), "timestamp": SecretStr("1795132800")}
    assert found.business_api is not None
    assert found.business_api.access_token.get_secret_value() == TOKEN
    assert (found.business_api.advertiser_id, found.business_api.business_id) == ("7300000000000000011", "open-id")


@pytest.mark.parametrize("part", WHOLE)
def test_every_part_may_stand_alone(part: str) -> None:
    found = read({part: WHOLE[part]})
    assert [name for name in WHOLE if getattr(found, name) is not None] == [part]
    assert getattr(found, part) == getattr(read(WHOLE), part)


def test_an_absent_secret_is_no_credentials() -> None:
    assert read_credentials(None, "trends-secret") == TrendCredentials()


@pytest.mark.parametrize(
    "content",
    [
        "",
        " \n",
        {},
        dict.fromkeys(WHOLE),
        {part: {} for part in WHOLE},
        {"creative_center": {"cookie": "", "csrf_token": ""}},
        {"creative_center": {"cookie": " ", "csrf_token": CSRF}},
        {"creative_center_legacy": {"headers": {}}},
        {"creative_center_legacy": {"headers": {"user-sign": " ", "timestamp": ""}}},
        {"business_api": {"access_token": "", "advertiser_id": "", "business_id": " "}},
    ],
)
def test_empty_values_are_no_credentials(content: Any) -> None:
    assert read(content) == TrendCredentials()


def test_a_login_needs_its_cookie_alone() -> None:
    found = read({"creative_center": {"cookie": COOKIE}}).creative_center
    assert found is not None
    assert found.csrf_token is None


def test_space_around_a_value_is_not_part_of_it() -> None:
    assert read({"creative_center": {"cookie": f" {COOKIE}\n", "csrf_token": f"{CSRF}\r\n"}}) == read(
        {"creative_center": WHOLE["creative_center"]}
    )


def test_headers_without_a_value_are_left_out() -> None:
    found = read({"creative_center_legacy": {"headers": {"user-sign": SIGN, "web-id": ""}}}).creative_center_legacy
    assert found is not None
    assert list(found.headers) == ["user-sign"]


def test_ids_may_be_numbers_and_stay_exact() -> None:
    found = read({"business_api": {"access_token": TOKEN, "advertiser_id": 7_300_000_000_000_000_011}}).business_api
    assert found is not None
    assert (found.advertiser_id, found.business_id) == ("7300000000000000011", None)


def test_ids_without_a_token_are_kept_so_that_the_source_names_what_is_missing() -> None:
    found = read({"business_api": {"advertiser_id": "7300000000000000011"}}).business_api
    assert found is not None
    assert not found.access_token.get_secret_value()


@pytest.mark.parametrize(
    "content",
    [
        COOKIE,
        f'{{"creative_center": {{"cookie": "{COOKIE}"',
        f"[{json.dumps(WHOLE)}]",
        json.dumps(TOKEN),
        "null",
        {"creative_center": COOKIE},
        {"creative_center": {"cookie": [COOKIE]}},
        {"creative_center": {"cookies": COOKIE}},
        {"creativecenter": {"cookie": COOKIE}},
        {"creative_center_legacy": {"user-sign": SIGN}},
        {"creative_center_legacy": {"headers": {"user-sign": {"value": SIGN}}}},
        {"creative_center_legacy": {"headers": {"user-sign": SIGN, "timestamp": 1_795_132_800}}},
        {"creative_center_legacy": {"headers": [f"user-sign: {SIGN}"]}},
        {"business_api": {"access_token": 4711}},
        {"business_api": {"access_token": TOKEN, "advertiser_id": 7.3e18}},
        {"business_api": {"token": TOKEN}},
        "[" * 100_000,
    ],
)
def test_another_form_is_told_without_quoting_it(content: Any) -> None:
    assert refused(content) == (
        'The secret trends-secret is not of the form {"creative_center": {"cookie": "…", "csrf_token": "…"}, '
        '"creative_center_legacy": {"headers": {"user-sign": "…", …}}, '
        '"business_api": {"access_token": "…", "advertiser_id": "…", "business_id": "…"}}, '
        "every part optional and every value a text in quotes: store it anew."
    )


@pytest.mark.parametrize("odd", ["\n", "\r\nX-Other: 1", "\x00", "\x7f", "é", "\u2028", "\t"])
@pytest.mark.parametrize(
    ("field", "content"),
    [
        ("creative_center.cookie", lambda odd: {"creative_center": {"cookie": f"{COOKIE}{odd}x"}}),
        ("creative_center.csrf_token", lambda odd: {"creative_center": {"csrf_token": f"a{odd}{CSRF}"}}),
        (
            "creative_center_legacy.headers.user-sign",
            lambda odd: {"creative_center_legacy": {"headers": {"user-sign": f"{SIGN}{odd}{SIGN}"}}},
        ),
        ("business_api.access_token", lambda odd: {"business_api": {"access_token": f"{TOKEN}{odd}{TOKEN}"}}),
    ],
)
def test_a_value_that_no_header_can_carry_is_told_by_its_field(field: str, content: Any, odd: str) -> None:
    assert f"secret trends-secret has characters in {field} that no header can carry" in refused(content(odd))


@pytest.mark.parametrize("name", ["", "user sign", "user-sign:", ":authority", f"user-sign: {SIGN}", "a\r\nb", "é"])
def test_a_name_that_no_header_has_is_told_without_quoting_it(name: str) -> None:
    said = refused({"creative_center_legacy": {"headers": {name: SIGN}}})
    assert "a name in creative_center_legacy.headers that no header can have" in said


def test_a_token_is_stored_by_itself() -> None:
    assert "by itself, without Bearer" in refused({"business_api": {"access_token": f"Bearer {TOKEN}"}})


def test_nothing_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        found = read(WHOLE)
    for part in (found, found.creative_center, found.creative_center_legacy, found.business_api):
        assert not any(secret in f"{part!r}{part!s}" for secret in SECRETS)
    assert not any(secret in caplog.text for secret in SECRETS)


@given(text=st.text(max_size=60))
def test_any_text_is_credentials_or_one_sentence(text: str) -> None:
    try:
        found = repr(read(text))
    except Fatal as error:
        found = str(error)
    assert found.startswith(("TrendCredentials(", "The secret trends-secret "))


values = st.text(max_size=6) | st.none() | st.integers() | st.lists(st.text(max_size=3), max_size=2)
parts = st.fixed_dictionaries(
    {},
    optional={
        "creative_center": st.dictionaries(st.sampled_from(["cookie", "csrf_token"]), values),
        "creative_center_legacy": st.fixed_dictionaries(
            {}, optional={"headers": st.dictionaries(st.text(max_size=4), values, max_size=3) | values}
        ),
        "business_api": st.dictionaries(st.sampled_from(["access_token", "advertiser_id", "business_id"]), values),
    },
)


@given(content=parts)
def test_what_is_read_can_travel_in_a_header(content: Any) -> None:
    try:
        found = read(content)
    except Fatal as error:
        assert_told(str(error))
        return
    login, legacy, business = found.creative_center, found.creative_center_legacy, found.business_api
    secrets = [*(legacy.headers.values() if legacy else ())]
    secrets += [login.cookie] if login else []
    secrets += [business.access_token] if business else []
    assert all(each.get_secret_value().isascii() for each in secrets)
    assert all(character.isprintable() for each in secrets for character in each.get_secret_value())


def assert_told(sentence: str) -> None:
    assert sentence.startswith("The secret trends-secret ")
    assert sentence.endswith(".")
