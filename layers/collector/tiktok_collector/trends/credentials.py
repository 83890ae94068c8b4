"""The one secret of trend credentials: a part for each source, every part optional (docs/trends.md has its form)."""

import re
from typing import Final

import msgspec
from pydantic import SecretStr

from tiktok_collector.business_api.credentials import BusinessCredentials
from tiktok_collector.creative_center.current import CreativeCenterLogin
from tiktok_collector.creative_center.legacy import LegacyHeaders
from tiktok_collector.errors import Fatal
from tiktok_collector.tokens.secret_json import decode_secret
from tiktok_collector.tokens.secret_store import SecretVersion

_FORM: Final = (
    '{"creative_center": {"cookie": "…", "csrf_token": "…"}, '
    '"creative_center_legacy": {"headers": {"user-sign": "…", …}}, '
    '"business_api": {"access_token": "…", "advertiser_id": "…", "business_id": "…"}}'
)
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class TrendCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator has stored for each source; None: nothing, and the source says itself whether it needs it."""

    creative_center: CreativeCenterLogin | None = None
    creative_center_legacy: LegacyHeaders | None = None
    business_api: BusinessCredentials | None = None


# Names that are unknown are refused: a misspelt one would look as if nothing were stored.
class _Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cookie: SecretStr | None = None
    csrf_token: SecretStr | None = None


class _Headers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    headers: dict[str, SecretStr] | None = None


class _Business(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    access_token: SecretStr | None = None
    advertiser_id: str | int | None = None
    business_id: str | int | None = None


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    creative_center: _Login | None = None
    creative_center_legacy: _Headers | None = None
    business_api: _Business | None = None


def read_credentials(version: SecretVersion | None, secret_id: str) -> TrendCredentials:
    """What a secret has for each source; an absent or empty secret, part or value stands for no credentials.

    Args:
        version: The secret's current version.
        secret_id: Its name, for messages.

    Raises:
        Fatal: the secret has another form, or a value that no header can carry; its text is not quoted.
    """
    text = version.text.get_secret_value() if version is not None else ""
    if not text.strip():
        return TrendCredentials()
    form = decode_secret(text, _Form)
    if form is None:
        raise Fatal(
            f"The secret {secret_id} is not of the form {_FORM}, every part optional and every value a text in "
            "quotes: store it anew."
        )
    return TrendCredentials(
        creative_center=_login(form.creative_center or _Login(), secret_id),
        creative_center_legacy=_headers(form.creative_center_legacy or _Headers(), secret_id),
        business_api=_business(form.business_api or _Business(), secret_id),
    )


def _login(part: _Login, secret_id: str) -> CreativeCenterLogin | None:
    cookie, token = _sendable("creative_center.cookie", part.cookie, secret_id), part.csrf_token
    token = _sendable("creative_center.csrf_token", token, secret_id)
    return None if cookie is None else CreativeCenterLogin(cookie=cookie, csrf_token=token)


def _headers(part: _Headers, secret_id: str) -> LegacyHeaders | None:
    found: dict[str, SecretStr] = {}
    for name, value in (part.headers or {}).items():
        if _HEADER_NAME.fullmatch(name) is None:
            raise Fatal(
                f"The secret {secret_id} has a name in creative_center_legacy.headers that no header can have: leave "
                "it out, or write it without space and colon."
            )
        if (sendable := _sendable(f"creative_center_legacy.headers.{name}", value, secret_id)) is not None:
            found[name] = sendable
    return LegacyHeaders(headers=found) if found else None


def _business(part: _Business, secret_id: str) -> BusinessCredentials | None:
    token = _sendable("business_api.access_token", part.access_token, secret_id)
    if token is not None and " " in token.get_secret_value():
        raise Fatal(
            f"The secret {secret_id} has a space in business_api.access_token: store the token by itself, without "
            "Bearer or anything else."
        )
    advertiser, account = _id(part.advertiser_id), _id(part.business_id)
    if token is None and advertiser is None and account is None:
        return None
    return BusinessCredentials(access_token=token or SecretStr(""), advertiser_id=advertiser, business_id=account)


def _sendable(field: str, value: SecretStr | None, secret_id: str) -> SecretStr | None:
    """`value` as a header can carry it; None where there is nothing."""
    text = value.get_secret_value() if value is not None else ""
    if not text.isascii() or (text and not text.isprintable()):
        raise Fatal(
            f"The secret {secret_id} has characters in {field} that no header can carry, such as a line break: store "
            "the value on one line, as it was copied."
        )
    return value if text else None


def _id(value: str | int | None) -> str | None:
    return str(value).strip() or None if value is not None else None
