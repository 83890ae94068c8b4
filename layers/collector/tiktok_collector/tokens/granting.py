"""A token with the current credentials or, where TikTok refuses those, with the ones beside them.

What was refused is remembered for a minute, so that many functions that want a token at once do not each ask in vain.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tiktok_collector.clock import Clock, from_iso, iso
from tiktok_collector.errors import Fatal
from tiktok_collector.tokens.client_versions import ClientVersion, client_versions
from tiktok_collector.tokens.grant import Granted, TokenEndpoint
from tiktok_collector.tokens.secret_store import SecretStore
from tiktok_collector.tokens.trial import Refused, Trial

_REFUSAL_STANDS: Final = timedelta(minutes=1)


class Granting:
    """Asks for tokens with whichever version of the client's credentials is taken."""

    def __init__(self, credentials: SecretStore, endpoint: TokenEndpoint, clock: Clock) -> None:
        self._credentials = credentials
        self._endpoint = endpoint
        self._clock = clock

    def attempt(self, former: Trial | None) -> tuple[Granted | None, Trial]:
        """A token and what it took, or no token and why; `former` is what the last attempt noted.

        Raises:
            TokenUnavailable: the endpoint fails, which says nothing about the credentials: no other version is tried.
            MissingResource: the secret may not be read.
            AwsBusy: Secrets Manager is busy or unreachable.
        """
        refused: list[Refused] = []
        tried = []
        for version in client_versions(self._credentials):
            if version.credentials is not None and version.credentials in tried:
                continue
            tried.append(version.credentials)
            outcome = self._ask(version, former.refused if former else ())
            if not isinstance(outcome, Refused):
                return outcome, Trial(version.stage, tuple(refused))
            refused.append(outcome)
        return None, Trial(None, tuple(refused))

    def _ask(self, version: ClientVersion, before: Sequence[Refused]) -> Granted | Refused:
        now = self._clock.now()
        if version.credentials is None:
            return Refused(version.stage, version.version_id, iso(now), version.problem)
        for each in before:
            if each.version_id == version.version_id and from_iso(each.at) > now - _REFUSAL_STANDS:
                return each
        try:
            return self._endpoint.grant(version.credentials)
        except Fatal as error:
            sentence = str(error)
        return Refused(version.stage, version.version_id, iso(now), sentence)
