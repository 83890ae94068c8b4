"""What an invocation of `trend_ingestion` returns: how far the poll is, and where its files are."""

from typing import TYPE_CHECKING

import msgspec

from tiktok_collector.lake.trend_keys import trend_poll_key, trend_summary_key
from tiktok_collector.trend_lists.summary import Summary
from tiktok_collector.trends.poll import Gap, Poll

if TYPE_CHECKING:
    from tiktok_collector.trend_lists.kinds import TrendList


class TrendGap(msgspec.Struct, frozen=True, kw_only=True):
    """Lists of one source and kind that are missing or incomplete for one reason; `message` is the first's.

    `countries` are those of the lists. Settings for which there is no list to ask for have a gap each, of 0 lists.
    """

    source: str
    kind: str
    reason: str
    lists: int
    message: str
    countries: tuple[str, ...] = ()


class TrendReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a poll is. `requests` were sent by this invocation, everything else counts the whole poll.

    `capped` counts the lists of which the source withholds rows from this caller: they are complete all the same.

    `suspicious` counts the lists of the day's summary that keep an earlier day's entries since today's answers cannot
    be believed; None where the summary was not touched.
    """

    note: str | None = None
    day: str = ""
    poll: str = ""
    run_id: str = ""
    lists: int = 0
    complete: int = 0
    capped: int = 0
    rows: int = 0
    requests: int = 0
    open: int = 0
    gaps: tuple[TrendGap, ...] = ()
    suspicious: int | None = None
    poll_key: str = ""
    summary_key: str = ""


def report_of(poll: Poll, summary: Summary | None, *, requests: int) -> TrendReport:
    """The report of an invocation that left the poll like this."""
    return TrendReport(
        day=poll.day,
        poll=poll.name,
        run_id=poll.run_id,
        lists=len(poll.lists),
        complete=sum(each.gap is None for each in poll.lists),
        capped=sum(each.capped for each in poll.lists),
        rows=sum(each.rows for each in poll.lists),
        requests=requests,
        open=len(poll.open_lists()),
        gaps=_gaps(poll),
        suspicious=None if summary is None else sum(each.suspicious for each in summary.lists),
        poll_key=trend_poll_key(poll.day, poll.name),
        summary_key=trend_summary_key(poll.day),
    )


def _gaps(poll: Poll) -> tuple[TrendGap, ...]:
    alike: dict[tuple[str, str, str], list[tuple[TrendList, Gap]]] = {}
    for each in poll.lists:
        if each.gap:
            alike.setdefault((each.asked.source, each.asked.kind, each.gap.reason), []).append((each.asked, each.gap))
    missing = [
        TrendGap(
            source=source,
            kind=kind,
            reason=reason,
            lists=len(lists),
            message=lists[0][1].message,
            countries=tuple(sorted({asked.country for asked, _ in lists})),
        )
        for (source, kind, reason), lists in alike.items()
    ]
    refused = [
        TrendGap(source=each.source, kind=each.kind, reason=each.gap.reason, lists=0, message=each.gap.message)
        for each in poll.refused
    ]
    return (*missing, *refused)
