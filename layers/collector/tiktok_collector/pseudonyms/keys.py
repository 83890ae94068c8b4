"""The key of a stack's pseudonyms, in a secret that the template fills by itself."""

from typing import Final

import msgspec
from pydantic import SecretStr

from tiktok_collector.errors import MissingResource
from tiktok_collector.tokens.secret_store import SecretStore, SecretVersion

MIN_LENGTH: Final = 32
"""Characters; the template makes 64."""


class PseudonymKey(msgspec.Struct, frozen=True):
    """A version of the key; its value is shown by nothing but `value.get_secret_value()`."""

    value: SecretStr
    version_id: str


class PseudonymKeys:
    """Reads the key when the first export asks for it."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store
        self._current: PseudonymKey | None = None

    def current(self) -> PseudonymKey:
        """The key as it is, read once in the life of a process.

        Raises:
            MissingResource: the secret is absent, holds no usable key, or may not be read.
            AwsBusy: Secrets Manager is busy or unreachable.
        """
        if self._current is None:
            self._current = self._usable(self._store.read())
        return self._current

    def version(self, version_id: str) -> PseudonymKey | None:
        """The key as it was in one version, for an export begun with it; None if it is gone. Raises as `current`."""
        if self._current is not None and self._current.version_id == version_id:
            return self._current
        found = self._store.read(version_id)
        return None if found is None else self._usable(found)

    def _usable(self, found: SecretVersion | None) -> PseudonymKey:
        text = "" if found is None else found.text.get_secret_value().strip()
        if found is None or len(text) < MIN_LENGTH:
            raise MissingResource(
                f"The secret {self._store.secret_id} holds no key for the pseudonyms of exports: store the old key "
                f"there, or a random text of at least {MIN_LENGTH} characters if there was none."
            )
        return PseudonymKey(SecretStr(text), found.version_id)
