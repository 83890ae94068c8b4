"""What `data_refresh` answers."""

import msgspec


class RefreshReport(msgspec.Struct, kw_only=True):
    """How far the checks are; numbers of videos, comments and accounts, never their ids or names.

    Attributes:
        rounds: Checks that are under way.
        ended: Checks that ended in this invocation.
        requests: Sent by this invocation.
        due: What is due, by kind.
        late: What should have been checked by now, by kind.
        deleted: What this invocation has deleted, by kind.
        certificates: Keys of the certificates that it wrote.
        notes: Sentences for a person.
    """

    rounds: int = 0
    ended: int = 0
    requests: int = 0
    due: dict[str, int] = msgspec.field(default_factory=dict)
    late: dict[str, int] = msgspec.field(default_factory=dict)
    deleted: dict[str, int] = msgspec.field(default_factory=dict)
    certificates: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)
