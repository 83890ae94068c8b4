"""The use case of `token_refresh`: a new token where one is due, and one grant however many ask at once.

Who finds a grant under way waits for its result. What decides is the version in the secret: if it is another than the
one that was rejected, it is simply used.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from tiktok_collector.clock import Clock
from tiktok_collector.errors import Fatal, TokenUnavailable
from tiktok_collector.tokens.grant import Granted, TokenEndpoint
from tiktok_collector.tokens.granting import Granting
from tiktok_collector.tokens.lease import HeldLease, TokenLease
from tiktok_collector.tokens.secret_store import SecretStore
from tiktok_collector.tokens.stored_token import AccessToken, read_token, token_text
from tiktok_collector.tokens.trial import Trial

# Secrets Manager keeps about 100 versions and prunes only those older than a day: one write per 10 minutes at length.
_GRANTS_ALLOWED: Final = 12
_GRANTS_WITHIN: Final = timedelta(hours=2)
_WAIT_SECONDS: Final = 20
_POLL_SECONDS: Final = 0.5


class RefreshReport(msgspec.Struct, frozen=True):
    """What a refresh came to; never the token itself.

    Attributes:
        version_id: Of the access-token secret.
        expires_at: When the token ends.
        refreshed: Whether a token was asked for and granted.
        credentials: Which version of the client's credentials it was granted for; empty where none was asked for.
        problem: What is wrong with the current version, where another one was used; empty where nothing is.
    """

    version_id: str
    expires_at: datetime
    refreshed: bool
    credentials: str = ""
    problem: str = ""


class TokenRefresh:
    """Keeps a usable token in the access-token secret."""

    def __init__(
        self, *, credentials: SecretStore, tokens: SecretStore, lease: TokenLease, endpoint: TokenEndpoint, clock: Clock
    ) -> None:
        self._granting = Granting(credentials, endpoint, clock)
        self._tokens = tokens
        self._lease = lease
        self._clock = clock

    def run(self, rejected_version: str | None = None) -> RefreshReport:
        """Make sure of a usable token; with `rejected_version`, of another one than that.

        Raises:
            Fatal: the client's credentials are missing, malformed or refused, in every version that there is.
            TokenUnavailable: the endpoint fails, another grant takes too long, or too many tokens were rejected.
            MissingResource: a secret or the table is absent or may not be used.
            AwsBusy: AWS is busy or unreachable.
        """
        gives_up_at = self._clock.now() + timedelta(seconds=_WAIT_SECONDS)
        while True:
            current = read_token(self._tokens.read())
            if current and self._will_do(current, rejected_version):
                return _report(current, refreshed=False)
            held = self._lease.acquire()
            if held:
                return self._refresh_holding(held, rejected_version)
            if self._clock.now() >= gives_up_at:
                raise TokenUnavailable("Another function is obtaining an access token and has not finished; try again.")
            self._clock.sleep(_POLL_SECONDS)

    def _will_do(self, current: AccessToken, rejected_version: str | None) -> bool:
        now = self._clock.now()
        if rejected_version is None:
            return current.is_fresh(now)
        return current.version_id != rejected_version and current.is_good(now)

    def _refresh_holding(self, held: HeldLease, rejected_version: str | None) -> RefreshReport:
        grants, expires_at, trial = held.grants, None, None
        try:
            # The former holder may have finished between our reading the secret and our taking the lease.
            version = self._tokens.read()
            current = read_token(version)
            if current and self._will_do(current, rejected_version):
                expires_at = current.expires_at
                return _report(current, refreshed=False)
            try:
                grants = self._within_allowance(grants)
                granted, trial = self._granting.attempt(held.trial)
            except TokenUnavailable:
                expires_at = self._ended(current, rejected_version)
                raise
            if granted is None:
                expires_at = self._ended(current, rejected_version)
                raise Fatal(trial.problem)
            report = self._store(granted, trial, version.version_id if version else "none", held.held.fence)
            grants, expires_at = (*grants, self._clock.now()), report.expires_at
            return report
        finally:
            self._lease.release(held, grants, expires_at, trial)

    def _within_allowance(self, grants: tuple[datetime, ...]) -> tuple[datetime, ...]:
        recent = tuple(moment for moment in grants if moment > self._clock.now() - _GRANTS_WITHIN)
        if len(recent) >= _GRANTS_ALLOWED:
            raise TokenUnavailable(
                f"{len(recent)} access tokens were obtained within two hours and all were rejected or expired at once: "
                "check the client's approval and this machine's clock; the next is tried within two hours."
            )
        return recent

    def _ended(self, current: AccessToken | None, rejected_version: str | None) -> datetime | None:
        """Stores a rejected token that nothing replaces as ended: else each invocation would spend a request on it."""
        if current is None or current.version_id != rejected_version:
            return None
        now = self._clock.now()
        obtained_at = min(now, current.expires_at - current.lifetime)
        text = token_text(current.value, obtained_at=obtained_at, expires_at=now)
        self._tokens.write(text, _request_token(self._tokens.secret_id, current.version_id, "ended"))
        return now

    def _store(self, granted: Granted, trial: Trial, previous: str, fence: int) -> RefreshReport:
        now = self._clock.now()
        expires_at = now + granted.lifetime
        text = token_text(granted.access_token, obtained_at=now, expires_at=expires_at)
        # Two holders at once, one of them paused past its lease, name the successor of a version alike: one wins.
        version_id = self._tokens.write(text, _request_token(self._tokens.secret_id, previous))
        if version_id is None:
            winner = read_token(self._tokens.read())
            if winner and winner.version_id != previous and winner.is_good(now):
                return _report(winner, refreshed=False)
            version_id = self._tokens.write(text, _request_token(self._tokens.secret_id, previous, str(fence)))
        if version_id is None:
            raise TokenUnavailable("The access-token secret was changed by somebody else just now; try again.")
        used = trial.used.word if trial.used else ""
        return RefreshReport(version_id, expires_at, refreshed=True, credentials=used, problem=trial.problem)


def _request_token(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))


def _report(token: AccessToken, *, refreshed: bool) -> RefreshReport:
    return RefreshReport(token.version_id, token.expires_at, refreshed)
