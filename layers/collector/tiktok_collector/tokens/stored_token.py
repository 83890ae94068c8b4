"""The access token as it lies in its secret: `{"access_token": …, "expires_at": …, "obtained_at": …}`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from pydantic import SecretStr

from tiktok_collector.clock import iso
from tiktok_collector.tokens.secret_json import decode_secret
from tiktok_collector.tokens.secret_store import SecretVersion

# Two-hour tokens and an hourly schedule: refreshed below 70 minutes, so that one missed hour costs nothing.
_REFRESH_BELOW: Final = 7 / 12
_VERSION: Final = 1
_SKEW: Final = timedelta(minutes=5)


class _Content(msgspec.Struct, frozen=True):
    access_token: SecretStr
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)]
    obtained_at: Annotated[datetime, msgspec.Meta(tz=True)]
    version: int = 1


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A usable token; its value is shown by nothing but `value.get_secret_value()`."""

    value: SecretStr
    version_id: str
    expires_at: datetime
    lifetime: timedelta = timedelta(hours=2)

    def is_good(self, now: datetime) -> bool:
        """Whether it may be sent: five minutes, or a tenth of its life if that is less, are kept as a margin."""
        return self.expires_at - min(_SKEW, self.lifetime / 10) > now

    def is_fresh(self, now: datetime) -> bool:
        """Whether it need not be refreshed yet: 7/12 of its life are left (70 minutes of two hours)."""
        return self.is_good(now) and self.expires_at - now >= self.lifetime * _REFRESH_BELOW


def read_token(version: SecretVersion | None) -> AccessToken | None:
    """The token in a secret; None for an empty secret, and for text that is no token of this version.

    A refresh replaces such text.
    """
    if version is None:
        return None
    content = decode_secret(version.text.get_secret_value(), _Content)
    if content is None or not content.access_token or content.version > _VERSION:
        return None
    lifetime = content.expires_at - content.obtained_at
    return AccessToken(content.access_token, version.version_id, content.expires_at, lifetime)


def token_text(value: SecretStr, *, obtained_at: datetime, expires_at: datetime) -> SecretStr:
    """What is stored for a token."""
    content = {
        "access_token": value.get_secret_value(),
        "expires_at": iso(expires_at),
        "obtained_at": iso(obtained_at),
    }
    return SecretStr(msgspec.json.encode(content).decode())
