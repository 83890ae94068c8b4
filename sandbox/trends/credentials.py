"""What callers of the trend endpoints show: logins, headers and tokens of the sandbox's own, with their age in them.

They are checked without being kept, so one that was given out before a restart goes on being good.
"""

import hashlib
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Literal

_KEY = b"sandbox"
_USER = "5a9d0b0e-0000-4000-8000-5a9db0c50000"
ADVERTISER_ID = "7000000000000000001"
BUSINESS_ID = "sandbox-business-0001"
HEADER_NAMES = ("anonymous-user-id", "timestamp", "user-sign")

type Standing = Literal["none", "unknown", "expired", "good"]


def creative_center(now: float) -> dict[str, str]:
    """Return a login made now: the Cookie header and the value of `x-csrftoken`."""
    name = f"{int(now):x}"
    token = _mark("csrf", name)
    return {"cookie": f"sid_tt={name}.{_mark('login', name)}; csrftoken={token}", "csrf_token": token}


def login_standing(cookie: str | None, csrf_token: str | None, now: float, lifetime: float) -> Standing:
    """Return how good a login is: `unknown` without its token, `expired` also for one that was never given out."""
    jar = SimpleCookie()
    try:
        jar.load(cookie or "")
    except CookieError:
        return "none"
    if "sid_tt" not in jar:
        return "none"
    name, _, mark = jar["sid_tt"].value.partition(".")
    if mark != _mark("login", name) or _age(name, 16, now) >= lifetime:
        return "expired"
    return "good" if csrf_token == _mark("csrf", name) else "unknown"


def legacy_headers(now: float) -> dict[str, str]:
    """Return a set of headers made now."""
    stamp = str(int(now))
    return dict(zip(HEADER_NAMES, (_USER, stamp, _mark("legacy", stamp)), strict=True))


def legacy_standing(headers: Mapping[str, str], now: float, lifetime: float) -> Standing:
    """Return how good a set of headers is."""
    user, stamp, sign = (headers.get(name, "") for name in HEADER_NAMES)
    if not (user or stamp or sign):
        return "none"
    if user != _USER or sign != _mark("legacy", stamp):
        return "unknown"
    return "expired" if _age(stamp, 10, now) >= lifetime else "good"


def business_api(now: float) -> dict[str, str]:
    """Return an access token made now, and the ids of the accounts that it is for."""
    name = f"{int(now):x}"
    token = f"sandbox-{name}-{_mark('business', name)}"
    return {"access_token": token, "advertiser_id": ADVERTISER_ID, "business_id": BUSINESS_ID}


def business_standing(token: str | None, now: float, lifetime: float | None) -> Standing:
    """Return how good an access token is."""
    if not token:
        return "none"
    name = token.removeprefix("sandbox-").partition("-")[0]
    if token != f"sandbox-{name}-{_mark('business', name)}":
        return "unknown"
    return "expired" if lifetime is not None and _age(name, 16, now) >= lifetime else "good"


def secret(now: float) -> dict[str, object]:
    """Return all three, in the form of the collector's secret of trend credentials."""
    return {
        "creative_center": creative_center(now),
        "creative_center_legacy": {"headers": legacy_headers(now)},
        "business_api": business_api(now),
    }


def _age(text: str, base: int, now: float) -> float:
    """Return the age of what was made at a second; only our own texts come here, since their marks were right."""
    return max(now - int(text, base), 0)


def _mark(kind: str, text: str) -> str:
    return hashlib.blake2b(f"{kind}:{text}".encode(), digest_size=8, key=_KEY).hexdigest()
