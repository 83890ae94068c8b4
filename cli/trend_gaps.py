"""What the last polls of trends lack, why, and what a person can do about it (docs/trends.md, "Gaps")."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import msgspec

from tiktok_collector.accounting.recent_trends import MOST_BYTES
from tiktok_collector.clock import utc_day
from tiktok_collector.errors import Fatal, concerns_everything
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.trend_keys import trend_polls_prefix
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trends.poll import Gap, GapReason, ListOutcome, Poll
from tiktok_collector.trends.summaries import TrendSummaries

_DAYS: Final = 3
_MOST_POLLS: Final = 50
"""A study has four polls a day at most; the others were asked for by hand."""
_WAIT: Final = "wait: every tick of the poll asks again, and so does the next poll"
_AGAIN: Final = "ask again: `tiktok-collector trends`"
_TO_DO: Final[dict[GapReason, tuple[str, str]]] = {
    GapReason.NOT_OFFERED: ("name in the study what the source offers", "ask for what the source offers"),
    GapReason.NOT_ACKNOWLEDGED: (
        "read the source's terms, and set trends.acknowledge_unofficial_terms in the study",
        "read the source's terms, and ask with --acknowledge-unofficial-terms",
    ),
    GapReason.RETIRED: ("name another source in the study", "ask another source"),
    GapReason.REFUSED: ("change in the study what is asked for", "ask for something else"),
    GapReason.NOT_UNDERSTOOD: ("report it with the message", "report it with the message"),
    GapReason.SOURCE_FAILS: ("wait: three ticks of a poll try it, and so does the next poll", _AGAIN),
    GapReason.BUDGET: ("wait for midnight UTC, or raise trends.daily_requests in the study", f"tomorrow, {_AGAIN}"),
    GapReason.RATE_LIMITED: (_WAIT, _AGAIN),
    GapReason.DEADLINE: (_WAIT, _AGAIN),
    GapReason.AWS_BUSY: (_WAIT, _AGAIN),
    GapReason.NOT_REACHED: (_WAIT, _AGAIN),
}
_CREDENTIALS: Final = {
    GapReason.CREDENTIALS_MISSING: "store credentials: ",
    GapReason.CREDENTIALS_REJECTED: "renew the credentials: ",
}


@dataclass(frozen=True, eq=False)
class TrendGap:
    """What a poll lacks: a list that it asked for, or (`outcome` None) settings that are never sent."""

    poll: Poll
    source: str
    kind: str
    gap: Gap
    outcome: ListOutcome | None = None

    @property
    def of_study(self) -> bool:
        """Whether the poll is one of the study's; the others were asked for by hand."""
        return _is_of_study(self.poll)

    @property
    def asked(self) -> TrendList | None:
        """The list."""
        return self.outcome.asked if self.outcome else None

    @property
    def open(self) -> bool:
        """Whether its poll may still get it without anybody's doing."""
        return bool(self.outcome and not self.poll.finished_at and self.outcome.is_open(new_credentials=False))

    @property
    def to_do(self) -> str:
        """What a person can do about it, in words."""
        if self.gap.reason in _CREDENTIALS:
            again = "" if self.of_study else ", and ask again"
            return f"{_CREDENTIALS[self.gap.reason]}`tiktok-collector credentials set --trends {self.source}`{again}"
        of_study, by_hand = _TO_DO[self.gap.reason]
        return of_study if self.of_study else by_hand


class TrendGaps(msgspec.Struct, frozen=True, kw_only=True):
    """Lists of one source and kind that are missing for one reason. Settings that are never sent count 0 lists.

    `message` is the first's; `open`: the poll may still get them by itself.
    """

    source: str
    kind: str
    reason: str
    lists: int
    countries: tuple[str, ...]
    message: str
    of_study: bool
    open: bool
    to_do: str


@dataclass(frozen=True)
class RecentPolls:
    """The polls of the last three UTC days, at most 50, and the keys of those that cannot be read."""

    polls: Sequence[Poll]
    unread: Sequence[str] = ()

    def of_run(self, run_id: str) -> Poll | None:
        """The poll that a run has worked."""
        return next((poll for poll in self.polls if poll.run_id == run_id), None)


def recent_polls(objects: ObjectStore, now: datetime) -> RecentPolls:
    """The polls of today and the two days before it, by when they were worked last."""
    days = [utc_day(now - timedelta(days=back)) for back in range(_DAYS)]
    found = [(each, day) for day in days for each in objects.keys(trend_polls_prefix(day))]
    found.sort(key=lambda pair: pair[0].last_modified, reverse=True)
    polls, unread = [], []
    for stored, day in found[:_MOST_POLLS]:
        name = stored.key.removeprefix(trend_polls_prefix(day)).removesuffix(".json")
        if stored.size > MOST_BYTES:
            unread.append(stored.key)
            continue
        try:
            poll = TrendSummaries(objects).poll(day, name)
        except Fatal as error:
            if concerns_everything(error):
                raise
            unread.append(stored.key)
        else:
            polls += [poll] if poll else []
    return RecentPolls(sorted(polls, key=lambda poll: poll.updated_at), unread)


def missing(polls: Iterable[Poll]) -> list[TrendGap]:
    """What the polls (oldest first) lack, and no later one of them has brought; the study's polls first.

    Of a study's polls the newest says of each list why it is missing, and what is never asked for.
    """
    lists: dict[tuple[TrendList, bool], TrendGap] = {}
    refused: dict[tuple[str, str, str, bool], TrendGap] = {}
    for poll in polls:
        of_study = _is_of_study(poll)
        for outcome in poll.lists:
            asked = outcome.asked
            if outcome.gap is None:
                for whose in (True, False):
                    lists.pop((asked, whose), None)
            else:
                lists[asked, of_study] = TrendGap(poll, asked.source, asked.kind, outcome.gap, outcome)
        if of_study:
            refused = {key: each for key, each in refused.items() if not each.of_study}
        for each in poll.refused:
            refused[each.source, each.kind, each.gap.message, of_study] = TrendGap(
                poll, each.source, each.kind, each.gap
            )
    ordered = sorted(lists.items(), key=lambda pair: (not pair[0][1], pair[1].poll.run_id, pair[0][0]))
    never = sorted(refused.values(), key=lambda each: (not each.of_study, each.poll.run_id, each.source, each.kind))
    return [*(gap for _, gap in ordered), *never]


def alike(gaps: Iterable[TrendGap]) -> list[TrendGaps]:
    """The gaps by source, kind and reason, those that stay first; each message of settings has a line of its own."""
    found = []
    for key, some in groupby(sorted(gaps, key=_likeness), _likeness):
        same = list(some)
        first = same[0]
        found.append(
            TrendGaps(
                source=first.source,
                kind=first.kind,
                reason=first.gap.reason,
                lists=sum(each.outcome is not None for each in same),
                countries=countries(same),
                message=first.gap.message,
                of_study=first.of_study,
                open=key[0],
                to_do=first.to_do,
            )
        )
    return found


def countries(gaps: Iterable[TrendGap]) -> tuple[str, ...]:
    """The countries of the lists."""
    return tuple(sorted({each.asked.country for each in gaps if each.asked}))


def _likeness(each: TrendGap) -> tuple[bool, bool, str, str, str, str]:
    words = "" if each.outcome else each.gap.message
    return each.open, not each.of_study, each.source, each.kind, each.gap.reason, words


def _is_of_study(poll: Poll) -> bool:
    return poll.work_class == WorkClass.SCHEDULED
