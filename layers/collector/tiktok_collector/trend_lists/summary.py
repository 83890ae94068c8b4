"""The daily summary of lists of trends: what is on them, what came and went since the day before, what is doubtful."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from tiktok_collector.errors import Fatal
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList
from tiktok_collector.trend_lists.rows import TrendRow
from tiktok_collector.versions import decoded

VERSION: Final = 1


class ListAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one poll brought for one list.

    Attributes:
        asked: The list.
        poll: The poll's name.
        at: When the list was received, as `clock.iso` writes it.
        rows: What came, even where something is missing.
        total: How many rows the list has, as its source says.
        capped: Whether the source withholds rows from this caller.
        enough: Whether there is more, and it was not wanted.
        gap: Why the list is missing or incomplete, in a sentence; None: it is complete.
    """

    asked: TrendList
    poll: str
    at: str
    rows: tuple[TrendRow, ...] = ()
    total: int | None = None
    capped: bool = False
    enough: bool = False
    gap: str | None = None


class Movement(StrEnum):
    """Where an entry has gone since the list's last good day."""

    ENTERED = "entered"
    RISING = "rising"
    FALLING = "falling"
    UNCHANGED = "unchanged"


class Flag(StrEnum):
    """What there is to know of a list's day."""

    EMPTY = "empty"
    """An answer without rows that says all is well."""
    SHRUNKEN = "shrunken"
    """An answer with far fewer rows than the list had on its last good day."""
    GAP = "gap"
    """An answer is missing or incomplete; `gaps` says why."""
    CAPPED = "capped"
    """The source withholds rows from this caller."""
    SIZE_ACCEPTED = "size_accepted"
    """Far fewer rows than before, of about the same number for three days: that is its size now."""
    NOT_ASKED = "not_asked"


_DOUBTS: Final = frozenset({Flag.EMPTY, Flag.SHRUNKEN})


def is_suspicious(flags: Iterable[Flag], good_polls: int) -> bool:
    """Whether none of a day's answers can be believed."""
    return good_polls == 0 and not _DOUBTS.isdisjoint(flags)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One trend on a list.

    Attributes:
        key: What tells it from others of its kind, in all sources.
        label: What a person reads.
        name: A hashtag or keyword as its source writes it; None for other kinds.
        ids: Other ids that came with it, by name, such as `hashtag_id` or `username`.
        rank: 1 is first; of several polls of the day the newest good one that it was in says so.
        movement: Against the list's last good day; None where there was none, or only ranks before this one were known
            of it.
        previous_rank: Its rank on that day; None if it was not there.
        first_day: The day on which it came onto the list, this time.
        days_on_list: On how many of the days with a good answer it has been there since then.
    """

    key: str
    label: str
    name: str | None
    ids: dict[str, str]
    rank: int
    movement: Movement | None
    previous_rank: int | None
    first_day: date
    days_on_list: int


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """One trend that is on the list no more: its last rank, and on how many days it was there."""

    key: str
    label: str
    rank: int
    days_on_list: int


class ListSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One list: its entries and what has left it, as of its last good day.

    Attributes:
        asked: The list.
        as_of: The day that `entries`, `left`, `compared_with`, `first`, `rows` and `total` are of; None: the list was
            never had.
        compared_with: The good day before it; None: there was none.
        first: Whether there is nothing to compare with.
        flags: About the summary's day, in the order of `Flag`.
        gaps: Why answers of the day are missing or incomplete, each sentence once.
        polls: How many answers the day has.
        good_polls: How many of them are complete and believed; with none, `as_of` is an earlier day.
        rows: How many rows the largest of the good answers had.
        total: How many the list has, as its source says.
        last_asked: The last day that it was asked for.
        doubted: The sizes of the shrunken answers of the last days, which were not believed.
        entries: By rank, then key.
        left: What is on the list no more since `compared_with`; not what was behind the last rank that is known now.
    """

    asked: TrendList
    as_of: date | None
    compared_with: date | None
    first: bool
    flags: tuple[Flag, ...]
    gaps: tuple[str, ...]
    polls: int
    good_polls: int
    rows: int
    total: int | None
    last_asked: date
    doubted: tuple[int, ...]
    entries: tuple[Entry, ...]
    left: tuple[Left, ...]

    @property
    def suspicious(self) -> bool:
        """Whether the day's answers cannot be believed, so that the list is as it was before (or was never had)."""
        return is_suspicious(self.flags, self.good_polls)


class MergedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One trend over all sources: its best rank, and its rank in each source that has it.

    `label` and `name` are those of the source that ranks it best.
    """

    key: str
    label: str
    name: str | None
    rank: int
    ranks: dict[str, int]


class MergedList(msgspec.Struct, frozen=True, kw_only=True):
    """The lists of all sources as one; `items` are by best rank, then by number of sources, then by key."""

    kind: TrendKind
    country: str
    period: int
    industry: str
    items: tuple[MergedItem, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """All lists of the UTC day `day`, by name; equal summaries are equal bytes."""

    version: int = VERSION
    day: date
    lists: tuple[ListSummary, ...]
    merged: tuple[MergedList, ...]


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_DECODER: Final = msgspec.json.Decoder(Summary)


def encode_summary(summary: Summary) -> bytes:
    """The summary as JSON."""
    return _ENCODER.encode(summary)


def decode_summary(data: bytes) -> Summary:
    """The summary that `encode_summary` wrote.

    Raises:
        Fatal: it is no such document.
        NewerVersion: newer code wrote it.
    """
    try:
        return decoded(_DECODER.decode, data, known=VERSION, what="The summary of trends")
    except msgspec.DecodeError as error:
        raise Fatal(f"This is no summary of trends: {error}; restore an earlier version of the object.") from error
