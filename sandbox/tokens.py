"""Access tokens: client credentials in, a token for two hours out. API page "Client access token management"."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.settings import Settings

DEFAULT_KEY = "sandbox-client-key"
DEFAULT_SECRET = "sandbox-client-secret"  # noqa: S105 - documented, opens nothing but the sandbox


class GrantError(Exception):
    """The token endpoint refuses; `error` and the message are the two fields of its answer."""

    def __init__(self, error: str, description: str, status: int) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


@dataclass(slots=True)
class Tokens:
    """The client's credentials and the tokens in circulation, each with the Unix second of its expiry."""

    client_key: str = DEFAULT_KEY
    client_secret: str = DEFAULT_SECRET
    live: dict[str, float] = field(default_factory=dict)

    def grant(self, form: Mapping[str, object], now: float, settings: Settings) -> dict[str, object]:
        """Return the body of a successful grant.

        Raises:
            GrantError: A field is missing or wrong.
        """
        for name, label in (
            ("client_key", "Client key"),
            ("client_secret", "Client secret"),
            ("grant_type", "Grant type"),
        ):
            if not form.get(name):
                raise GrantError("invalid_request", f"{label} is missed in request.", 400)
        if form["grant_type"] != "client_credentials":
            raise GrantError("unsupported_grant_type", "Grant type is not supported.", 400)
        secrets_taken = [self.client_secret] if settings.client_secrets is None else settings.client_secrets
        if form["client_key"] != self.client_key or form["client_secret"] not in secrets_taken:
            raise GrantError("invalid_client", "Client key or secret is incorrect.", 401)
        if settings.token_rotates:
            self.live.clear()
        self.live = {token: expiry for token, expiry in self.live.items() if expiry > now}
        token = f"clt.2.{secrets.token_urlsafe(36)}"
        self.live[token] = now + settings.token_ttl_seconds
        return {"access_token": token, "expires_in": settings.token_ttl_seconds, "token_type": "Bearer"}

    def valid(self, token: str | None, now: float) -> bool:
        """Return whether the token may be used."""
        return token is not None and self.live.get(token, 0.0) > now

    def revoke(self, token: str) -> None:
        """Make the token invalid."""
        self.live.pop(token, None)


def refuse_grant(error: str, status: int) -> None:
    """Refuse a grant for no reason of the client's.

    Raises:
        GrantError: Always.
    """
    raise GrantError(error, "The grant was refused.", status)


def bearer(header: str | None) -> str | None:
    """Return the token of an Authorization header: `Bearer` in any case, or the bare token that some clients send."""
    scheme, _, token = (header or "").strip().partition(" ")
    if not token:
        return scheme or None
    return token.strip() if scheme.lower() == "bearer" else None
