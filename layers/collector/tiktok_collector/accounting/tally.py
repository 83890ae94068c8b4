"""A day's requests of one family, added up: pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, NamedTuple

import msgspec

from tiktok_collector.accounting.refusals import DailyRefusals, daily_refusals
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.families import TRENDS, Family, WorkClass

AD_HOC: Final = "ad hoc"
"""The line of ad-hoc work among the collections; no collection can be called so, for the space in it."""
NO_COLLECTION: Final = "no collection"
"""The line of scheduled work that no study asked for, and of entries older than the field `collections`."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Settled requests by what became of them, and the rows that they brought.

    `wasted` are those that brought no row, whatever became of them. Without requests there is no `records_per_request`.
    """

    requests: int = 0
    ok: int = 0
    failed: int = 0
    refused: int = 0
    unknown: int = 0
    wasted: int = 0
    records: int = 0
    records_per_request: float | None = None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """The same for one collection, in thousandths: a request for several is divided equally among them, with its rows.

    A plan's costs are divided so, too (`study.day_plan.Cost`), and the lines of a day come to its total.
    """

    requests: float = 0
    ok: float = 0
    failed: float = 0
    refused: float = 0
    unknown: float = 0
    wasted: float = 0
    records: float = 0
    records_per_request: float | None = None


class FamilyTally(msgspec.Struct, frozen=True, kw_only=True):
    """One family's day, in requests.

    `unknown` is what nobody knows the fate of: reserved and never settled, or settled without an answer. All of `used`
    counts as spent. The tallies hold settled requests only; `unsettled` are the others. `by_class` is the counter's
    own, `by_work_class` has the settled requests. `by_collection` has also the lines `ad hoc` and `no collection`; in
    families of trends, a line is a scheduled poll's run.
    """

    family: Family
    limit: int
    used: int
    remaining: int
    unknown: int
    unsettled: int
    paused_until: datetime | None
    closed_until: datetime | None
    by_class: dict[str, int]
    total: Tally
    by_endpoint: dict[str, Tally]
    by_run: dict[str, Tally]
    by_work_class: dict[str, Tally] = {}
    by_collection: dict[str, Share] = {}
    daily_refusals: DailyRefusals | None = None


class _Alike(NamedTuple):
    """What requests that are counted together have in common."""

    endpoint: str
    work_class: str
    run_id: str
    lines: tuple[str, ...]
    outcome: Outcome
    wasted: bool


class _Group(NamedTuple):
    alike: _Alike
    requests: int
    records: int


def tally_family(usage: DayUsage, entries: Iterable[UsageEntry]) -> FamilyTally:
    """The day of one family from its counter and its entries."""
    every = list(entries)
    groups = _groups(every)
    total = _tally(groups)
    # Entries are read after the counter, so one may be newer than it.
    used = max(usage.used, total.requests)
    unsettled = used - total.requests
    return FamilyTally(
        family=usage.family,
        limit=usage.limit,
        used=used,
        remaining=max(0, usage.limit - used),
        unknown=unsettled + total.unknown,
        unsettled=unsettled,
        paused_until=usage.paused_until,
        closed_until=usage.closed_until,
        by_class={work_class.value: number for work_class, number in sorted(usage.used_by_class.items())},
        total=total,
        by_endpoint=_by(groups, lambda alike: alike.endpoint),
        by_run=_by(groups, lambda alike: alike.run_id),
        by_work_class=_by(groups, lambda alike: alike.work_class),
        by_collection=_shares(groups),
        daily_refusals=daily_refusals(every, usage.limit),
    )


def tally(entries: Iterable[UsageEntry]) -> Tally:
    """Settled requests added up."""
    return _tally(_groups(entries))


def _groups(entries: Iterable[UsageEntry]) -> list[_Group]:
    requests: Counter[_Alike] = Counter()
    records: Counter[_Alike] = Counter()
    for entry in entries:
        wasted = entry.records == 0
        alike = _Alike(
            entry.endpoint, entry.work_class.value, entry.run_id, _lines_of(entry), entry.outcome, wasted=wasted
        )
        requests[alike] += 1
        records[alike] += entry.records
    return [_Group(alike, number, records[alike]) for alike, number in requests.items()]


def _lines_of(entry: UsageEntry) -> tuple[str, ...]:
    """The lines of `by_collection` that share the request."""
    if entry.collections:
        return entry.collections
    if entry.work_class is WorkClass.ADHOC:
        return (AD_HOC,)
    return (entry.run_id,) if entry.family in TRENDS else (NO_COLLECTION,)


def _by(groups: Iterable[_Group], name: Callable[[_Alike], str]) -> dict[str, Tally]:
    found: dict[str, list[_Group]] = {}
    for group in groups:
        found.setdefault(name(group.alike), []).append(group)
    return {each: _tally(some) for each, some in sorted(found.items())}


def _tally(groups: Iterable[_Group]) -> Tally:
    sums: Counter[str] = Counter()
    for group in groups:
        sums.update(_numbers(group))
    return Tally(**sums, records_per_request=_rate(sums))


def _shares(groups: Iterable[_Group]) -> dict[str, Share]:
    lines: dict[str, dict[str, Fraction]] = {}
    for group in groups:
        among = group.alike.lines
        for line in among:
            sums = lines.setdefault(line, {})
            for name, number in _numbers(group).items():
                sums[name] = sums.get(name, Fraction()) + Fraction(number, len(among))
    return {line: _share(sums) for line, sums in sorted(lines.items())}


def _share(sums: Mapping[str, Fraction]) -> Share:
    shares = {name: round(float(number), 3) for name, number in sums.items()}
    return Share(**shares, records_per_request=_rate(sums))


def _numbers(group: _Group) -> dict[str, int]:
    alike, requests, records = group
    return {
        "requests": requests,
        alike.outcome: requests,
        "wasted": requests if alike.wasted else 0,
        "records": records,
    }


def _rate(sums: Mapping[str, Any]) -> float | None:
    requests = sums.get("requests", 0)
    return round(float(sums["records"] / requests), 2) if requests else None
