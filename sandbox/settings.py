"""The knobs of the sandbox: how the service behaves as long as nothing is changed."""

from typing import Any, Literal

import msgspec

from sandbox.endpoints import RESEARCH_ENDPOINTS, TOKEN, TREND_ENDPOINTS
from sandbox.query import parse_day


class Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its default; docs/sandbox.md explains each."""

    token_ttl_seconds: int = 7200
    token_errors: Literal["4xx", "200"] = "4xx"  # noqa: S105 - a style, not a password
    token_rotates: bool = False
    client_secrets: list[str] | None = None
    unauthorized_endpoints: list[str] = []
    research_quota: int = 1000
    followers_quota: int = 20_000
    followers_quota_shared: bool = True
    quota_reset_lag_seconds: float = 0
    charge_failures: bool = True
    rate_limit_requests: int | None = None
    rate_limit_window_seconds: float = 60
    rate_limit_retry_after: int | None = None
    search_id_visible_after_seconds: float = 0
    search_id_lifetime_seconds: float = 172_800
    search_id_change_probability: float = 0.1
    empty_clauses: Literal["500", "ignored"] = "500"
    drop_rate: float | None = None
    archive_lag_scale: float = 1
    stats_staleness_scale: float = 1
    comment_cap: int | None = 1000
    comment_cap_errors: bool = False
    followers_cap: int | None = 5000
    no_pinned: Literal["absent", "empty", "error"] = "absent"
    likes_hidden_status: Literal[400, 401, 403] = 400
    playlist_500_probability: float = 0
    user_500_probability: float = 0
    poison_usernames: list[str] = []
    broken_days: list[str] = []
    videos_vanish_daily: float = 0
    comments_vanish_daily: float = 0
    accounts_private_daily: float = 0
    accounts_deleted_daily: float = 0
    vanish_from: str | None = None
    compliance_scope: bool = True
    validation_seconds: float = 60
    validation_failure_probability: float = 0
    validation_task_lifetime_seconds: float | None = None
    validation_max_ids: int = 10_000
    validation_line_ends: Literal["lf", "crlf"] = "lf"
    login_lifetime_seconds: float = 259_200
    legacy_headers_lifetime_seconds: float = 259_200
    business_token_lifetime_seconds: float | None = None
    business_scope: bool = True
    retired_trends: list[str] = []
    trend_rate_limit_requests: int | None = None
    trend_rate_limit_window_seconds: float = 60
    trend_rate_limit_retry_after: int | None = None
    latency_seconds: dict[str, float] = {}
    random_key_order: bool = True


def changed(settings: Settings, changes: dict[str, Any]) -> Settings:
    """Return the settings with some of them changed.

    Raises:
        ValueError: A name or a value is not valid; the message says which.
    """
    unknown = sorted(set(changes) - set(Settings.__struct_fields__))
    if unknown:
        known = ", ".join(Settings.__struct_fields__)
        raise ValueError(f"There is no setting called {unknown[0]!r}; the settings are: {known}.")
    try:
        result = msgspec.convert(msgspec.to_builtins(settings) | changes, Settings)
    except msgspec.ValidationError as error:
        raise ValueError(f"A setting has a wrong value: {error}.") from error
    for name in changes:
        _check(name, getattr(result, name))
    return result


def _check(name: str, value: Any) -> None:
    """Refuse a value that has the right type and makes no sense."""
    if isinstance(value, int | float) and value < 0:
        raise ValueError(f"The setting {name} cannot be negative; it was {value}.")
    if ("probability" in name or name.endswith("_daily") or name == "drop_rate") and value is not None and value > 1:
        raise ValueError(f"The setting {name} is a share between 0 and 1; it was {value}.")
    if name == "unauthorized_endpoints":
        _check_endpoints(name, value, RESEARCH_ENDPOINTS)
    if name == "latency_seconds":
        _check_endpoints(name, list(value), (*RESEARCH_ENDPOINTS, *TREND_ENDPOINTS, TOKEN, "*"))
    if name == "retired_trends":
        _check_endpoints(name, value, TREND_ENDPOINTS)
    if name == "vanish_from" and value is not None:
        parse_day(value)
    if name == "broken_days":
        for span in value:
            for day in span.split("-"):
                parse_day(day)


def _check_endpoints(name: str, given: list[str], known: tuple[str, ...]) -> None:
    for endpoint in given:
        if endpoint not in known:
            raise ValueError(f"The setting {name} names {endpoint!r}; the endpoints are: {', '.join(known)}.")
