"""From the answers of a day and the summary before it to the day's summary.

An answer is good if it is complete and is not suspicious. Suspicious is a list without rows, and one with fewer than
half of the rows of the list's last good day (and at least five fewer): sources give such answers when a login has
expired or something is out of order, and they never mean that nothing trends. A list without a good answer stays as it
was on its last good day and is flagged. A list that is shrunken on three days running, and about equally, has got
smaller; days on which it was not asked for or could not be had neither count nor interrupt.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from tiktok_collector.errors import Fatal
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.merging import merged
from tiktok_collector.trend_lists.row_lines import deduplicated
from tiktok_collector.trend_lists.rows import TrendRow
from tiktok_collector.trend_lists.summary import Entry, Flag, Left, ListAnswer, ListSummary, Movement, Summary

KEPT_DAYS: Final = 30
"""So long a list stays in summaries that is not asked for any more."""
_SHARE: Final = 2
_ROWS_FEWER: Final = 5
_DAYS_TO_ACCEPT: Final = 3
_IDS: Final = ("hashtag_id", "song_id", "author_id", "username")


def summarise(day: date, answers: Iterable[ListAnswer], before: Summary | None) -> Summary:
    """The summary of `day`.

    With more answers of the day and the same `before`, it gives the day's newer summary. Lists of `before` that have no
    answer are carried on for up to `KEPT_DAYS` days after they were last asked for, then dropped.

    Args:
        day: The UTC day.
        answers: All answers of that day, in any order.
        before: The newest summary of an earlier day; None: there is none. The days need not be neighbours.

    Raises:
        Fatal: `before` is not of an earlier day.
    """
    if before is not None and before.day >= day:
        raise Fatal(f"The summary of {day} cannot follow that of {before.day}; give the newest one of an earlier day.")
    former = {each.asked: each for each in before.lists} if before else {}
    by_list: dict[TrendList, list[_Rows]] = {}
    for answer in answers:
        by_list.setdefault(answer.asked, []).append(_Rows(answer))
    lists = [_of_the_day(day, asked, found, former.get(asked)) for asked, found in by_list.items()]
    lists += [
        _not_asked(each)
        for asked, each in former.items()
        if asked not in by_list and (day - each.last_asked).days <= KEPT_DAYS
    ]
    lists.sort(key=lambda each: each.asked)
    return Summary(day=day, lists=tuple(lists), merged=merged(day, lists))


class _Rows:
    """An answer with its rows, each trend once."""

    def __init__(self, answer: ListAnswer) -> None:
        self.answer = answer
        self.rows = deduplicated(answer.rows).rows

    def age_order(self) -> tuple[object, ...]:
        """Sorts answers by age, and those of one moment by what is in them, so that nothing hangs on their order."""
        answer = self.answer
        return answer.at, answer.poll, answer.gap or "", answer.total or 0, [(row.rank, row.key) for row in self.rows]

    def flag(self, last_good_rows: int) -> Flag | None:
        """What is wrong with it; None: it is good."""
        if self.answer.gap is not None:
            return Flag.GAP
        if not self.rows:
            return Flag.EMPTY
        if self.answer.enough:
            return None
        fewer = last_good_rows - len(self.rows)
        return Flag.SHRUNKEN if len(self.rows) * _SHARE < last_good_rows and fewer >= _ROWS_FEWER else None


def _not_asked(former: ListSummary) -> ListSummary:
    return msgspec.structs.replace(former, flags=(Flag.NOT_ASKED,), gaps=(), polls=0, good_polls=0)


def _of_the_day(day: date, asked: TrendList, answers: list[_Rows], former: ListSummary | None) -> ListSummary:
    answers.sort(key=_Rows.age_order)
    by_flag: dict[Flag | None, list[_Rows]] = {}
    for each in answers:
        by_flag.setdefault(each.flag(former.rows if former else 0), []).append(each)
    good = by_flag.get(None, [])
    flags = {flag for flag in by_flag if flag is not None}
    doubted: tuple[int, ...] = ()
    if not good:
        doubted = _doubted(by_flag, former.doubted if former else ())
        if _is_new_size(doubted):
            good, doubted = by_flag[Flag.SHRUNKEN], ()
            flags.add(Flag.SIZE_ACCEPTED)
    if any(each.answer.capped for each in answers):
        flags.add(Flag.CAPPED)
    found = _from_good(day, asked, good, former) if good else former or _never_had(day, asked)
    return msgspec.structs.replace(
        found,
        flags=tuple(flag for flag in Flag if flag in flags),
        gaps=tuple(sorted({each.answer.gap for each in answers if each.answer.gap is not None})),
        polls=len(answers),
        good_polls=len(good),
        last_asked=day,
        doubted=doubted,
    )


def _doubted(by_flag: dict[Flag | None, list[_Rows]], earlier: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes that were not believed on the last days, with the one of a day without a good answer."""
    if shrunken := by_flag.get(Flag.SHRUNKEN):
        return (*earlier, max(len(each.rows) for each in shrunken))[-_DAYS_TO_ACCEPT:]
    return () if Flag.EMPTY in by_flag else earlier


def _is_new_size(doubted: Sequence[int]) -> bool:
    return len(doubted) == _DAYS_TO_ACCEPT and max(doubted) <= min(doubted) * _SHARE


def _never_had(day: date, asked: TrendList) -> ListSummary:
    return ListSummary(
        asked=asked,
        as_of=None,
        compared_with=None,
        first=True,
        flags=(),
        gaps=(),
        polls=0,
        good_polls=0,
        rows=0,
        total=None,
        last_asked=day,
        doubted=(),
        entries=(),
        left=(),
    )


def _from_good(day: date, asked: TrendList, good: Sequence[_Rows], former: ListSummary | None) -> ListSummary:
    rows: dict[str, TrendRow] = {}
    for each in reversed(good):
        for row in each.rows:
            rows.setdefault(row.key, row)
    compared_with = former.as_of if former else None
    earlier = {entry.key: entry for entry in former.entries} if former else {}
    total, size = good[-1].answer.total, max(len(each.rows) for each in good)
    known_to = _reach((entry.rank for entry in earlier.values()), former.rows, former.total) if former else None
    reach = _reach((row.rank for row in rows.values()), size, total)
    entries = (
        _entry(day, row, earlier.get(row.key), first=compared_with is None, known_to=known_to) for row in rows.values()
    )
    return msgspec.structs.replace(
        _never_had(day, asked),
        as_of=day,
        compared_with=compared_with,
        first=compared_with is None,
        rows=size,
        total=total,
        entries=tuple(sorted(entries, key=lambda entry: (entry.rank, entry.key))),
        left=tuple(
            Left(key=entry.key, label=entry.label, rank=entry.rank, days_on_list=entry.days_on_list)
            for entry in earlier.values()
            if entry.key not in rows and (reach is None or entry.rank <= reach)
        ),
    )


def _reach(ranks: Iterable[int], rows: int, total: int | None) -> int | None:
    """The last rank that is known of a list which goes on behind it; None: the whole list is known."""
    return max(ranks, default=0) if total is not None and rows < total else None


def _entry(day: date, row: TrendRow, earlier: Entry | None, *, first: bool, known_to: int | None) -> Entry:
    ids = {name: found for name in _IDS if (found := getattr(row, name, None)) is not None}
    return Entry(
        key=row.key,
        label=row.label,
        name=getattr(row, "name", None),
        ids=ids,
        rank=row.rank,
        movement=None if first else _movement(row.rank, earlier, known_to),
        previous_rank=earlier.rank if earlier else None,
        first_day=earlier.first_day if earlier else day,
        days_on_list=earlier.days_on_list + 1 if earlier else 1,
    )


def _movement(rank: int, earlier: Entry | None, known_to: int | None) -> Movement | None:
    if earlier is None:
        # It may have stood there all along, where nobody saw it: three rows are known without a login, 100 with one.
        return Movement.ENTERED if known_to is None or rank <= known_to else None
    if rank == earlier.rank:
        return Movement.UNCHANGED
    return Movement.RISING if rank < earlier.rank else Movement.FALLING
