"""A poll: one pass over lists of trends; what it asked for, got and lacks, as a document in the bucket."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from tiktok_collector.clock import from_iso
from tiktok_collector.errors import Fatal
from tiktok_collector.lake.trend_keys import trend_poll_key
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.versions import decoded

POLL_VERSION: Final = 1
HOURS: Final = 24
TRIES: Final = 3
"""So often a list is tried within a poll where its source fails."""


class GapReason(StrEnum):
    """Why a list is missing or incomplete (docs/trends.md says what to do about each)."""

    NOT_OFFERED = "not_offered"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    CREDENTIALS_MISSING = "credentials_missing"
    CREDENTIALS_REJECTED = "credentials_rejected"
    RETIRED = "retired"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    BUDGET = "budget"
    DEADLINE = "deadline"
    SOURCE_FAILS = "source_fails"
    AWS_BUSY = "aws_busy"
    NOT_REACHED = "not_reached"
    NOT_UNDERSTOOD = "not_understood"


UNLIMITED: Final = frozenset(
    {
        GapReason.NOT_REACHED,
        GapReason.BUDGET,
        GapReason.DEADLINE,
        GapReason.RATE_LIMITED,
        GapReason.AWS_BUSY,
    }
)
"""Says nothing against the list: it is tried again with every tick of its poll."""
TRIED_AGAIN: Final = frozenset({GapReason.SOURCE_FAILS})
"""May pass: it is tried `TRIES` times."""
OF_CREDENTIALS: Final = frozenset({GapReason.CREDENTIALS_MISSING, GapReason.CREDENTIALS_REJECTED})
"""Passes when the secret is changed, and not before."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Why a list is missing or incomplete; `message` is one sentence for a person."""

    reason: GapReason
    message: str


class ListOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a poll has of one list.

    Attributes:
        asked: The list.
        tries: In how many invocations it was asked for.
        pages: How many answers are stored.
        rows: How many rows are stored, each trend once.
        repeated: Rows left out since their trend was there already, on another page.
        total: How many rows the list has, as its source says.
        capped: Whether the source withholds rows from this caller.
        enough: Whether there is more, and it was not wanted.
        short: Whether it gave fewer rows than it says there are, without withholding any.
        rejected: How many rows could not be read; the answers hold them.
        rejections: The first reasons for that.
        rows_key: Where the rows are.
        retrieved_at: When the last answer was received.
        gap: Why the list is missing or incomplete; None: it is complete.
    """

    asked: TrendList
    tries: int = 0
    pages: int = 0
    rows: int = 0
    repeated: int = 0
    total: int | None = None
    capped: bool = False
    enough: bool = False
    short: bool = False
    rejected: int = 0
    rejections: tuple[str, ...] = ()
    rows_key: str | None = None
    retrieved_at: str | None = None
    gap: Gap | None = None

    def is_open(self, *, new_credentials: bool) -> bool:
        """Whether asking again may help."""
        if self.gap is None:
            return False
        reason = self.gap.reason
        if reason in UNLIMITED or (reason in TRIED_AGAIN and self.tries < TRIES):
            return True
        return new_credentials and reason in OF_CREDENTIALS


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Lists that were asked for and are never sent, and why."""

    source: str
    kind: str
    gap: Gap


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """The document of a poll.

    Attributes:
        day: The UTC day that it is of.
        name: `p1` and so on for the polls of a study's day, or the id of an ad-hoc run.
        run_id: Its run in the usage log.
        work_class: Whose work it is.
        started_at: When its first invocation began.
        updated_at: When this document was written.
        finished_at: None while lists are still to be asked, or the day's summary does not know of them yet.
        requests: How many were sent; an invocation that was killed has not counted its own.
        credentials: The version of the secret that was used.
        rows: After how many rows of a list there is enough of it.
        lists: What there is of each list.
        refused: What is never asked for.
    """

    version: int = POLL_VERSION
    day: str
    name: str
    run_id: str
    work_class: str
    started_at: str
    updated_at: str
    finished_at: str | None = None
    requests: int = 0
    credentials: str | None = None
    rows: int = 100
    lists: tuple[ListOutcome, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def asked(self) -> frozenset[TrendList]:
        """All lists that the poll knows of."""
        return frozenset(each.asked for each in self.lists)

    def open_lists(self, *, new_credentials: bool = False) -> tuple[ListOutcome, ...]:
        """The lists that may still be had in this poll."""
        return tuple(each for each in self.lists if each.is_open(new_credentials=new_credentials))

    def with_outcomes(self, new: Iterable[ListOutcome]) -> "Poll":
        """The poll with some of its outcomes replaced or added."""
        outcomes = {each.asked: each for each in (*self.lists, *new)}
        return msgspec.structs.replace(self, lists=tuple(outcomes[asked] for asked in sorted(outcomes)))


_POLL: Final = msgspec.json.Decoder(Poll)


def decode_poll(data: bytes, key: str) -> Poll:
    """The poll whose document lies at `key`.

    Raises:
        Fatal: it is no such document, or that of another poll.
        NewerVersion: newer code wrote it; the rows that it names are of its version.
    """
    try:
        found = decoded(_POLL.decode, data, known=POLL_VERSION, what=f"The poll {key}")
        for moment in (found.started_at, found.updated_at):
            from_iso(moment)
    except ValueError as error:
        raise Fatal(f"The poll {key} cannot be read ({error}); restore an earlier version of the object.") from error
    if trend_poll_key(found.day, found.name) != key:
        raise Fatal(f"The poll {key} is that of another key; restore an earlier version of the object.")
    return found


def not_reached(asked: TrendList) -> ListOutcome:
    """The outcome of a list before it is asked for."""
    return ListOutcome(asked=asked, gap=Gap(reason=GapReason.NOT_REACHED, message="It was not asked for yet."))


def poll_of(now: datetime, polls_per_day: int) -> tuple[str, str]:
    """The UTC day and the name of the poll that `now` lies in: the day is divided evenly."""
    number = now.hour * polls_per_day // HOURS + 1
    return now.date().isoformat(), f"p{number}"


def study_run_id(day: str, name: str) -> str:
    """The id of the run that works a poll of a study, such as `trends-20261121-p1`."""
    return f"trends-{day.replace('-', '')}-{name}"


def age_order(poll: Poll) -> tuple[datetime, str]:
    """Sorts polls by when they began."""
    return from_iso(poll.started_at), poll.name
