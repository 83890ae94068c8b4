"""Errors by what to do about them (docs/adr/0008).

An API answer becomes one of these types in one table (`research_api/error_table.py`); nothing else reads status codes.
Every message is one sentence that says what was wrong, where, and what to do next.
"""

from datetime import datetime, timedelta
from enum import StrEnum


class CollectorError(Exception):
    """Root of every error that this package raises on purpose."""


class Fatal(CollectorError):
    """Trying again cannot help: configuration, permission or a defect. A person must act."""


class InvalidRequest(Fatal):
    """What a person asked for (an event, a setting) cannot be done as written; the message names the field."""


class ScopeMissing(Fatal):
    """TikTok has not approved this client for the endpoint (docs/api-errors.md); the same for every account."""


class InvocationStopped(Fatal):
    """This invocation cannot go on, for a reason that concerns all its tasks; they are kept for the next one."""


class MissingResource(InvocationStopped):
    """A table, bucket or secret that the stack should have is not there, or may not be read."""


class NewerVersion(InvocationStopped):
    """Something stored is of a newer version than this code knows (docs/upgrades.md); it is left as it is."""


def concerns_everything(error: CollectorError) -> bool:
    """Whether nothing else can be worked either; what newer code has stored concerns only who needs it."""
    return isinstance(error, InvocationStopped) and not isinstance(error, NewerVersion)


class Retriable(CollectorError):
    """The same request may succeed later: 500s, 504s, resets, HTML instead of JSON.

    `fate_known` is False where no answer came back, so nobody knows whether the server counted the request.
    """

    def __init__(self, message: str, *, fate_known: bool = True) -> None:
        super().__init__(message)
        self.fate_known = fate_known


class AwsBusy(Retriable):
    """An AWS service throttles or fails for now; it says nothing about TikTok's API."""


class Unreachable(Retriable):
    """No connection was made, so nothing was sent: the reserved request is still unspent."""


class CursorRejected(Retriable):
    """The server refused a search id or cursor that it had just issued; it often accepts it seconds later."""


class RateLimited(CollectorError):
    """Short-term 429: wait `retry_after`, all functions of the stack together."""

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DailyQuotaRefused(CollectorError):
    """The server itself says that the day's quota is used up (429 `daily_quota_limit_exceeded`)."""


class QuotaExhausted(CollectorError):
    """The ledger grants nothing before `resume_at`: limit or share used, paused, closed, or the turn of the day."""

    def __init__(self, message: str, *, resume_at: datetime) -> None:
        super().__init__(message)
        self.resume_at = resume_at


class TokenRejected(CollectorError):
    """401 `access_token_invalid`: get the next token, then try again."""


class CredentialsMissing(Fatal):
    """A source of trends needs credentials, and none are stored."""


class CredentialsRejected(CollectorError):
    """A source of trends refuses its credentials: they have expired, or may not do this. A person must renew them."""


class SourceRetired(Fatal):
    """A source has given up what was asked of it; another source may have it."""


class TokenUnavailable(Retriable):
    """No usable access token just now: a grant is under way elsewhere or failed in a way that may pass."""


class ObservationKind(StrEnum):
    """What was learnt about an account instead of data."""

    UNKNOWN = "unknown"
    PRIVATE = "private"
    OUT_OF_SCOPE = "out_of_scope"
    HIDDEN = "hidden"


class Observation(CollectorError):
    """A fact about an account (private, gone, out of scope, list hidden): recorded, not a failure."""

    def __init__(self, kind: ObservationKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class LeaseLost(CollectorError):
    """Another worker took the task over; this worker's result is dropped, the other's counts."""


class AlreadyCommitted(CollectorError):
    """The object at this key exists: a page is committed once, so read it instead of writing."""
