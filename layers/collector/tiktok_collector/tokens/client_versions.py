"""The versions of the client's credentials that their secret holds, in the order in which they are tried.

While a client secret is rotated, what TikTok takes and what the secret holds need not change in the same minute, and
what a person pastes may be wrong: the versions beside the current one keep collecting going until both agree. Versions
of another client are not among them: that has its own quota, its own approval, and perhaps another stack.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
from pydantic import SecretStr

from tiktok_collector.tokens.secret_json import decode_secret
from tiktok_collector.tokens.secret_store import SecretStore
from tiktok_collector.tokens.trial import Stage

_FORM: Final = '{"client_key": "...", "client_secret": "..."}'


class ClientCredentials(msgspec.Struct, frozen=True):
    """Key and secret of the API client, as the secret holds them."""

    client_key: SecretStr
    client_secret: SecretStr


@dataclass(frozen=True, slots=True)
class ClientVersion:
    """One version; where it cannot be used, `credentials` is None and `problem` the sentence that says why."""

    stage: Stage
    version_id: str
    credentials: ClientCredentials | None
    problem: str = ""


def client_versions(store: SecretStore) -> Iterator[ClientVersion]:
    """The current version, then whichever others there are of the same client; each is read when it is asked for.

    Where the current one cannot be used, nobody knows which client it is of, and the others count as the same.

    Raises:
        MissingResource: the secret may not be read.
        AwsBusy: Secrets Manager is busy or unreachable.
    """
    client = None
    for stage in Stage:
        version = store.read(stage=stage)
        if version is not None:
            credentials = _credentials(version.text)
            if credentials and client not in {None, credentials.client_key}:
                continue
            if credentials and stage is Stage.CURRENT:
                client = credentials.client_key
            problem = "" if credentials else _malformed(store.secret_id)
            yield ClientVersion(stage, version.version_id, credentials, problem)
        elif stage is Stage.CURRENT:
            problem = f"The secret {store.secret_id} is empty or does not exist: store {_FORM} in it."
            yield ClientVersion(stage, "", None, problem)


def _credentials(text: SecretStr) -> ClientCredentials | None:
    found = decode_secret(text.get_secret_value(), ClientCredentials)
    return found if found is not None and found.client_key and found.client_secret else None


def _malformed(secret_id: str) -> str:
    return f"The secret {secret_id} does not hold the client's credentials: store {_FORM} in it."
