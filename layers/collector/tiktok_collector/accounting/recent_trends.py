"""What the polls of the last day lack, and what their summary doubts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from tiktok_collector.clock import from_iso, utc_day
from tiktok_collector.errors import Fatal, InvocationStopped, NewerVersion
from tiktok_collector.lake.gzipped import gunzipped
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.trend_keys import trend_polls_prefix, trend_summary_key
from tiktok_collector.trend_lists.summary import VERSION, Flag, is_suspicious
from tiktok_collector.trends.poll import ListOutcome, Poll, decode_poll
from tiktok_collector.versions import decoded

if TYPE_CHECKING:
    from tiktok_collector.trend_lists.kinds import TrendList

RECENT: Final = timedelta(hours=24)
MOST_POLLS: Final = 50
MOST_BYTES: Final = 20_000_000
"""Of a poll's document; one of 5,000 lists has some 3 million."""


class RecentTrends(msgspec.Struct, frozen=True, kw_only=True):
    """Lists that are missing or incomplete, rows that could not be read, lists that are doubted; and unread keys."""

    gaps: int = 0
    rejected: int = 0
    suspicious: int = 0
    unread: tuple[str, ...] = ()


class _List(msgspec.Struct, frozen=True):
    flags: tuple[Flag, ...]
    good_polls: int


class _Summary(msgspec.Struct, frozen=True):
    """The part of a summary that matters here: its entries are many."""

    lists: tuple[_List, ...]
    version: int = VERSION


_SUMMARY: Final = msgspec.json.Decoder(_Summary)


def recent_trends(objects: ObjectStore, now: datetime) -> RecentTrends:
    """What the polls of the 24 hours before `now` say, and the newest summary of today and yesterday.

    Of each list the newest poll counts, so what a later poll has brought is no gap any more.

    Raises:
        Retriable: S3 failed.
        MissingResource: the bucket is absent or may not be read.
    """
    today, yesterday = utc_day(now), utc_day(now - RECENT)
    found = [each for day in (yesterday, today) for each in objects.keys(trend_polls_prefix(day))]
    newest = sorted(found, key=lambda each: each.last_modified, reverse=True)
    unread = [each.key for each in newest[MOST_POLLS:]]
    polls = []
    for each in newest[:MOST_POLLS]:
        # What cannot be read, and so counts as unread, is not even fetched where it is too large.
        data = objects.get_bytes(each.key) if each.size <= MOST_BYTES else None
        try:
            polls.append(decode_poll(data or b"", each.key))
        except Fatal:
            unread.append(each.key)
    outcomes = _newest_outcomes(polls, today, now)
    return RecentTrends(
        gaps=sum(each.gap is not None for each in outcomes),
        rejected=sum(each.rejected for each in outcomes),
        suspicious=_suspicious(objects, (today, yesterday), unread),
        unread=tuple(sorted(unread)),
    )


def _newest_outcomes(polls: Iterable[Poll], today: str, now: datetime) -> list[ListOutcome]:
    """Of each list the outcome in the newest poll that has asked for it.

    A poll of today that goes on may still get what it lacks; one of yesterday should have ended.
    """
    outcomes: dict[TrendList, ListOutcome] = {}
    over = [poll for poll in polls if poll.finished_at or poll.day < today]
    for poll in sorted(over, key=lambda each: each.updated_at):
        if from_iso(poll.updated_at) > now - RECENT:
            outcomes |= {each.asked: each for each in poll.lists}
    return list(outcomes.values())


def _suspicious(objects: ObjectStore, days: Iterable[str], unread: list[str]) -> int:
    for day in days:
        key = trend_summary_key(day)
        data = objects.get_bytes(key)
        if data is None:
            continue
        try:
            lists = decoded(_SUMMARY.decode, gunzipped(data, key=key), known=VERSION, what=f"The summary {key}").lists
        except NewerVersion:
            unread.append(key)
            return 0
        except InvocationStopped:
            raise
        except (Fatal, msgspec.DecodeError):
            unread.append(key)
            return 0
        return sum(is_suspicious(each.flags, each.good_polls) for each in lists)
    return 0
