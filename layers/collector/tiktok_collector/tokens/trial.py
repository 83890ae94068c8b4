"""Pure: what became of each version of the client's credentials when a token was asked for; it holds no secret.

Apart from the asking, which needs the HTTP library: the note is read by functions that never ask.
"""

from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """Secrets Manager's label of a version, first what is tried first. A pending one is newer than a previous one."""

    CURRENT = "AWSCURRENT"
    PENDING = "AWSPENDING"
    PREVIOUS = "AWSPREVIOUS"

    @property
    def word(self) -> str:
        """The label in a sentence: `current`, `pending`, `previous`."""
        return self.removeprefix("AWS").lower()


class Refused(msgspec.Struct, frozen=True):
    """A version of the credentials that was tried in vain: when, and the sentence that says why."""

    stage: Stage
    version_id: str
    at: str
    sentence: str


class Trial(msgspec.Struct, frozen=True):
    """What came of asking for a token: `used` is the version that TikTok took, None if it took none.

    It never holds a token or a credential, and is noted beside the lease for `status`.
    """

    used: Stage | None
    refused: tuple[Refused, ...] = ()
    version: int = 1

    @property
    def problem(self) -> str:
        """What a person has to do something about; empty where the current version is taken."""
        if not self.refused:
            return ""
        first, *others = self.refused
        if self.used:
            return (
                f"{first.sentence} Until then the {self.used.word} version of the secret is used, which TikTok takes."
            )
        tail = "".join(f" Its {each.stage.word} version does not work either." for each in others)
        return f"{first.sentence}{tail}"
